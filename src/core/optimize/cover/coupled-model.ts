import type { Problem } from '../model/problem.ts';
import { machineMicros } from './cover-items.ts';
import { wholeAbove, wholeBelow, wholeScale } from './whole-scale.ts';

/**
 * Many tasks of divisible work `per: machine` on shared offers, in arrays: minimize
 * Σ costs_o · n_to such that Σ_o units_to · n_to ≥ needs_t, Σ_t n_to ≤ available_o and
 * Σ_to amounts_ro · n_to ≤ limits_r, n whole. What a machine costs is the same for every task.
 */
export type CoupledModel = {
  readonly tasks: number;
  readonly offers: number;
  readonly pools: number;
  /** Micro-dollars of one machine. */
  readonly costs: Float64Array;
  /** Whole numbers, task after task: units[t * offers + o]; 0 where the task cannot use the offer. */
  readonly units: Float64Array;
  readonly needs: Float64Array;
  /** Of each task: so many of these units are one of the problem's. */
  readonly scales: Float64Array;
  /** Of each task and offer the index of the option; -1 for none. */
  readonly options: Int32Array;
  readonly available: Float64Array;
  /** Pool after pool: amounts[r * offers + o]. */
  readonly amounts: Float64Array;
  readonly limits: Float64Array;
};

export function coupledModel(problem: Problem): CoupledModel {
  const [tasks, offers, pools] = [
    problem.tasks.length,
    problem.offers.length,
    problem.pools.length,
  ];
  const model = {
    tasks,
    offers,
    pools,
    costs: Float64Array.from(problem.offers, machineMicros),
    units: new Float64Array(tasks * offers),
    needs: new Float64Array(tasks),
    scales: new Float64Array(tasks).fill(1),
    options: new Int32Array(tasks * offers).fill(-1),
    available: Float64Array.from(problem.offers, ({ available }) => available ?? 0),
    amounts: new Float64Array(pools * offers),
    limits: Float64Array.from(problem.pools, ({ limit }) => limit),
  };
  problem.tasks.forEach((_, task) => fillTask(problem, task, model));
  problem.offers.forEach(({ uses, available }, offer) => {
    for (const { pool, amount } of uses) model.amounts[pool * offers + offer]! += amount;
    if (available === null) model.available[offer] = mostUseful(model, offer);
  });
  return model;
}

/** In units so small that all are whole: needs rounded up, throughputs down. */
function fillTask({ tasks, offers }: Problem, task: number, model: CoupledModel): void {
  const { work } = tasks[task]!;
  if (work.kind !== 'divisible') return;
  const scale = wholeScale([work.units, ...work.options.map(({ throughput }) => throughput)]);
  model.scales[task] = scale;
  model.needs[task] = Math.max(0, wholeAbove(work.units * scale));
  work.options.forEach(({ offer, throughput }, option) => {
    const at = task * offers.length + offer;
    const units = wholeBelow(throughput * scale);
    if (units <= model.units[at]!) return;
    model.units[at] = units;
    model.options[at] = option;
  });
}

/** Of an offer that does not tell how many there are: what all tasks could use of it. */
function mostUseful({ tasks, offers, units, needs }: CoupledModel, offer: number): number {
  let machines = 0;
  for (let task = 0; task < tasks; task++) {
    const each = units[task * offers + offer]!;
    if (each > 0) machines += Math.ceil(needs[task]! / each);
  }
  return machines;
}
