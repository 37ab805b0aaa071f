import type { Random } from '../../../base/rng.ts';
import type { Pool } from '../../../ports/pool.ts';
import type { SearchOptions } from '../search/searcher.ts';
import { chooseByTree, type TreeAnswer, type TreeJob } from './choice/choose-by-tree.ts';
import { type Choosing, chooseCovers, choosing, coversOf } from './choose-covers.ts';
import { ColumnPool } from './column-pool.ts';
import type { CoupledModel } from './coupled-model.ts';
import type { CoverState } from './cover-state.ts';
import type { SharedRow } from './half-cuts.ts';
import { neighbours } from './improve-covers.ts';
import type { Column } from './master.ts';
import { listable } from './near-covers.ts';
import { coversNearHalves, type HalvedBound } from './price-near-covers.ts';

/*
 * Problem: an answer that is good enough, near a bound.
 * Method: the covers of the least loss at the prices of the bound are chosen from by a tree, all tasks
 * at once: what costs little more than the bound leaves it few nodes. In another thread, or after
 * that, those of some tasks are chosen anew beside the known covers of the others, again and again: of
 * more tasks where there is nothing better, of fewer where time does not suffice.
 * Complexity: as long as it is given.
 * Reference: Sadykov, Vanderbeck et al., Primal heuristics for branch and price (INFORMS JoC 31,
 * 2019); Fischetti, Monaci, Proximity search for 0-1 mixed-integer convex programming (J. Heuristics
 * 20, 2014), on a bound of the cost as a row.
 */

/** Of each task in the mean, the covers that all tasks choose from, in turn; and nodes of a turn. */
const NEAREST_OF_TASK = [14, 22];
const NODES_MAX = 2500;
/** Of the time that is left, what that may take where there is no other thread. */
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
const SEEDS = 2 ** 31;

export type NearOptions = Pick<SearchOptions, 'clock' | 'trees'> & {
  /** What an answer costs that is good enough. */
  readonly costGoal: number;
  readonly endMs: number;
  readonly random: Random;
};

/** The best covers that it comes across, the given ones at worst. */
export async function chooseNearBound(
  model: CoupledModel,
  given: CoverState,
  halved: HalvedBound,
  options: NearOptions,
): Promise<CoverState> {
  const { costGoal, random, trees } = options;
  const listed = listable(costGoal - halved.bound, (lossMax) =>
    coversNearHalves(model, halved, { lossMax, most: model.tasks * LISTED_OF_TASK }),
  );
  if (listed === null) return given;
  const near = listed.toSorted((a, b) => a.loss - b.loss).map(({ column }) => column);
  const some = new SomeAnew(model, near, halved);
  const wholes = NEAREST_OF_TASK.flatMap((ofTask) => {
    const nearest = near.slice(0, model.tasks * ofTask);
    const whole = choosing(model, nearest, { kept: [], cuts: some.cuts, costMax: costGoal });
    return whole === null || whole === 'large' ? [] : [whole];
  });
  if (trees !== undefined && wholes.length > 0)
    return withThread(wholes, await trees(), some, { ...options, given });
  const isOver = timer(options, (options.endMs - options.clock.now()) * WHOLE_TIME_SHARE);
  const [whole] = wholes;
  if (whole !== undefined) {
    const chosen = chooseByTree(whole.choice, { costMax: whole.costMax, isOver, random });
    const covers = typeof chosen === 'string' ? null : coversOf(whole, chosen);
    if (covers !== null) return covers;
  }
  return some.run(given, options);
}

/** All at once there, of fewer covers and of more in turn, and some at a time here. */
async function withThread(
  wholes: readonly Choosing[],
  pool: Pool<TreeJob, TreeAnswer>,
  some: SomeAnew,
  { given, ...options }: NearOptions & { readonly given: CoverState },
): Promise<CoverState> {
  const state: { covers: CoverState | null; isOver: boolean } = { covers: null, isOver: false };
  const searchAll = async (): Promise<void> => {
    let open = wholes;
    for (let turn = 0; !state.isOver && state.covers === null && open.length > 0; turn++) {
      const whole = open[turn % open.length]!;
      const { choice, costMax } = whole;
      const seed = Math.floor(options.random() * SEEDS);
      const chosen = await pool.run({ choice, costMax, seed, nodesMax: NODES_MAX });
      if (chosen === 'none') open = open.filter((one) => one !== whole);
      else if (chosen !== 'over') state.covers = coversOf(whole, chosen);
    }
  };
  // A thread that fails, or is ended, has found nothing.
  const all = searchAll().catch(() => undefined);
  const better = await some.run(given, { ...options, other: () => state.covers });
  state.isOver = true;
  await pool.close();
  await all;
  return cheaperOf(better, state.covers);
}

function cheaperOf(one: CoverState, other: CoverState | null): CoverState {
  return other !== null && other.cost < one.cost ? other : one;
}

function timer({ clock, endMs }: NearOptions, ms: number): () => boolean {
  const end = Math.min(endMs, clock.now() + ms);
  return () => clock.now() >= end;
}

type SomeOptions = NearOptions & { readonly other?: () => CoverState | null };

/** Some tasks choose anew. */
class SomeAnew {
  readonly #model: CoupledModel;
  /** That any choice keeps. */
  readonly cuts: readonly SharedRow[];
  readonly #bound: number;
  readonly #own: readonly Column[];
  readonly #pool: ColumnPool;

  constructor(model: CoupledModel, near: readonly Column[], halved: HalvedBound) {
    this.#model = model;
    this.cuts = [...halved.cuts, ...halved.halves];
    this.#bound = halved.bound;
    const byTask = Map.groupBy(near, ({ task }) => task);
    this.#own = [...byTask.values()].flatMap((some) => some.slice(0, OWN_OF_TASK));
    // The latest are those that a task wants.
    this.#pool = new ColumnPool(model.tasks);
    for (const column of this.#own.toReversed()) this.#pool.add(column);
  }

  /** Until another thread has covers that are good enough, too. */
  async run(given: CoverState, options: SomeOptions): Promise<CoverState> {
    const { tasks } = this.#model;
    const { clock, costGoal, endMs, other } = options;
    let [best, size] = [given, Math.min(SOME_TASKS, tasks)];
    while (best.cost > costGoal && clock.now() < endMs) {
      const better = this.#chooseAnew(best, Math.round(size), options);
      if (better === 'none' && Math.round(size) === tasks) return best;
      if (better === 'none') size = Math.min(tasks, size * MORE);
      else if (better === 'over') size *= FEWER;
      else best = better;
      // Lets other threads have their say.
      await clock.sleep(0);
      if (other !== undefined && other() !== null) return best;
    }
    return best;
  }

  #chooseAnew(best: CoverState, size: number, options: NearOptions): CoverState | 'none' | 'over' {
    const { random } = options;
    const some = new Set(neighbours(this.#model, best, { size, random, pool: this.#pool }));
    const known = best.columns();
    return chooseCovers(this.#model, [...known, ...this.#own], {
      kept: known.filter(({ task }) => !some.has(task)),
      cuts: this.cuts,
      costMax: best.cost - Math.max(BETTER_MIN, (best.cost - this.#bound) * BETTER_SHARE),
      isOver: timer(options, SOME_MS_MAX),
      random,
    });
  }
}
