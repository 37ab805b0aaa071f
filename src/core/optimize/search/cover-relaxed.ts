import type { CoverItem, CoverProblem } from '../model/cover-problem.ts';
import type { Fraction } from '../model/task-problem.ts';

/*
 * Problem: the linear relaxation of the covering problem, where items may be bought in part.
 * Method: greedy by cost for a unit of work; the item that covers the last unit sets the price of
 * work, which is the optimal dual. Any price gives a valid bound; this one gives the best.
 * Complexity: O(n log n). Reference: Dantzig, Discrete-Variable Extremum Problems (1957).
 */

/** The price of one unit of work at the margin; null when all items do not cover the need. */
export function marginalPrice({ items, need }: CoverProblem): Fraction | null {
  let left = need;
  for (const item of items.toSorted(byCostOfUnit)) {
    left -= item.units * item.cap;
    if (left <= 0) return { of: item.cost, per: item.units };
  }
  return null;
}

/** What fraction of the need all items together cover; 1 and more is enough. */
export function coverage({ items, need }: CoverProblem): number {
  return items.reduce((sum, item) => sum + item.units * item.cap, 0) / need;
}

function byCostOfUnit(a: CoverItem, b: CoverItem): number {
  return a.cost / a.units - b.cost / b.units || a.candidate - b.candidate;
}
