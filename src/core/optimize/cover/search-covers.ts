import type { CoverItems } from './cover-at-prices.ts';

/*
 * Problem: min Σ cost·n, Σ units·n ≥ need, n ≤ cap, n whole, where few machines do all the work.
 * Method: depth first, items in order of cost per unit, as many of each as can be first. What is
 * left costs at least its units at the rate of the next item, and the least that any later item
 * costs.
 * Complexity: exponential, a few thousand nodes where a cover has a handful of machines; given up
 * beyond a number of them.
 * Reference: Horowitz and Sahni, Computing partitions with applications to the knapsack problem
 * (JACM 21, 1974).
 */

export type FoundCover = {
  readonly cost: number;
  readonly bought: readonly (readonly [item: number, count: number])[];
};

/** Of costs, what floating point may get wrong. */
const SLACK = 1e-12;

/**
 * The cheapest cover below the known cost; null for none. Undefined where it gave up. `more` is what
 * so many of an item cost beside their costs, if anything.
 */
export function searchCovers(
  { costs, units, caps }: CoverItems,
  order: Int32Array,
  given: {
    readonly need: number;
    readonly cost: number;
    readonly nodesMax: number;
    readonly more?: readonly (Float64Array | null)[];
  },
): FoundCover | null | undefined {
  const n = order.length;
  const [rates, least] = [new Float64Array(n + 1), new Float64Array(n + 1)];
  rates[n] = Infinity;
  least[n] = Infinity;
  for (let at = n - 1; at >= 0; at--) {
    const i = order[at]!;
    rates[at] = costs[i]! / units[i]!;
    least[at] = Math.min(least[at + 1]!, costs[i]!);
  }
  const counts = new Int32Array(n);
  let best: { cost: number; counts: Int32Array } | null = null;
  let costMax = given.cost;
  let nodes = 0;
  const from = (at: number, left: number, cost: number): void => {
    const atLeast = cost + Math.max(left * rates[at]!, least[at]!);
    if (atLeast >= costMax * (1 - SLACK) || nodes++ > given.nodesMax) return;
    const i = order[at]!;
    const more = given.more?.[i] ?? null;
    const enough = Math.ceil(left / units[i]!);
    let count = Math.min(caps[i]!, enough);
    if (count === enough) {
      const total = cost + count * costs[i]! + (more === null ? 0 : more[count]!);
      if (total < costMax) {
        costMax = total;
        counts[at] = count;
        best = { cost: total, counts: counts.slice(0, at + 1) };
      }
      count--;
    }
    for (; count >= 0; count--) {
      counts[at] = count;
      const paid = count * costs[i]! + (more === null ? 0 : more[count]!);
      const rest = left - count * units[i]!;
      // What is not bought of this costs more of the next: fewer are no better.
      const isOver = cost + paid + rest * rates[at + 1]! >= costMax * (1 - SLACK);
      if (isOver && more === null) break;
      from(at + 1, rest, cost + paid);
    }
  };
  from(0, given.need, 0);
  if (nodes > given.nodesMax) return undefined;
  return best === null ? null : asFound(best, order);
}

function asFound(
  { cost, counts }: { readonly cost: number; readonly counts: Int32Array },
  order: Int32Array,
): FoundCover {
  const bought = [...counts].flatMap((count, at) =>
    count > 0 ? [[order[at]!, count] as const] : [],
  );
  return { cost, bought };
}
