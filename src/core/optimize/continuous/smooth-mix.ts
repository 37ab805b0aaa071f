import type { Mix } from '../serving/mix-model.ts';
import type { SmoothProblem } from './minimize-smooth.ts';
import { sharesProjection } from './projections.ts';

/*
 * Problem: a GPU mix over shares alone, as a smooth function. Machines of a kind are as many as its
 * load, and what rounding up adds: half a machine on average, for each kind that is used at all.
 * Method: cost_k · (L + ROUNDED · (1 − exp(−L / SCALE))) for a load L, which is concave: a first bit
 * of load is dear, so that kinds are used or left alone. Loads beyond what can be had cost by
 * their square. Shares of each bucket are on a simplex.
 * Complexity: O(kinds × buckets) for a value and its gradient.
 */

/** Machines that rounding adds, and how many it takes to be charged for them. */
const ROUNDED = 0.5;
const SCALE = 0.3;
/** Of one machine too many, squared; of costs. */
const EXCESS = 20;

/** Shares are by bucket, then by kind, as in `MixOptimum`; where a kind takes nothing they stay 0. */
export function smoothMix(mix: Mix, rounded = ROUNDED): SmoothProblem {
  const { kinds, buckets, loads, rows } = mix;
  const size = kinds.length;
  const dearest = Math.max(...kinds.map(({ cost }) => cost));
  const marginal = new Float64Array(size);
  const isAble = (bucket: number, kind: number): boolean => loads[bucket * size + kind]! < Infinity;
  const project = sharesProjection(buckets.length, size, isAble);
  const value = (point: Float64Array, gradient: Float64Array): number => {
    const used = loadsOf(mix, point);
    let sum = 0;
    kinds.forEach(({ cost, most }, kind) => {
      const load = used[kind]!;
      const over = Math.max(0, load - most);
      const left = Math.exp(-load / SCALE);
      sum += cost * (load + rounded * (1 - left)) + EXCESS * dearest * over * over;
      marginal[kind] = cost * (1 + (rounded / SCALE) * left) + 2 * EXCESS * dearest * over;
    });
    for (const { amounts, limit } of rows) {
      const taken = amounts.reduce((all, amount, kind) => all + amount * used[kind]!, 0);
      const over = Math.max(0, taken - limit);
      sum += EXCESS * dearest * over * over;
      amounts.forEach((amount, kind) => {
        marginal[kind] = marginal[kind]! + 2 * EXCESS * dearest * over * amount;
      });
    }
    for (let at = 0; at < point.length; at++) {
      gradient[at] = loads[at] === Infinity ? 0 : (marginal[at % size]! * loads[at]!) / dearest;
    }
    return sum / dearest;
  };
  return { value, project };
}

/** Machines of each kind that the shares load. */
export function loadsOf({ kinds, loads }: Mix, shares: Float64Array): Float64Array {
  const used = new Float64Array(kinds.length);
  for (let at = 0; at < shares.length; at++) {
    if (loads[at] === Infinity) continue;
    const kind = at % kinds.length;
    used[kind] = used[kind]! + shares[at]! * loads[at]!;
  }
  return used;
}
