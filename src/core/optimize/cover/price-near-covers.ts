import type { ColumnPool } from './column-pool.ts';
import type { CountCut } from './count-cuts.ts';
import type { CoupledModel } from './coupled-model.ts';
import { itemsAt } from './cover-at-counts.ts';
import { coverAtHalves } from './cover-at-halves.ts';
import { columnOf } from './cover-state.ts';
import { costsAt, POOL_PARTS, worthOf } from './generate-columns.ts';
import { countInRow, type HalfCut, offersOf, type SharedRow } from './half-cuts.ts';
import type { Column, SharedPrices } from './master.ts';
import { type NearCover, nearCovers } from './near-covers.ts';
import { NearColumns, type NearMix } from './near-mix.ts';

/*
 * Problem: what prices of rows of several offers prove, which count what a cover has of all of them.
 * Method: each task's best cover at these prices, below the best of those that are known, and what
 * all tasks together could pay.
 * Complexity: of each task as cover-at-halves.ts.
 * Reference: Jepsen, Petersen, Spoorendonk, Pisinger, Subset-row inequalities applied to the
 * vehicle-routing problem with time windows (Oper. Res. 56, 2008).
 */

/** Whole micro-dollars; thousandths of pools. */
export type RowPrices = {
  readonly prices: SharedPrices;
  readonly cuts: readonly CountCut[];
  readonly halves: readonly HalfCut[];
  /** Of one on the right of each half cut. */
  readonly halfPrices: Float64Array;
};

export type HalvedBound = RowPrices & {
  /** Micro-dollars that no answer costs less than. */
  readonly bound: number;
  /** What the best cover of each task costs at these prices. */
  readonly least: Float64Array;
};

/** In micro-dollars: prices are whole, and sums of them nearly so. */
const BETTER_MIN = 0.5;

/** The prices of a mix under such rows, without those that are none. */
export function wholeRowPrices(
  model: CoupledModel,
  mix: NearMix,
  rows: readonly SharedRow[],
): RowPrices {
  const offers = new Float64Array(model.offers);
  const cuts: { readonly cut: CountCut; readonly price: number }[] = [];
  const halves: { readonly half: HalfCut; readonly price: number }[] = [];
  rows.forEach((row, index) => {
    const price = Math.round(mix.rows[index]!);
    if (price === 0) return;
    if ('rows' in row) halves.push({ half: row, price });
    else if (row.per === 1) offers[row.offer] = price;
    else cuts.push({ cut: row, price });
  });
  return {
    prices: {
      offers,
      pools: mix.pools.map((price) => Math.round(price * POOL_PARTS) / POOL_PARTS),
      cuts: Float64Array.from(cuts, ({ price }) => price),
    },
    cuts: cuts.map(({ cut }) => cut),
    halves: halves.map(({ half }) => half),
    halfPrices: Float64Array.from(halves, ({ price }) => price),
  };
}

/** All covers of each task of such a loss; null for more than there may be. */
export function coversNearHalves(
  model: CoupledModel,
  given: HalvedBound,
  options: { readonly lossMax: number; readonly most: number },
): readonly NearCover[] | null {
  const found = nearCovers(model, { ...given, ...options });
  if (found === null) return null;
  const columns = found.map(({ column }) => column);
  const costs = costsOf(model, columns, given);
  return columns.flatMap((column, index) => {
    const loss = costs[index]! - given.least[column.task]!;
    return loss <= options.lossMax ? [{ column, loss }] : [];
  });
}

export type PricedNear = {
  readonly found: HalvedBound;
  /** The known covers, with their losses at these prices. */
  readonly near: readonly NearCover[];
};

/** The best cover of each task joins the known ones. Null where one was too hard to tell. */
export function priceNearCovers(
  model: CoupledModel,
  given: RowPrices,
  known: ColumnPool,
): PricedNear | null {
  const { prices, cuts, halves, halfPrices } = given;
  const tasks = Array.from({ length: model.tasks }, (_, task) => task);
  const columns = tasks.flatMap((task) => known.of(task));
  const costs = costsOf(model, columns, given);
  const least = new Float64Array(model.tasks).fill(Infinity);
  columns.forEach(({ task }, index) => {
    least[task] = Math.min(least[task]!, costs[index]!);
  });
  const near = columns.map((column, index) => ({ column, cost: costs[index]! }));
  const { available: caps, limits, needs } = model;
  const machine = costsAt(model, prices);
  for (const task of tasks) {
    const items = itemsAt(model, task, { costs: machine, caps, cuts, prices: prices.cuts });
    const paidFor = paidForHalves(given, task);
    const cost = least[task]! - BETTER_MIN;
    const better = coverAtHalves(items, { need: needs[task]!, cost, paidFor });
    if (better === undefined) return null;
    if (better === null) continue;
    const column = columnOf(model, task, better.bought);
    known.add(column);
    near.push({ column, cost: better.cost });
    least[task] = better.cost;
  }
  const worth = worthOf(prices, { available: caps, limits, cuts });
  const worthOfHalves = halves.reduce((sum, { right }, half) => sum + halfPrices[half]! * right, 0);
  const bound = least.reduce((sum, one) => sum + one, 0) - worth - worthOfHalves;
  return {
    found: { ...given, bound, least },
    near: near.map(({ column, cost }) => ({ column, loss: cost - least[column.task]! })),
  };
}

/** What a cover of a task pays for half cuts. */
function paidForHalves({ halves, halfPrices }: RowPrices, task: number) {
  const byOffer = new Map<number, number[]>();
  halves.forEach((half, index) => {
    for (const offer of offersOf(half)) {
      const those = byOffer.get(offer);
      if (those === undefined) byOffer.set(offer, [index]);
      else those.push(index);
    }
  });
  return (bought: Column['bought']): number => {
    const some = new Set(bought.flatMap(([offer]) => byOffer.get(offer) ?? []));
    let paid = 0;
    for (const half of some) {
      paid += halfPrices[half]! * countInRow(halves[half]!, { task, bought });
    }
    return paid;
  };
}

/** Of each cover, at all prices. */
function costsOf(
  model: CoupledModel,
  columns: readonly Column[],
  { prices, cuts, halves, halfPrices }: RowPrices,
): Float64Array {
  const machine = costsAt(model, prices);
  const costs = Float64Array.from(columns, ({ bought }) => {
    return bought.reduce((sum, [offer, machines]) => sum + machines * machine[offer]!, 0);
  });
  const all = new NearColumns(columns);
  const pay = (row: SharedRow, price: number): void => {
    const { columns: users, counts } = all.countsIn(row);
    users.forEach((index, at) => {
      costs[index]! += price * counts[at]!;
    });
  };
  cuts.forEach((cut, index) => pay(cut, prices.cuts[index]!));
  halves.forEach((half, index) => pay(half, halfPrices[index]!));
  return costs;
}
