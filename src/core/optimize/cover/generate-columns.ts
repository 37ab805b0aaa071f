import type { ColumnPool } from './column-pool.ts';
import type { CountCut } from './count-cuts.ts';
import type { CoupledModel } from './coupled-model.ts';
import { coverAtCounts, itemsAt } from './cover-at-counts.ts';
import { type CoverEffort, coverAtPrices } from './cover-at-prices.ts';
import { columnOf } from './cover-state.ts';
import { type Column, type SharedPrices, solveMaster } from './master.ts';

/*
 * Problem: the best prices of what tasks share: those at which the tasks' own best covers, less
 * what the shared offers and pools are worth, cost most. Each such sum is a bound.
 * Method: column generation. A master mixes the covers known so far, its prices ask every task for
 * its best cover in whole numbers, and those join the master, until it costs what the bound says. Prices
 * are asked at a point between the best so far and the master's, which jump about at first.
 * Complexity: a covering knapsack for each task and round, some ten to twenty rounds.
 * Reference: Dantzig and Wolfe, Decomposition principle for linear programs (Oper. Res. 8, 1960);
 * Geoffrion, Lagrangean relaxation for integer programming (1974); smoothing after Pessoa, Sadykov,
 * Uchoa, Vanderbeck, Automation and combination of linear-programming based stabilization
 * techniques in column generation (INFORMS JoC 30, 2018).
 */

/** Some of the tasks, and what is there for them. */
export type Part = {
  readonly tasks: readonly number[];
  readonly available: Float64Array;
  readonly limits: Float64Array;
  readonly cuts: readonly CountCut[];
};

export type Generated = {
  /** What covers of these tasks cost at least, and the prices that prove it. */
  readonly bound: number;
  readonly prices: SharedPrices;
  /** At these, what the best cover of each task of the part costs; by task. */
  readonly least: Float64Array;
  /** Those that the last mix asks for. */
  readonly next: SharedPrices;
  /** Covers that fit by themselves, with the share of each in the master's mix. */
  readonly columns: readonly Column[];
  readonly shares: Float64Array;
};

export type GenerateOptions = {
  readonly pool: ColumnPool;
  /** Of each task the highest cost at any prices so far; what the master pays where it has no cover. */
  readonly above: Float64Array;
  readonly roundsMax: number;
  readonly gap: number;
  readonly isOver: () => boolean;
  readonly effort: CoverEffort;
};

/** The share of the best prices so far in those that are asked at. */
const SMOOTHING_FIRST = 0.8;
const SMOOTHING_STEP = 0.15;
const SMOOTHING_MAX = 0.95;
/** How much of its task's first cover a missing one costs: more than any that is found later. */
const ABOVE_FACTOR = 4;
const GAP_FIRST = 0.05;
const GAP_LEAST = 1e-5;
/** The master is solved to this share of the gap that is left. */
const GAP_SHARE = 0.2;
/** And each task's cover to this share of it. */
const COVER_GAP_SHARE = 0.02;

/** Null where a task cannot be covered with what is there. */
export function generateColumns(
  model: CoupledModel,
  part: Part,
  start: SharedPrices,
  options: GenerateOptions,
): Generated | null {
  const { pool, above } = options;
  let asked = wholePrices(start);
  let best: Pick<Generated, 'bound' | 'prices' | 'least'> | null = null;
  let columns: readonly Column[] = [];
  let mix: { readonly shares: Float64Array; readonly value: number } | null = null;
  let smoothing = SMOOTHING_FIRST;
  let left = GAP_FIRST / GAP_SHARE;
  for (let round = 0; round < options.roundsMax; round++) {
    const effort = { ...options.effort, gap: Math.max(options.effort.gap, left * COVER_GAP_SHARE) };
    const priced = priceTasks(model, part, asked, { ...options, effort });
    if (priced === null) return null;
    const isBetter: boolean = best === null || priced.bound > best.bound;
    if (best === null || isBetter) best = { ...priced, prices: asked };
    if (mix !== null) left = (mix.value - best.bound) / mix.value;
    if (mix !== null && (left <= options.gap || options.isOver())) break;
    if (!priced.isNew && smoothing === 0) break;
    smoothing = priced.isNew ? nextSmoothing(smoothing, isBetter) : 0;
    columns = part.tasks.flatMap((task) => pool.of(task).filter((one) => fitsAlone(part, one)));
    const gap = Math.max(GAP_LEAST, Math.min(GAP_FIRST, left * GAP_SHARE));
    const answer = solveMaster(model, { ...part, columns, above }, gap);
    mix = answer;
    asked = wholePrices(between(best.prices, answer.prices, smoothing));
  }
  const { bound, prices, least } = best!;
  return { bound, prices, least, next: asked, columns, shares: mix!.shares };
}

