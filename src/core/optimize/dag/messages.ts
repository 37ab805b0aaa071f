import { type Kept, type Pair, type Placement, pairsByNode } from './placement.ts';

/*
 * Problem: a lower bound of a placement, and prices that prove it: parts of the costs of pairs that
 * are moved to the tasks at their ends, so that the sum of all least costs is as large as possible
 * (the dual of the local polytope relaxation).
 * Method: sequential reweighted message passing: each task in order gathers what its earlier
 * neighbours leave, and hands it on to the later ones in equal parts; then the same backwards. The
 * bound never falls; on a tree one pass each way makes it the optimum.
 * Complexity: O(pairs × places²) a pass.
 * Reference: Kolmogorov, Convergent tree-reweighted message passing (PAMI 2006); A new look at
 * reweighted message passing (PAMI 2015), section 4.
 */

/** What of each pair's cost its low and its high end bear, by place, and what a node then costs. */
export type Messages = {
  readonly placement: Placement;
  readonly ofLow: readonly Float64Array[];
  readonly ofHigh: readonly Float64Array[];
  readonly costs: readonly Float64Array[];
  /** Of each node, its pairs with earlier and with later nodes. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
};

/** The parts of the costs of pairs that their ends bear, as of earlier messages. */
export type Borne = Pick<Messages, 'ofLow' | 'ofHigh'>;

export function messagesFrom(placement: Placement, { ofLow, ofHigh }: Borne): Messages {
  const { nodes, pairs } = placement;
  const byNode = pairsByNode(placement);
  const costs = nodes.map((node) => node.costs.slice());
  for (const [index, { low, high }] of pairs.entries()) {
    addTo(costs[low]!, ofLow[index]!);
    addTo(costs[high]!, ofHigh[index]!);
  }
  return {
    placement,
    ofLow,
    ofHigh,
    costs,
    before: byNode.map((own, node) => own.filter((pair) => pairs[pair]!.high === node)),
    after: byNode.map((own, node) => own.filter((pair) => pairs[pair]!.low === node)),
  };
}

export function nothingBorne({ nodes, pairs }: Placement): Borne {
  return {
    ofLow: pairs.map(({ low }) => new Float64Array(nodes[low]!.places.length)),
    ofHigh: pairs.map(({ high }) => new Float64Array(nodes[high]!.places.length)),
  };
}

/** What the places that are left bear; `kept` by index into those of before. */
export function borneBy(pairs: readonly Pair[], { ofLow, ofHigh }: Borne, kept: Kept): Borne {
  const pick = (values: Float64Array, node: number): Float64Array =>
    Float64Array.from(kept[node]!, (place) => values[place]!);
  return {
    ofLow: ofLow.map((values, index) => pick(values, pairs[index]!.low)),
    ofHigh: ofHigh.map((values, index) => pick(values, pairs[index]!.high)),
  };
}

function addTo(to: Float64Array, values: Float64Array): void {
  for (let at = 0; at < to.length; at++) to[at]! += values[at]!;
}

/** One pass forwards and one back; after it every pair leaves nothing for its low end to gather. */
export function passMessages(messages: Messages): void {
  const { nodes } = messages.placement;
  passForwards(messages);
  for (let node = nodes.length - 1; node >= 0; node--) {
    for (const pair of messages.after[node]!) gatherAtLow(messages, pair);
    handOn(messages, node, messages.before[node]!, messages.after[node]!.length);
  }
}

/** After it every pair leaves nothing for its high end to gather. */
export function passForwards(messages: Messages): void {
  for (let node = 0; node < messages.placement.nodes.length; node++) {
    for (const pair of messages.before[node]!) gatherAtHigh(messages, pair);
    handOn(messages, node, messages.after[node]!, messages.before[node]!.length);
  }
}

/** The sum of all least costs; right after a pass, when no pair leaves any. */
export function nodeBound({ costs }: Messages): number {
  return costs.reduce((sum, own) => sum + least(own), 0);
}

function least(values: Float64Array): number {
  let smallest = Infinity;
  for (const value of values) if (value < smallest) smallest = value;
  return smallest;
}

function gatherAtHigh({ placement, ofLow, ofHigh, costs }: Messages, index: number): void {
  const { low, high, costs: rows } = placement.pairs[index]!;
  const [mine, other, node] = [ofHigh[index]!, ofLow[index]!, costs[high]!];
  const width = node.length;
  const best = new Float64Array(width).fill(Infinity);
  for (let row = 0, at = 0; row < costs[low]!.length; row++) {
    const borne = other[row]!;
    for (let column = 0; column < width; column++, at++) {
      const left = rows[at]! - borne;
      if (left < best[column]!) best[column] = left;
    }
  }
  move(best, mine, node);
}

function gatherAtLow({ placement, ofLow, ofHigh, costs }: Messages, index: number): void {
  const { low, high, costs: rows } = placement.pairs[index]!;
  const [mine, other, node] = [ofLow[index]!, ofHigh[index]!, costs[low]!];
  const width = costs[high]!.length;
  const best = new Float64Array(node.length);
  for (let row = 0, at = 0; row < node.length; row++) {
    let smallest = Infinity;
    for (let column = 0; column < width; column++, at++) {
      const left = rows[at]! - other[column]!;
      if (left < smallest) smallest = left;
    }
    best[row] = smallest;
  }
  move(best, mine, node);
}

/** The end now bears `best`, instead of what it bore. */
function move(best: Float64Array, mine: Float64Array, node: Float64Array): void {
  for (let place = 0; place < best.length; place++) {
    node[place]! += best[place]! - mine[place]!;
    mine[place] = best[place]!;
  }
}

/** In equal parts to the pairs; what is for more pairs on the other side stays here. */
function handOn(
  { placement, ofLow, ofHigh, costs }: Messages,
  node: number,
  to: readonly number[],
  others: number,
): void {
  if (to.length === 0) return;
  const parts = Math.max(to.length, others);
  const own = costs[node]!;
  for (let place = 0; place < own.length; place++) {
    const part = own[place]! / parts;
    for (const index of to) {
      const borne = endOf(placement.pairs[index]!, node) === 'low' ? ofLow[index]! : ofHigh[index]!;
      borne[place]! -= part;
    }
    own[place]! -= part * to.length;
  }
}

function endOf({ low }: Pair, node: number): 'low' | 'high' {
  return low === node ? 'low' : 'high';
}
