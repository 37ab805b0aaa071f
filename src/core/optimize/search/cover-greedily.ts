import type { CoverItem, CoverProblem } from '../model/cover-problem.ts';
import type { Cover } from './cover-by-dp.ts';

/*
 * Problem: the covering problem; some cover, quickly.
 * Method: greedy; what covers the rest of the need at the least cost of a useful unit is bought
 * until nothing is left. With increments of a second this is within one of them of the bound.
 * Complexity: O(n²) at worst, O(n) where one item suffices.
 */

/** A cover that starts from the given counts (none); null when nothing covers. */
export function coverGreedily(
  { items, need }: CoverProblem,
  start: readonly number[] = items.map(() => 0),
): Cover | null {
  const counts = start.map((count, index) => Math.min(count, items[index]!.cap));
  for (;;) {
    const covered = counts.reduce((sum, count, index) => sum + count * items[index]!.units, 0);
    const left = need - covered;
    if (left <= 0) break;
    const index = cheapestFor(items, counts, left);
    if (index === null) return null;
    counts[index]! += copiesFor(items[index]!, counts[index]!, left);
  }
  const cost = counts.reduce((sum, count, index) => sum + count * items[index]!.cost, 0);
  return { counts, cost };
}

function cheapestFor(
  items: readonly CoverItem[],
  counts: readonly number[],
  left: number,
): number | null {
  let best: number | null = null;
  let bestCost = Infinity;
  items.forEach((item, index) => {
    const copies = copiesFor(item, counts[index]!, left);
    if (copies === 0) return;
    // An item that covers less than is left is charged for the rest at its own price.
    const cost = (copies * item.cost) / Math.min(1, (copies * item.units) / left);
    if (cost >= bestCost) return;
    best = index;
    bestCost = cost;
  });
  return best;
}

function copiesFor(item: CoverItem, used: number, left: number): number {
  return Math.min(item.cap - used, Math.ceil(left / item.units));
}
