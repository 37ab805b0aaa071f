import type { CountedItems } from './cover-at-counts.ts';
import type { FoundCover } from './search-covers.ts';

/*
 * Problem: the best cover of one task where it pays for what it takes of several offers together, on
 * top of what each number of machines costs by itself.
 * Method: depth first, items in order of cost per unit; what is left costs at least its units at the
 * rate of the next item. What is paid on top is known when a cover is whole, and never below 0.
 * Complexity: exponential, some thousand nodes where a cover has a handful of machines.
 * Reference: Horowitz and Sahni, Computing partitions with applications to the knapsack problem
 * (JACM 21, 1974).
 */

const NODES_MAX = 1_000_000;

/** Null where none is below the known cost; undefined where it gave up. */
export function coverAtHalves(
  { costs, units, caps, more }: CountedItems,
  given: {
    readonly need: number;
    readonly cost: number;
    /** What is paid on top, for no fewer machines no less. */
    readonly paidFor: (bought: FoundCover['bought']) => number;
  },
): FoundCover | null | undefined {
  const order = [...costs.keys()]
    .filter((i) => units[i]! > 0 && caps[i]! > 0)
    .sort((a, b) => costs[a]! * units[b]! - costs[b]! * units[a]! || a - b);
  const rates = [...order.map((i) => costs[i]! / units[i]!), Infinity];
  const bought: (readonly [number, number])[] = [];
  let [best, costMax, nodes]: [FoundCover | null, number, number] = [null, given.cost, 0];
  const from = (at: number, left: number, cost: number): void => {
    if (cost + left * rates[at]! >= costMax || nodes++ > NODES_MAX) return;
    const i = order[at]!;
    const enough = Math.ceil(left / units[i]!);
    for (let count = Math.min(enough, caps[i]!); count >= 0; count--) {
      const paid = cost + count * costs[i]! + (more[i]?.[count] ?? 0);
      if (paid >= costMax) continue;
      if (count > 0) bought.push([i, count]);
      const rest = left - count * units[i]!;
      const all = rest > 0 ? Infinity : paid + given.paidFor(bought);
      if (rest > 0) from(at + 1, rest, paid);
      else if (all < costMax) [best, costMax] = [{ cost: all, bought: [...bought] }, all];
      if (count > 0) bought.pop();
    }
  };
  if (given.need > 0) from(0, given.need, 0);
  return nodes > NODES_MAX ? undefined : best;
}
