import type { Random } from '../../../base/rng.ts';
import type { Messages } from './messages.ts';
import { type Choice, choiceCost, type Pair, type Placement, pairsByNode } from './placement.ts';

/*
 * Problem: a good choice of places, from messages or from another choice.
 * Method: node by node the place that is cheapest given the earlier ones and what later ones are
 * said to cost; then moves of one node, and of both ends of a pair at once, as long as any helps;
 * then the same again from where a few neighbours were moved at random.
 * Complexity: O(pairs × places²) at worst for all moves once, mostly far less.
 * Reference: decoding: Kolmogorov (PAMI 2006), section 3.3; moves: iterated conditional modes
 * (Besag, On the statistical analysis of dirty pictures, 1986); iterated local search: Lourenço,
 * Martin, Stützle (Handbook of Metaheuristics, 2003).
 */

/** Moves after which a choice is taken as it is, for each node; they end by themselves long before. */
const MOVES_EACH_MAX = 100;
/** Nodes that are moved at random at once: from so many to so many. */
const KICKED = [1, 4] as const;
/** Up to so much dearer than the best, pairs are tried as well. */
const PROMISING = 1.2;

/** Right after a pass of messages. */
export function decode({ placement, before, after, ofLow }: Messages): Choice {
  const choice: number[] = [];
  for (const [node, { costs }] of placement.nodes.entries()) {
    const own = costs.slice();
    for (const pair of before[node]!) addPair(own, placement, { pair, node, choice });
    for (const pair of after[node]!) {
      const borne = ofLow[pair]!;
      for (let place = 0; place < own.length; place++) own[place]! += borne[place]!;
    }
    choice.push(leastAt(own));
  }
  return choice;
}

/** A choice that no move of one node or one pair makes cheaper. */
export function improve(placement: Placement, from: Choice): Choice {
  return moveOn(placement, from, { waiting: new Set(from.keys()), isInPairs: true });
}

/** As long as moves of those that wait, and of those that these touch, help. */
function moveOn(
  placement: Placement,
  from: Choice,
  { waiting, isInPairs }: { readonly waiting: Set<number>; readonly isInPairs: boolean },
): Choice {
  const choice = [...from];
  const byNode = pairsByNode(placement);
  for (let left = choice.length * MOVES_EACH_MAX; waiting.size > 0 && left > 0; left--) {
    const node = first(waiting);
    waiting.delete(node);
    const own = costsOf(placement, { node, choice, pairs: byNode[node]! });
    const place = leastAt(own);
    if (own[place]! < own[choice[node]!]!) {
      choice[node] = place;
      wake(node);
    }
    for (const pair of isInPairs ? byNode[node]! : []) {
      if (!moveBoth(placement, pair, { choice, byNode })) continue;
      wake(placement.pairs[pair]!.low);
      wake(placement.pairs[pair]!.high);
    }
  }
  return choice;

  function wake(node: number): void {
    waiting.add(node);
    for (const pair of byNode[node]!) waiting.add(otherEnd(placement.pairs[pair]!, node));
  }
}

/** The best of what moves find from a choice with a few neighbours elsewhere, so many times. */
export function shake(
  placement: Placement,
  from: Choice,
  { random, times }: { readonly random: Random; readonly times: number },
): Choice {
  const byNode = pairsByNode(placement);
  const neighbours = byNode.map((pairs, node) =>
    pairs.map((pair) => otherEnd(placement.pairs[pair]!, node)),
  );
  const below = (count: number): number => Math.floor(random() * count);
  let best = from;
  let value = choiceCost(placement, best);
  for (let time = 0; time < times; time++) {
    const choice = [...best];
    const kicked = new Set<number>();
    let node = below(choice.length);
    for (let left = KICKED[0] + below(KICKED[1] - KICKED[0] + 1); left > 0; left--) {
      kicked.add(node);
      choice[node] = below(placement.nodes[node]!.places.length);
      const next = neighbours[node]!;
      node = next.length === 0 ? below(choice.length) : next[below(next.length)]!;
    }
    // Those around them first: moved on their own, they would only go back.
    const around = new Set([...kicked].flatMap((one) => neighbours[one]!));
    const near = moveOn(placement, choice, { waiting: around, isInPairs: false });
    if (choiceCost(placement, near) > value * PROMISING) continue;
    const found = moveOn(placement, near, { waiting: kicked, isInPairs: true });
    const cost = choiceCost(placement, found);
    if (cost > value) continue;
    value = cost;
    best = found;
  }
  return best;
}

function moveBoth(
  placement: Placement,
  index: number,
  state: { readonly choice: number[]; readonly byNode: readonly (readonly number[])[] },
): boolean {
  const { choice, byNode } = state;
  const { low, high, costs } = placement.pairs[index]!;
  const others = (node: number) => byNode[node]!.filter((pair) => pair !== index);
  const ofLow = costsOf(placement, { node: low, choice, pairs: others(low) });
  const ofHigh = costsOf(placement, { node: high, choice, pairs: others(high) });
  const width = ofHigh.length;
  let best = ofLow[choice[low]!]! + ofHigh[choice[high]!]!;
  best += costs[choice[low]! * width + choice[high]!]!;
  let bestAt = -1;
  // Together they cost what each does and more: most places are too dear already.
  const [leastLow, leastHigh] = [ofLow[leastAt(ofLow)]!, ofHigh[leastAt(ofHigh)]!];
  const columns = [...ofHigh.keys()].filter((column) => leastLow + ofHigh[column]! < best);
  for (let row = 0; row < ofLow.length; row++) {
    if (ofLow[row]! + leastHigh >= best) continue;
    for (const column of columns) {
      const cost = ofLow[row]! + ofHigh[column]! + costs[row * width + column]!;
      if (cost >= best) continue;
      best = cost;
      bestAt = row * width + column;
    }
  }
  if (bestAt < 0) return false;
  choice[low] = Math.floor(bestAt / width);
  choice[high] = bestAt % width;
  return true;
}

function costsOf(
  placement: Placement,
  of: { readonly node: number; readonly choice: Choice; readonly pairs: readonly number[] },
): Float64Array {
  const own = placement.nodes[of.node]!.costs.slice();
  for (const pair of of.pairs) addPair(own, placement, { pair, node: of.node, choice: of.choice });
  return own;
}

/** Adds what each place of the node costs at the place that the other end has. */
function addPair(
  own: Float64Array,
  { nodes, pairs }: Placement,
  { pair, node, choice }: { readonly pair: number; readonly node: number; readonly choice: Choice },
): void {
  const { low, high, costs } = pairs[pair]!;
  const width = nodes[high]!.places.length;
  const [start, step] = low === node ? [choice[high]!, width] : [choice[low]! * width, 1];
  for (let place = 0, at = start; place < own.length; place++, at += step)
    own[place]! += costs[at]!;
}

function otherEnd({ low, high }: Pair, node: number): number {
  return low === node ? high : low;
}

function first(waiting: ReadonlySet<number>): number {
  for (const node of waiting) return node;
  return -1;
}

function leastAt(values: Float64Array): number {
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! < values[best]!) best = at;
  return best;
}
