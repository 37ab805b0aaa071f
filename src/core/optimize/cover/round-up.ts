import type { CoverItems, Relaxed } from './cover-at-prices.ts';
import type { FoundCover } from './search-covers.ts';

/*
 * Problem: a whole cover near the relaxed one, which buys all before the break item and a part of
 * that.
 * Method: one machine of those before the break is left out, or none; of the break item a few more
 * or fewer are bought; and for what is left then the cheapest single item. Of all such
 * covers the cheapest.
 * Complexity: O(n log n), and O(log n) for each of some hundred covers.
 * Reference: Kellerer, Pferschy, Pisinger, Knapsack Problems (2004), section 2.5 on greedy
 * algorithms and their improvement.
 */

/** Items nearest to the break of which one is left out, and how many of the break item fewer. */
const LEFT_OUT_MAX = 200;
const FEWER_MAX = 3;

type Rounded = {
  readonly cost: number;
  readonly leftOut: number | null;
  readonly broken: number;
  readonly other: number | null;
};

export function roundUp(items: CoverItems, relaxed: Relaxed): FoundCover {
  const { costs, units, caps } = items;
  const { order, breakAt, left, spent } = relaxed;
  const broken = order[breakAt]!;
  const cheapest = cheapestFor(items, order.subarray(breakAt + 1));
  let best: Rounded | null = null;
  const tryWith = (leftOut: number | null): void => {
    const rest = left + (leftOut === null ? 0 : units[leftOut]!);
    const paid = spent - (leftOut === null ? 0 : costs[leftOut]!);
    const enough = Math.ceil(rest / units[broken]!);
    for (let count = enough; count >= Math.max(0, enough - FEWER_MAX); count--) {
      if (count > caps[broken]!) continue;
      const open = rest - count * units[broken]!;
      const other = open > 0 ? cheapest(open) : null;
      if (open > 0 && other === null) continue;
      const cost = paid + count * costs[broken]! + (other === null ? 0 : costs[other]!);
      if (best === null || cost < best.cost) best = { cost, leftOut, broken: count, other };
    }
  };
  tryWith(null);
  for (let at = breakAt - 1; at >= Math.max(0, breakAt - LEFT_OUT_MAX); at--) tryWith(order[at]!);
  return boughtOf(items, relaxed, best!);
}

function boughtOf({ caps }: CoverItems, { order, breakAt }: Relaxed, rounded: Rounded): FoundCover {
  const bought: (readonly [number, number])[] = [];
  for (const item of order.subarray(0, breakAt)) {
    const count = caps[item]! - (item === rounded.leftOut ? 1 : 0);
    if (count > 0) bought.push([item, count]);
  }
  if (rounded.broken > 0) bought.push([order[breakAt]!, rounded.broken]);
  if (rounded.other !== null) bought.push([rounded.other, 1]);
  return { cost: rounded.cost, bought };
}

/** Of some items the cheapest one that does so much work by itself; null for none. */
function cheapestFor(
  { costs, units }: CoverItems,
  some: Int32Array,
): (need: number) => number | null {
  const byUnits = some.toSorted((a, b) => units[b]! - units[a]!);
  const cheapest = new Int32Array(byUnits.length);
  byUnits.forEach((item, at) => {
    const before = at === 0 ? item : cheapest[at - 1]!;
    cheapest[at] = costs[item]! < costs[before]! ? item : before;
  });
  return (need) => {
    let [low, high] = [0, byUnits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (units[byUnits[middle]!]! >= need) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : cheapest[low - 1]!;
  };
}
