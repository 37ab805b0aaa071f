import type { Random } from '../../../base/rng.ts';
import type { Pool } from '../../../ports/pool.ts';
import type { TreeAnswer, TreeJob } from './choice/choose-by-tree.ts';
import { type Choosing, coversOf } from './choose-covers.ts';
import type { CoverState } from './cover-state.ts';
import type { SomeAnew } from './some-anew.ts';

/** Nodes of a turn of all tasks, and of some; and how often some choose between two of all. */
const NODES_MAX = 2500;
const SOME_NODES_MAX = 500;
const SOME_TURNS = 15;
const SEEDS = 2 ** 31;

type Given = {
  /** Of all tasks. */
  readonly wholes: readonly Choosing[];
  readonly some: SomeAnew | null;
  readonly random: Random;
};

/** Trees one after another: all tasks choose, from fewer covers and from more, then some of them, many times. */
export class TreesInThread {
  /** Of all tasks, that are good enough. */
  covers: CoverState | null = null;
  readonly #pool: Pool<TreeJob, TreeAnswer>;
  readonly #given: Given;
  readonly #all: Promise<void>;
  #isOver = false;

  constructor(pool: Pool<TreeJob, TreeAnswer>, given: Given) {
    this.#pool = pool;
    this.#given = given;

    // A thread that fails, or is ended, has found nothing.
    this.#all = this.#search().catch(() => undefined);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#pool.close();
    await this.#all;
  }

  async #search(): Promise<void> {
    let { wholes } = this.#given;
    let isIdle = false;
    while (!this.#isOver && !isIdle) {
      for (const whole of wholes) {
        const chosen = await this.#choose(whole, NODES_MAX);
        if (chosen === 'none') wholes = wholes.filter((one) => one !== whole);
        else if (chosen !== 'over') this.covers = coversOf(whole, chosen);
        if (this.#isOver || this.covers !== null) return;
      }
      const turns = await this.#chooseSome();
      isIdle = wholes.length === 0 && turns === 0;
    }
  }

  /** How often some tasks chose. */
  async #chooseSome(): Promise<number> {
    const { some } = this.#given;
    if (some === null) return 0;
    let turns = 0;
    while (turns < SOME_TURNS && !some.isSettled && !this.#isOver) {
      const open = some.next();
      some.learn(open, await this.#choose(open, SOME_NODES_MAX));
      turns++;
    }
    return turns;
  }

  async #choose({ choice, costMax }: Choosing, nodesMax: number): Promise<TreeAnswer> {
    const seed = Math.floor(this.#given.random() * SEEDS);
    return this.#pool.run({ choice, costMax, seed, nodesMax });
  }
}
