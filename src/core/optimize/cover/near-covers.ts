import type { CountCut } from './count-cuts.ts';
import type { CoupledModel } from './coupled-model.ts';
import { type CountedItems, itemsAt } from './cover-at-counts.ts';
import { columnOf } from './cover-state.ts';
import { costsAt } from './generate-columns.ts';
import type { Column, SharedPrices } from './master.ts';

/*
 * Problem: all covers of each task that cost little more than its best one, at prices of what tasks
 * share. Where prices prove a bound, no better answer has any other: each has its loss on top.
 * Method: depth first, items in order of cost per unit; what is left costs at least its units at the
 * rate of the next item. A cover that could do without one of its machines is left out.
 * Complexity: as many nodes as there are such covers, and some that end in nothing.
 * Reference: Baldacci, Christofides, Mingozzi, An exact algorithm for the vehicle routing problem
 * based on the set partitioning formulation (Math. Programming 115, 2008).
 */

export type NearCover = {
  readonly column: Column;
  /** What it costs at the prices more than its task's best cover does. */
  readonly loss: number;
};

export type NearOptions = {
  readonly prices: SharedPrices;
  readonly cuts: readonly CountCut[];
  /** At these, what each task's best cover costs. */
  readonly least: Float64Array;
  /** No loss is above it. */
  readonly lossMax: number;
  /** Of all covers. */
  readonly most: number;
};

/** Of each task no more than so many nodes, for each cover that there may be. */
const NODES_OF_COVER = 20;

/** Where there are too many covers of a loss: by such steps it is less, of at most so many. */
const LOSS_STEP = 0.7;
const LOSS_STEPS = 20;

/** The covers of the largest loss up to a limit that can be listed; null where none can. */
export function listable(
  lossMax: number,
  list: (lossMax: number) => readonly NearCover[] | null,
): readonly NearCover[] | null {
  let near = list(lossMax);
  if (near !== null) return near;
  let [many, few] = [0, LOSS_STEPS];
  while (few - many > 1) {
    const step = Math.floor((many + few) / 2);
    const found = list(lossMax * LOSS_STEP ** step);
    if (found === null) many = step;
    else [near, few] = [found, step];
  }
  return near;
}

/** In the order of the tasks; null where there are more than that. */
export function nearCovers(
  model: CoupledModel,
  { prices, cuts, least, lossMax, most }: NearOptions,
): readonly NearCover[] | null {
  const costs = costsAt(model, prices);
  const near: NearCover[] = [];
  for (let task = 0; task < model.tasks; task++) {
    const items = itemsAt(model, task, {
      costs,
      caps: model.available,
      cuts,
      prices: prices.cuts,
    });
    const costMax = least[task]! + lossMax;
    const found = coversWithin(items, {
      need: model.needs[task]!,
      costMax,
      most: most - near.length,
    });
    if (found === null) return null;
    for (const { cost, bought } of found) {
      near.push({ column: columnOf(model, task, bought), loss: cost - least[task]! });
    }
  }
  return near;
}

type Within = { readonly cost: number; readonly bought: Column['bought'] };

function coversWithin(
  items: CountedItems,
  {
    need,
    costMax,
    most,
  }: { readonly need: number; readonly costMax: number; readonly most: number },
): readonly Within[] | null {
  if (need <= 0) return [{ cost: 0, bought: [] }];
  const { costs, units, caps, more } = items;
  const order = [...costs.keys()]
    .filter((i) => units[i]! > 0 && caps[i]! > 0)
    .sort((a, b) => costs[a]! * units[b]! - costs[b]! * units[a]! || a - b);
  const rates = [...order.map((i) => costs[i]! / units[i]!), Infinity];
  const found: Within[] = [];
  const bought: (readonly [number, number])[] = [];
  let nodes = most * NODES_OF_COVER;
  const from = (at: number, left: number, cost: number): void => {
    if (cost + left * rates[at]! > costMax || nodes-- <= 0 || found.length > most) return;
    const i = order[at]!;
    const enough = Math.ceil(left / units[i]!);
    for (let count = Math.min(enough, caps[i]!); count >= 0; count--) {
      const paid = cost + count * costs[i]! + (more[i]?.[count] ?? 0);
      if (paid > costMax) continue;
      if (count > 0) bought.push([i, count]);
      const rest = left - count * units[i]!;
      if (rest > 0) from(at + 1, rest, paid);
      else if (isNeeded(bought, units, -rest)) found.push({ cost: paid, bought: [...bought] });
      if (count > 0) bought.pop();
    }
  };
  from(0, need, 0);
  return nodes <= 0 || found.length > most ? null : found;
}

/** Whether a cover that does so much too much needs each of its machines. */
function isNeeded(bought: Column['bought'], units: Float64Array, over: number): boolean {
  return bought.every(([item]) => units[item]! > over);
}
