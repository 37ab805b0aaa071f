import type { Random } from '../../../base/rng.ts';
import { chooseCovers } from './choose-covers.ts';
import { ColumnPool } from './column-pool.ts';
import type { CoupledModel } from './coupled-model.ts';
import type { CoverState } from './cover-state.ts';
import { neighbours } from './improve-covers.ts';
import type { Column } from './master.ts';
import { listable } from './near-covers.ts';
import { coversNearHalves, type HalvedBound } from './price-near-covers.ts';

/*
 * Problem: an answer that is good enough, near a bound.
 * Method: the covers of the least loss at the prices of the bound are chosen from by a tree, all tasks
 * at once: what costs little more than the bound leaves it few nodes. Where that takes too long, those of
 * some tasks are chosen anew beside the known covers of the others, again and again: of more tasks
 * where there is nothing better, of fewer where time does not suffice.
 * Complexity: as long as it is given.
 * Reference: Sadykov, Vanderbeck et al., Primal heuristics for branch and price (INFORMS JoC 31,
 * 2019); Fischetti, Monaci, Proximity search for 0-1 mixed-integer convex programming (J. Heuristics
 * 20, 2014), on a bound of the cost as a row.
 */

/** Of each task in the mean, the covers that all tasks choose from. */
const NEAREST_OF_TASK = 12;
/** Of the time that is left, what that may take. */
const WHOLE_TIME_SHARE = 0.4;
/** Of each task, those that some tasks choose from; and how many are listed in the mean. */
const OWN_OF_TASK = 30;
const LISTED_OF_TASK = 600;
/** Tasks that choose anew, at first; how their number changes, and what one choice may take. */
const SOME_TASKS = 20;
const MORE = 1.03;
const FEWER = 0.9;
const SOME_MS_MAX = 1500;
/** Of the gap, what a better answer is better by; and micro-dollars that it is at least. */
const BETTER_SHARE = 0.005;
const BETTER_MIN = 1;

export type NearOptions = {
  /** What an answer costs that is good enough. */
  readonly costGoal: number;
  /** Milliseconds that it may still take. */
  readonly leftMs: () => number;
  readonly random: Random;
};

/** The best covers that it comes across, the given ones at worst. */
export function chooseNearBound(
  model: CoupledModel,
  given: CoverState,
  halved: HalvedBound,
  options: NearOptions,
): CoverState {
  const listed = listable(options.costGoal - halved.bound, (lossMax) =>
    coversNearHalves(model, halved, { lossMax, most: model.tasks * LISTED_OF_TASK }),
  );
  if (listed === null) return given;
  const near = listed.toSorted((a, b) => a.loss - b.loss).map(({ column }) => column);
  const { costGoal: costMax, random } = options;
  const cuts = [...halved.cuts, ...halved.halves];
  const isOver = timer(options, options.leftMs() * WHOLE_TIME_SHARE);
  const nearest = near.slice(0, model.tasks * NEAREST_OF_TASK);
  const all = chooseCovers(model, nearest, { kept: [], cuts, costMax, isOver, random });
  if (typeof all !== 'string') return all;
  return new SomeAnew(model, near, halved).run(given, options);
}

function timer({ leftMs }: NearOptions, ms: number): () => boolean {
  const end = Math.max(0, leftMs() - ms);
  return () => leftMs() <= end;
}

/** Some tasks choose anew. */
class SomeAnew {
  readonly #model: CoupledModel;
  readonly #halved: HalvedBound;
  readonly #own: readonly Column[];
  readonly #pool: ColumnPool;

  constructor(model: CoupledModel, near: readonly Column[], halved: HalvedBound) {
    this.#model = model;
    this.#halved = halved;
    const byTask = Map.groupBy(near, ({ task }) => task);
    this.#own = [...byTask.values()].flatMap((some) => some.slice(0, OWN_OF_TASK));
    // The latest are those that a task wants.
    this.#pool = new ColumnPool(model.tasks);
    for (const column of this.#own.toReversed()) this.#pool.add(column);
  }

  run(given: CoverState, options: NearOptions): CoverState {
    const { tasks } = this.#model;
    let [best, size] = [given, Math.min(SOME_TASKS, tasks)];
    while (best.cost > options.costGoal && options.leftMs() > 0) {
      const better = this.#chooseAnew(best, Math.round(size), options);
      if (better === 'none' && Math.round(size) === tasks) return best;
      if (better === 'none') size = Math.min(tasks, size * MORE);
      else if (better === 'over') size *= FEWER;
      else best = better;
    }
    return best;
  }

  #chooseAnew(best: CoverState, size: number, options: NearOptions): CoverState | 'none' | 'over' {
    const { bound, cuts, halves } = this.#halved;
    const { random } = options;
    const some = new Set(neighbours(this.#model, best, { size, random, pool: this.#pool }));
    const known = best.columns();
    return chooseCovers(this.#model, [...known, ...this.#own], {
      kept: known.filter(({ task }) => !some.has(task)),
      cuts: [...cuts, ...halves],
      costMax: best.cost - Math.max(BETTER_MIN, (best.cost - bound) * BETTER_SHARE),
      isOver: timer(options, SOME_MS_MAX),
      random,
    });
  }
}
