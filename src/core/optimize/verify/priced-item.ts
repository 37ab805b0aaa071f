import { GRAINS } from './grains.ts';
import type { Item } from './least-by-search.ts';
import { type Units, type Usable, wholeUnits } from './verify-cover-whole.ts';

/** An option of a task at some prices, in any unit. */
export type PricedItem = Item & {
  /** What a machine costs, without what so many of them pay. */
  readonly grains: bigint;
  /** Micro-dollars that 0, 1, 2, … machines pay, up to the cap; none for nothing. */
  readonly byCount: readonly number[] | null;
  /** Index of the option. */
  readonly at: number;
};

export function pricedItem(
  usable: Usable & Pick<PricedItem, 'at' | 'byCount'>,
  inUnits: Units,
): PricedItem {
  const { grains, byCount } = usable;
  if (byCount === null) return { ...usable, cost: wholeUnits(grains, inUnits) };
  const costs = byCount.map((price, machines) =>
    wholeUnits(grains * BigInt(machines) + BigInt(price) * GRAINS, inUnits),
  );
  const least = costs.slice(1).map((all, fewer) => Math.floor(all / (fewer + 1)));
  return { ...usable, cost: Math.min(...least), costs };
}

/** In order of cost per unit of work. */
export function byRate(a: Item, b: Item): number {
  return a.cost * b.units - b.cost * a.units;
}
