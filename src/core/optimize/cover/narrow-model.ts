import type { CountCut } from './count-cuts.ts';
import type { CoupledModel } from './coupled-model.ts';
import { itemsAt } from './cover-at-counts.ts';
import { relaxCover } from './cover-at-prices.ts';
import { costsAt } from './generate-columns.ts';
import type { Column, SharedPrices } from './master.ts';

/*
 * Problem: most offers are of no use to most tasks, and yet every cover looks at all of them.
 * Method: at good prices, a task that takes a machine of reduced cost r has a cover that costs at
 * least r more than its relaxation. Where that is more than what its best cover costs and all that
 * a known answer could still lose, no better answer does so. Of the others those of the least
 * reduced costs are kept: a search for answers needs no more, and a bound is not drawn from it.
 * Complexity: O(offers log offers) for each task.
 * Reference: Dembo and Hammer, A reduction algorithm for knapsack problems (Methods of Operations
 * Research 36, 1980).
 */

/** Of one task: on hard instances of the generator, as good as all, and several times as fast. */
const NEAR_MIN = 40;
/** And so many times as many as its known cover has. */
const NEAR_FACTOR = 4;

/** The same tasks, fewer offers: those of the given model, in its order. */
export type Narrow = { readonly model: CoupledModel; readonly offers: Int32Array };

export function narrowModel(
  model: CoupledModel,
  given: {
    readonly prices: SharedPrices;
    readonly cuts: readonly CountCut[];
    /** Of each task, what its best cover costs at the prices. */
    readonly least: Float64Array;
    /** What a better answer costs less than the known one, at most. */
    readonly gain: number;
    /** Whatever they cost. */
    readonly kept: readonly Column[];
  },
): Narrow {
  const { prices, cuts, least, gain } = given;
  const costs = costsAt(model, prices);
  const used = new Map(given.kept.map(({ task, bought }) => [task, bought.length]));
  const isKept = new Uint8Array(model.tasks * model.offers);
  for (let task = 0; task < model.tasks; task++) {
    const items = itemsAt(model, task, {
      costs,
      caps: model.available,
      cuts,
      prices: prices.cuts,
    });
    const relaxed = relaxCover(items, model.needs[task]!);
    if (relaxed === null) continue;
    const room = least[task]! - relaxed.value + gain;
    const losses = items.costs.map((cost, offer) => cost - relaxed.price * items.units[offer]!);
    const near = [...losses.keys()]
      .filter((offer) => items.units[offer]! > 0 && losses[offer]! <= room)
      .sort((a, b) => losses[a]! - losses[b]!);
    for (const offer of near.slice(0, mostNear(used.get(task) ?? 0)))
      isKept[task * model.offers + offer] = 1;
  }
  for (const { task, bought } of given.kept) {
    for (const [offer] of bought) isKept[task * model.offers + offer] = 1;
  }
  return withPairs(model, isKept);
}

function mostNear(used: number): number {
  return Math.max(NEAR_MIN, used * NEAR_FACTOR);
}

/** With those pairs of a task and an offer alone. */
function withPairs(model: CoupledModel, isKept: Uint8Array): Narrow {
  const { tasks, pools } = model;
  const isPair = (task: number, offer: number): boolean => {
    const at = task * model.offers + offer;
    return isKept[at] === 1 && model.units[at]! > 0;
  };
  const everyTask = Array.from({ length: tasks }, (_, task) => task);
  const offers = Int32Array.from(
    [...model.costs.keys()].filter((offer) => everyTask.some((task) => isPair(task, offer))),
  );
  const narrow = {
    ...model,
    offers: offers.length,
    costs: Float64Array.from(offers, (offer) => model.costs[offer]!),
    units: new Float64Array(tasks * offers.length),
    options: new Int32Array(tasks * offers.length).fill(-1),
    available: Float64Array.from(offers, (offer) => model.available[offer]!),
    amounts: new Float64Array(pools * offers.length),
  };
  offers.forEach((offer, place) => {
    for (let pool = 0; pool < pools; pool++) {
      const amount = model.amounts[pool * model.offers + offer]!;
      narrow.amounts[pool * offers.length + place] = amount;
    }
    for (const task of everyTask) {
      if (!isPair(task, offer)) continue;
      narrow.units[task * offers.length + place] = model.units[task * model.offers + offer]!;
      narrow.options[task * offers.length + place] = model.options[task * model.offers + offer]!;
    }
  });
  return { model: narrow, offers };
}

/** A cover in terms of the narrow model; null where it has offers that are not in it. */
export function inward({ offers }: Narrow, column: Column): Column | null {
  const bought = column.bought.map(([offer, machines]): [number, number] => {
    return [offers.indexOf(offer), machines];
  });
  return bought.some(([place]) => place < 0) ? null : { ...column, bought };
}

export function outward({ offers }: Narrow, column: Column): Column {
  return { ...column, bought: column.bought.map(([place, n]) => [offers[place]!, n] as const) };
}
