import type { CoverItem, CoverProblem } from './cover-problem.ts';

/**
 * The same problem without items that another, of which there is enough to cover all of the need,
 * beats in units, cost and minimum purchase alike: whatever uses such an item can use the other
 * instead, so the optimum never changes. O(n log n + n × kept).
 */
export function undominated(problem: CoverProblem): CoverProblem {
  const isEnough = ({ cap, units }: CoverItem): boolean => cap * units >= problem.need;
  const sorted = problem.items.toSorted(
    (a, b) =>
      b.units - a.units ||
      a.cost - b.cost ||
      a.least - b.least ||
      Number(isEnough(b)) - Number(isEnough(a)),
  );
  const kept: CoverItem[] = [];
  const enough: CoverItem[] = [];
  for (const item of sorted) {
    if (enough.some((other) => beats(other, item))) continue;
    kept.push(item);
    if (isEnough(item)) enough.push(item);
  }
  return { ...problem, items: kept };
}

/** The other does at least as much; it costs no more, for one and for the least that is billed. */
function beats(other: CoverItem, item: CoverItem): boolean {
  return other.cost <= item.cost && other.least * other.cost <= item.least * item.cost;
}
