import type { Item } from './least-by-search.ts';

/*
 * Problem: the least that items cost which do all the work, where a search takes too long: as many
 * items are nearly as good as each other.
 * Method: a table of what so much work costs at least, one item after another, any number of each.
 * Complexity: O(work × machines of all items).
 * Reference: Kellerer, Pferschy, Pisinger, Knapsack Problems (2004), section 7.2.
 */

/** Infinity where nothing does all the work; null where the table takes more than so many steps. */
export function leastByTable(
  items: readonly Item[],
  need: number,
  stepsMax: number,
): number | null {
  const stages = items.flatMap((item) => stagesOf(item, need));
  if (stages.reduce((sum, { costs }) => sum + costs.length, 0) * need > stepsMax) return null;
  const least = new Float64Array(need + 1).fill(Infinity);
  least[0] = 0;
  for (const { units, costs } of stages) {
    for (let work = need; work > 0; work--) {
      let best = least[work]!;
      for (let fewer = 0; fewer < costs.length; fewer++) {
        const before = least[Math.max(0, work - (fewer + 1) * units)]!;
        best = Math.min(best, before + costs[fewer]!);
      }
      least[work] = best;
    }
  }
  return least[need]!;
}

/** Of one, of two, and so on, or none at all. */
type Stage = { readonly units: number; readonly costs: readonly number[] };

/** Any number of machines that all cost the same is a sum of some of 1, 2, 4, … and a rest. */
function stagesOf({ units, cap, cost, costs }: Item, need: number): readonly Stage[] {
  if (costs !== undefined) return [{ units, costs: costs.slice(1, cap + 1) }];
  const stages: Stage[] = [];
  let left = Math.min(cap, Math.ceil(need / units));
  for (let size = 1; left > 0; size *= 2) {
    const taken = Math.min(size, left);
    left -= taken;
    stages.push({ units: units * taken, costs: [cost * taken] });
  }
  return stages;
}
