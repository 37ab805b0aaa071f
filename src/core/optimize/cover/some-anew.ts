import type { Random } from '../../../base/rng.ts';
import type { TreeAnswer } from './choice/choose-by-tree.ts';
import { type Choosing, choosing, coversOf } from './choose-covers.ts';
import { ColumnPool } from './column-pool.ts';
import type { CoupledModel } from './coupled-model.ts';
import type { CoverState } from './cover-state.ts';
import { neighbours } from './improve-covers.ts';
import type { Column } from './master.ts';
import { cutsOf } from './near-choices.ts';
import type { HalvedBound } from './price-near-covers.ts';

/** Of each task, those that it chooses from. */
const OWN_OF_TASK = 30;
/** Tasks that choose anew, at first; and how their number changes. */
const SOME_TASKS = 20;
const MORE = 1.03;
const FEWER = 0.9;
/** Of the gap, what a better answer is better by; and micro-dollars that it is at least. */
const BETTER_SHARE = 0.005;
const BETTER_MIN = 1;

export type SomeChoice = Choosing & {
  /** Tasks that were meant to choose, though fewer may have anything to do with each other. */
  readonly size: number;
};

/**
 * A large neighbourhood search near a bound: some tasks choose anew, and something better than all
 * have, beside the covers of the others: more tasks where there is nothing, fewer where it takes too long.
 */
export class SomeAnew {
  best: CoverState;
  readonly #model: CoupledModel;
  readonly #halved: HalvedBound;
  readonly #random: Random;
  readonly #own: readonly Column[];
  readonly #pool: ColumnPool;
  #size: number;
  #isSettled = false;

  constructor(
    model: CoupledModel,
    near: readonly Column[],
    given: { readonly halved: HalvedBound; readonly best: CoverState; readonly random: Random },
  ) {
    this.best = given.best;
    this.#model = model;
    this.#halved = given.halved;
    this.#random = given.random;
    this.#size = Math.min(SOME_TASKS, model.tasks);
    const byTask = Map.groupBy(near, ({ task }) => task);
    this.#own = [...byTask.values()].flatMap((some) => some.slice(0, OWN_OF_TASK));
    // The latest are those that a task wants.
    this.#pool = new ColumnPool(model.tasks);
    for (const column of this.#own.toReversed()) this.#pool.add(column);
  }

  /** All tasks at once have chosen, and there is nothing better. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Goes on from these, if they cost less. */
  take(covers: CoverState): void {
    if (covers.cost < this.best.cost) this.best = covers;
  }

  /** A choice of some tasks. */
  next(): SomeChoice {
    for (;;) {
      const size = Math.max(1, Math.round(this.#size));
      const open = this.#choiceOf(size);
      if (open !== 'large') return { ...open, size };
      this.#size *= FEWER;
    }
  }

  /** What came of it. */
  learn(open: SomeChoice, chosen: TreeAnswer): void {
    const { tasks } = this.#model;
    const covers = typeof chosen === 'string' ? null : coversOf(open, chosen);
    if (covers !== null) this.take(covers);
    else if (chosen === 'none') {
      this.#isSettled ||= open.size === tasks;
      this.#size = Math.min(tasks, this.#size * MORE);
    } else this.#size *= FEWER;
  }

  #choiceOf(size: number): Choosing | 'large' {
    const [best, random] = [this.best, this.#random];
    const some = new Set(neighbours(this.#model, best, { size, random, pool: this.#pool }));
    const known = best.columns();
    // Each of them has a cover, so that there is a choice.
    return choosing(this.#model, [...known, ...this.#own], {
      kept: known.filter(({ task }) => !some.has(task)),
      cuts: cutsOf(this.#halved),
      costMax: best.cost - Math.max(BETTER_MIN, (best.cost - this.#halved.bound) * BETTER_SHARE),
    })!;
  }
}
