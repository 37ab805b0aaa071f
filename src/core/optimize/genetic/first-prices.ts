import { fillChoice } from './fill-choice.ts';
import { fillDivisible, type Repair } from './fill-divisible.ts';
import { fillServing } from './fill-serving.ts';
import type { ChoiceOption, CountOption, Layout } from './layout.ts';

/*
 * Problem: what tasks share is worth something; without a price each wants the same few bargains.
 * Method: every task takes what it likes best at the prices, as if it were alone; what is wanted
 * more than there is becomes dearer, the rest cheaper, in ever smaller steps. The mean of the
 * later prices is given: nearly the duals, from where evolution goes on.
 * Complexity: rounds × options.
 * Reference: Shor, Minimization methods for non-differentiable functions (1985); the mean as in
 * Nesterov, Primal-dual subgradient methods for convex problems (2009).
 */

/** Options that are looked at in all rounds together. */
const WORK = 1_500_000;
const ROUNDS = { least: 12, most: 120 };
/** The first step of a price whose resource is wanted twice as much as there is, in its worth. */
const STEP = 0.05;
/** Rounds after which steps are half as long. */
const HALVING = 20;
const SLACK = 1e-9;

/** A price for each resource; all 0 where nothing is scarce. */
export function firstPrices(layout: Layout): Float64Array {
  const { limits } = layout;
  const unlimited = { ...layout, limits: limits.map(() => Infinity) };
  const scale = worths(layout);
  const prices = new Float64Array(limits.length);
  const sum = new Float64Array(limits.length);
  const rounds = roundsOf(layout);
  let summed = 0;
  for (let round = 0; round < rounds; round++) {
    const wanted = wantedAt(unlimited, prices);
    const isEnough = wanted.every((amount, resource) => amount <= limits[resource]! + SLACK);
    if (isEnough && round === 0) return prices;
    const step = (STEP * HALVING) / (HALVING + round);
    for (const [resource, limit] of limits.entries()) {
      if (limit === Infinity) continue;
      const excess = (wanted[resource]! - limit) / Math.max(1, limit);
      const change = step * scale[resource]! * Math.min(1, excess);
      prices[resource] = Math.max(0, prices[resource]! + change);
    }
    if (round * 2 < rounds) continue;
    summed++;
    for (const [resource, price] of prices.entries()) sum[resource]! += price;
  }
  return sum.map((price) => price / Math.max(1, summed));
}

function roundsOf({ tasks }: Layout): number {
  const options = tasks.reduce((all, task) => all + task.options.length, 0);
  const rounds = Math.round(WORK / Math.max(1, options));
  return Math.min(ROUNDS.most, Math.max(ROUNDS.least, rounds));
}

/**
 * Micro-dollars for one unit of each resource, in which its price is measured: not what it costs,
 * for a bargain is worth far more, but what its work costs elsewhere, in the mean.
 */
function worths({ limits, tasks }: Layout): Float64Array {
  const worth = new Float64Array(limits.length);
  const counts = new Float64Array(limits.length);
  for (const task of tasks) {
    const unitPrice = middle(task.options.map((option) => option.micros / unitsDone(option)));
    for (const option of task.options) {
      for (const { resource, amount, perMachine } of option.takes) {
        const each = amount + perMachine;
        if (each <= 0) continue;
        worth[resource]! += (unitPrice * unitsDone(option)) / each;
        counts[resource]! += 1;
      }
    }
  }
  return worth.map((sum, resource) => sum / Math.max(1, counts[resource]!));
}

/** Of divisible work; of anything else one option does as much as any. */
function unitsDone(option: ChoiceOption | CountOption): number {
  return 'units' in option && option.units > 0 ? option.units : 1;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** What all tasks take together, each alone at these prices. */
function wantedAt(layout: Layout, prices: Float64Array): Float64Array {
  const genes = new Float64Array(layout.length);
  const used = new Float64Array(layout.limits.length);
  const repair: Repair = { layout, used, genes, prices, noise: 0, random: () => 0 };
  const chosen = layout.tasks.map(() => null);
  for (const [index, task] of layout.tasks.entries()) {
    if (task.kind === 'divisible') fillDivisible(repair, task);
    else if (task.kind === 'serving') fillServing(repair, task);
    else {
      task.options.reduce((least, option, at) => {
        let cost = option.micros;
        for (const { resource, amount } of option.takes) cost += prices[resource]! * amount;
        if (cost < least) genes[task.first] = at;
        return Math.min(least, cost);
      }, Infinity);
      fillChoice(repair, index, chosen);
    }
  }
  return used;
}
