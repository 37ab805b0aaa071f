import type { PlaceDrops } from '../model/place-proof.ts';
import {
  type Choice,
  type Kept,
  type Pair,
  type Placement,
  pairsByNode,
  restrict,
} from './placement.ts';

/*
 * Problem: places of a task that no choice needs, whatever it costs: in another place the task costs
 * less by more than what data can cost more there, wherever its neighbours are.
 * Method: dead-end elimination: of each task the cheap places are tried in place of each dearer one.
 * What is left is tried again as long as neighbours lose places. Exact: for every choice with a
 * dropped place there is one without that costs no more.
 * Complexity: O(pairs × places²) at least; O(rivals × pairs × places²) at worst, mostly far less, as
 * most comparisons end after few places of the first neighbour.
 * Reference: Goldstein, Efficient rotamer elimination applied to protein side-chains and related
 * spin glasses (Biophysical Journal 66, 1994).
 */

/** Instead of `place`, `by` costs no more: indices into the places of a node. */
export type Drop = { readonly node: number; readonly place: number; readonly by: number };

/** `drops` in an order in which each `by` is still there. */
type Undominated = { readonly kept: Kept; readonly drops: readonly Drop[] };

/** The cheapest places of a task that others are compared with. */
const RIVALS = 24;

export type Thinned = Undominated & {
  readonly placement: Placement;
  /** As a proof names them. */
  readonly named: readonly PlaceDrops[];
};

export function thinned(placement: Placement): Thinned {
  const { kept, drops } = undominated(placement);
  return {
    kept,
    drops,
    placement: restrict(placement, kept),
    named: namedDrops(placement, drops),
  };
}

/** Costs are whole numbers, so that sums of them are exact. */
function undominated(placement: Placement): Undominated {
  const { nodes, pairs } = placement;
  const byNode = pairsByNode(placement);
  const kept: (readonly number[])[] = nodes.map(({ places }) => [...places.keys()]);
  const drops: Drop[] = [];
  const waiting = new Set(nodes.keys());
  for (const node of waiting) {
    waiting.delete(node);
    const found = dropsOf(placement, { node, pairs: byNode[node]!, kept });
    if (found.length === 0) continue;
    drops.push(...found);
    const gone = new Set(found.map(({ place }) => place));
    kept[node] = kept[node]!.filter((place) => !gone.has(place));
    for (const index of byNode[node]!) waiting.add(otherEnd(pairs[index]!, node));
  }
  return { kept, drops };
}

function otherEnd({ low, high }: Pair, node: number): number {
  return low === node ? high : low;
}

/** Of one neighbour: its places that are left, and where in the table of both each place is. */
type Beside = {
  readonly costs: Float64Array;
  readonly others: Int32Array;
  /** From one place of the node to the next, and from one of the neighbour. */
  readonly byOwn: number;
  readonly byOther: number;
  /** The most that the cheapest place costs with it. */
  readonly most: number;
};

function dropsOf(
  { nodes, pairs }: Placement,
  of: { readonly node: number; readonly pairs: readonly number[]; readonly kept: Kept },
): readonly Drop[] {
  const { node, kept } = of;
  const { costs } = nodes[node]!;
  const own = kept[node]!.toSorted((a, b) => costs[a]! - costs[b]! || a - b);
  if (own.length === 1) return [];
  const beside = of.pairs.map((index): Beside => {
    const pair = pairs[index]!;
    const others = Int32Array.from(kept[otherEnd(pair, node)]!);
    const width = nodes[pair.high]!.costs.length;
    const [byOwn, byOther] = pair.low === node ? [width, 1] : [1, width];
    const at = own[0]! * byOwn;
    const most = others.reduce((all, other) => Math.max(all, pair.costs[at + other * byOther]!), 0);
    return { costs: pair.costs, others, byOwn, byOther, most };
  });
  // Most rivals then lose at the first neighbour.
  beside.sort((one, other) => other.most - one.most);
  const drops: Drop[] = [];
  const rivals: number[] = [];
  for (const place of own) {
    const by = rivals.find((rival) => {
      return isNoWorse(beside, { rival, place, spare: costs[place]! - costs[rival]! });
    });
    if (by !== undefined) drops.push({ node, place, by });
    else if (rivals.length < RIVALS) rivals.push(place);
  }
  return drops;
}

type Compared = {
  readonly rival: number;
  readonly place: number;
  /** What the rival costs less by itself. */
  readonly spare: number;
};

/** Whether what the rival costs less is enough for the dearest that data can be there. */
function isNoWorse(beside: readonly Beside[], { rival, place, spare }: Compared): boolean {
  let left = spare;
  for (const { costs, others, byOwn, byOther } of beside) {
    const [ofRival, ofPlace] = [rival * byOwn, place * byOwn];
    let most = -Infinity;
    for (let index = 0; index < others.length; index++) {
      const other = others[index]! * byOther;
      const more = costs[ofRival + other]! - costs[ofPlace + other]!;
      if (more > most) {
        most = more;
        if (most > left) return false;
      }
    }
    if (most !== -Infinity) left -= most;
  }
  return true;
}

/** Those of one task after another together. */
function namedDrops({ nodes }: Placement, drops: readonly Drop[]): readonly PlaceDrops[] {
  const named: { task: number; places: (readonly [string, string])[] }[] = [];
  for (const { node, place, by } of drops) {
    const { task, places } = nodes[node]!;
    if (named.at(-1)?.task !== task) named.push({ task, places: [] });
    named.at(-1)!.places.push([places[place]!, places[by]!]);
  }
  return named;
}

/** A choice that costs no more, without what was dropped. */
export function withoutDrops(choice: Choice, drops: readonly Drop[]): Choice {
  const moved = [...choice];
  for (const { node, place, by } of drops) if (moved[node] === place) moved[node] = by;
  return moved;
}
