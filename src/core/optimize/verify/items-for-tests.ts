import type { Random } from '../../../base/rng.ts';
import type { Item } from './least-by-search.ts';
import { byRate } from './priced-item.ts';

/** In order of cost per unit; of half of them, each number of machines has a price of its own. */
export function randomItems(random: Random, count: number): readonly Item[] {
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const items = Array.from({ length: count }, (): Item => {
    const [units, cap] = [upTo(9), upTo(3)];
    if (random() < 0.5) return { units, cap, cost: upTo(40) };
    const costs = [0];
    for (let machines = 1; machines <= cap; machines++) costs.push(costs.at(-1)! + upTo(40));
    const each = costs.slice(1).map((cost, fewer) => Math.floor(cost / (fewer + 1)));
    return { units, cap, cost: Math.min(...each), costs };
  });
  return items.toSorted(byRate);
}
