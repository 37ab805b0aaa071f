import type { Random } from '../../../base/rng.ts';
import type { CoupledModel } from './coupled-model.ts';
import type { CoverState } from './cover-state.ts';
import { type Generated, type GenerateOptions, generateColumns } from './generate-columns.ts';
import type { SharedPrices } from './master.ts';

/*
 * Problem: whole covers of some tasks, as cheap as the mix of covers that the prices come from.
 * Method: diving. The cover with the largest share in the mix is kept, what is left is priced
 * anew with fresh columns for it, and so on; the last task takes the best that is free.
 * Complexity: a few rounds of column generation for each cover that is kept.
 * Reference: Sadykov, Vanderbeck et al., Primal heuristics for branch and price (INFORMS JoC 31, 2019).
 */

export type DiveOptions = Omit<GenerateOptions, 'roundsMax' | 'gap'> & {
  readonly random: Random;
  /** A dive that cannot end below it is given up. */
  readonly costMax: number;
};

/** Rounds of column generation before each step: of many tasks, prices hardly change in one. */
const ROUNDS_OF_FEW = 3;
const FEW = 20;
const GAP = 1e-4;
/** Of the tasks that are left, as many keep a cover in one step. */
const KEPT_SHARE = 0.06;
/** A share as good as all of it, and one too small to be kept with others at once. */
const WHOLE_SHARE = 0.9;
/** How far the draw may turn shares around. */
const NOISE = 0.4;

/** Puts covers of all the tasks into the state; false where it gave up half way. */
export function dive(
  model: CoupledModel,
  state: CoverState,
  tasks: readonly number[],
  start: SharedPrices,
  options: DiveOptions,
): boolean {
  let left = tasks;
  let prices = start;
  while (left.length > 1) {
    const [available, limits] = [state.available(), state.limits()];
    const part = { tasks: left, available, limits, cuts: [] };
    const generated = generateColumns(model, part, prices, {
      ...options,
      roundsMax: left.length > FEW ? 1 : ROUNDS_OF_FEW,
      gap: GAP,
    });
    if (generated === null || state.cost + generated.bound >= options.costMax) return false;
    if (options.isOver()) return false;
    prices = generated.next;
    const kept = keepBest(state, generated, { ...options, count: left.length * KEPT_SHARE });
    if (kept.size === 0) return false;
    left = left.filter((task) => !kept.has(task));
  }
  for (const task of left) {
    const column = state.fill(task, noPrices(model), options.effort);
    if (column === null) return false;
    options.pool.add(column);
    state.put(column);
  }
  return state.cost < options.costMax;
}

export function noPrices({ offers, pools }: CoupledModel): SharedPrices {
  const [ofOffers, ofPools] = [new Float64Array(offers), new Float64Array(pools)];
  return { offers: ofOffers, pools: ofPools, cuts: new Float64Array(0) };
}

/** The covers with the largest shares, and all that are whole anyway. */
function keepBest(
  state: CoverState,
  { columns, shares }: Generated,
  { random, count }: { readonly random: Random; readonly count: number },
): ReadonlySet<number> {
  const kept = new Set<number>();
  const ranked = columns
    .map((column, index) => ({ column, share: shares[index]! * (1 + NOISE * (random() - 0.5)) }))
    .sort((a, b) => b.share - a.share);
  for (const { column, share } of ranked) {
    if (kept.size >= Math.max(1, count) && share < WHOLE_SHARE) break;
    if (kept.has(column.task) || !state.fits(column)) continue;
    state.put(column);
    kept.add(column.task);
  }
  return kept;
}