/** Prices that got better go further the next time, others less far. */
function nextSmoothing(smoothing: number, isBetter: boolean): number {
  if (isBetter) return Math.max(0, smoothing - SMOOTHING_STEP);
  return Math.min(SMOOTHING_MAX, smoothing + SMOOTHING_STEP * (1 - smoothing));
}

/** So much of the first, and the rest of the second. */
function between(first: SharedPrices, second: SharedPrices, share: number): SharedPrices {
  const mean = (a: Float64Array, b: Float64Array): Float64Array =>
    a.map((price, index) => share * price + (1 - share) * b[index]!);
  return {
    offers: mean(first.offers, second.offers),
    pools: mean(first.pools, second.pools),
    cuts: mean(first.cuts, second.cuts),
  };
}

/** What each task's own best cover costs at some prices, in a sum less what is shared. */
function priceTasks(
  model: CoupledModel,
  part: Part,
  prices: SharedPrices,
  { pool, above, effort }: GenerateOptions,
): (Pick<Generated, 'bound' | 'least'> & { readonly isNew: boolean }) | null {
  const costs = costsAt(model, prices);
  const least = new Float64Array(model.tasks);
  let bound = -worthOf(prices, part);
  let isNew = false;
  for (const task of part.tasks) {
    const found = coverOf(model, part, task, { costs, prices, pool, effort });
    if (found === null) return null;
    bound += found.bound;
    least[task] = found.cost;
    if (above[task] === 0) above[task] = Math.max(1, found.cost) * ABOVE_FACTOR;
    if (pool.add(columnOf(model, task, found.bought))) isNew = true;
  }
  return { bound, least, isNew };
}

function coverOf(
  model: CoupledModel,
  { available: caps, cuts }: Part,
  task: number,
  given: Pick<GenerateOptions, 'pool' | 'effort'> & {
    readonly costs: Float64Array;
    readonly prices: SharedPrices;
  },
) {
  const { costs, effort } = given;
  const need = model.needs[task]!;
  if (cuts.length === 0) {
    const units = model.units.subarray(task * model.offers, (task + 1) * model.offers);
    return coverAtPrices({ costs, units, caps }, need, effort);
  }
  const items = itemsAt(model, task, { costs, caps, cuts, prices: given.prices.cuts });
  return coverAtCounts(items, need, {
    known: given.pool.of(task).map(({ bought }) => bought),
    effort,
  });
}

/** A machine of each offer, with the prices of what it takes from others. */
export function costsAt(model: CoupledModel, prices: SharedPrices): Float64Array {
  const costs = model.costs.slice();
  for (let offer = 0; offer < model.offers; offer++) {
    costs[offer]! += prices.offers[offer]!;
    for (let pool = 0; pool < model.pools; pool++) {
      costs[offer]! += prices.pools[pool]! * model.amounts[pool * model.offers + offer]!;
    }
  }
  return costs;
}

/** What all that is shared is worth. */
export function worthOf(
  prices: SharedPrices,
  { available, limits, cuts }: Pick<Part, 'available' | 'limits' | 'cuts'>,
): number {
  let worth = 0;
  for (let offer = 0; offer < available.length; offer++) {
    worth += prices.offers[offer]! * available[offer]!;
  }
  for (let pool = 0; pool < limits.length; pool++) worth += prices.pools[pool]! * limits[pool]!;
  cuts.forEach(({ right }, cut) => {
    worth += prices.cuts[cut]! * right;
  });
  return worth;
}

/** Whole micro-dollars of offers and whole thousandths of pools: fractions that a checker can read. */
function wholePrices({ offers, pools, cuts }: SharedPrices): SharedPrices {
  return {
    offers: offers.map((price) => Math.round(price)),
    pools: pools.map((price) => Math.round(price * POOL_PARTS) / POOL_PARTS),
    cuts: cuts.map((price) => Math.round(price)),
  };
}

/** Of a micro-dollar. */
export const POOL_PARTS = 1000;

function fitsAlone({ available }: Part, { bought }: Column): boolean {
  return bought.every(([offer, machines]) => machines <= available[offer]!);
}
