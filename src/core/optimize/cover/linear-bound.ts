import type { Duals } from '../model/answer.ts';
import type { CoupledModel } from './coupled-model.ts';
import { fractionBelow, valueOf } from './fraction-below.ts';
import type { SharedPrices } from './master.ts';
import type { Relaxed } from './relax-coupled.ts';

/*
 * Problem: a bound from prices of work, by weak duality.
 * Method: at prices of work and pools, the least price of an offer is what its best task would pay
 * for it above its cost; then no machine is worth more than it costs, and the bound is what all
 * work is worth less what all that is shared is worth. Prices are rounded to fractions first.
 * Complexity: O(tasks × offers).
 * Reference: Geoffrion, Lagrangean relaxation for integer programming (1974).
 */

export type LinearBound = {
  /** In micro-dollars. */
  readonly bound: number;
  readonly prices: SharedPrices;
  readonly duals: Duals;
};

export function linearBound(model: CoupledModel, { work, pools }: Relaxed): LinearBound {
  const workFractions = Array.from(work, (price, task) =>
    fractionBelow(price * model.scales[task]!),
  );
  const poolFractions = Array.from(pools, fractionBelow);
  const workPrices = work.map((_, task) => valueOf(workFractions[task]!) / model.scales[task]!);
  const poolPrices = Float64Array.from(poolFractions, valueOf);
  const offers = offerPrices(model, workPrices, poolPrices);
  let bound = 0;
  for (let task = 0; task < model.tasks; task++) bound += workPrices[task]! * model.needs[task]!;
  for (let pool = 0; pool < model.pools; pool++) bound -= poolPrices[pool]! * model.limits[pool]!;
  for (let offer = 0; offer < model.offers; offer++)
    bound -= offers[offer]! * model.available[offer]!;
  return {
    bound,
    prices: { offers, pools: poolPrices, cuts: new Float64Array(0) },
    duals: {
      pools: poolFractions,
      offers: [...offers].flatMap((of, offer) =>
        of > 0 ? [{ offer, price: { of, per: 1 } }] : [],
      ),
      budget: { of: 0, per: 1 },
      tasks: workFractions.map((price) => [price]),
    },
  };
}

function offerPrices(
  { tasks, offers, pools, costs, units, amounts }: CoupledModel,
  work: Float64Array,
  poolPrices: Float64Array,
): Float64Array {
  const prices = new Float64Array(offers);
  for (let offer = 0; offer < offers; offer++) {
    let cost = costs[offer]!;
    for (let pool = 0; pool < pools; pool++) {
      cost += poolPrices[pool]! * amounts[pool * offers + offer]!;
    }
    let most = 0;
    for (let task = 0; task < tasks; task++) {
      most = Math.max(most, work[task]! * units[task * offers + offer]! - cost);
    }
    prices[offer] = Math.ceil(most);
  }
  return prices;
}
