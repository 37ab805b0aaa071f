import type { CoupledModel } from './coupled-model.ts';

/** So much longer than a greedy cover needs is the list of offers that a relaxation starts with. */
const LIST_SHARE = 1.4;
/** Fewer offers are not worth the trouble. */
const OFFERS_MIN = 1000;

/**
 * Of one task, the offers that the relaxation is likely to use, in order of cost per unit: those that a
 * greedy cover within the pools comes to, and some more. Null for all.
 */
export function likelyOffers(model: CoupledModel): ReadonlySet<number> | null {
  if (model.tasks !== 1 || model.offers < OFFERS_MIN) return null;
  const { units, costs, available, amounts, pools, offers } = model;
  const rates = costs.map((cost, offer) => (units[offer]! > 0 ? cost / units[offer]! : Infinity));
  const order = Int32Array.from(rates.keys()).sort((a, b) => rates[a]! - rates[b]! || a - b);
  const room = model.limits.slice();
  let left = model.needs[0]!;
  let length = 0;
  for (; length < offers && left > 0; length++) {
    const offer = order[length]!;
    let machines = available[offer]!;
    for (let pool = 0; pool < pools; pool++) {
      const amount = amounts[pool * offers + offer]!;
      if (amount > 0) machines = Math.min(machines, room[pool]! / amount);
    }
    for (let pool = 0; pool < pools; pool++) {
      room[pool]! -= machines * amounts[pool * offers + offer]!;
    }
    left -= machines * units[offer]!;
  }
  return new Set(order.subarray(0, Math.ceil(length * LIST_SHARE)));
}
