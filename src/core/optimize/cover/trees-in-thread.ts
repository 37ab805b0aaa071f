import type { Random } from '../../../base/rng.ts';
import type { Pool } from '../../../ports/pool.ts';
import type { TreeAnswer, TreeJob } from './choice/choose-by-tree.ts';
import { type Choosing, coversOf } from './choose-covers.ts';
import type { CoverState } from './cover-state.ts';
import type { SomeAnew } from './some-anew.ts';

/** Nodes of a turn of all tasks; where it has an easier goal; and of some. */
const NODES_MAX = 2500;
const EASY_NODES_MAX = 300;
const SOME_NODES_MAX = 500;
/** How often some choose between two turns of all. */
const SOME_TURNS = 15;
/** How much farther from the bound easier goals are. */
const EASIER = [4, 2];
const SEEDS = 2 ** 31;

type Given = {
  /** Of all tasks. */
  readonly wholes: readonly Choosing[];
  readonly some: SomeAnew | null;
  /** Micro-dollars, of known covers, of an answer that is good enough, and that none costs less than. */
  readonly known: number;
  readonly costGoal: number;
  readonly bound: number;
  readonly random: Random;
};

/** Trees one after another: all tasks choose, from fewer covers and from more, then some of them, many times. */
export class TreesInThread {
  /** The cheapest of all tasks. */
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

  /** Whether the covers are good enough. */
  get isFound(): boolean {
    return this.covers !== null && this.covers.cost <= this.#given.costGoal;
  }

  async #search(): Promise<void> {
    let { wholes } = this.#given;
    await this.#tryEasily(wholes);
    let isIdle = false;
    while (!this.#isOver && !isIdle) {
      for (const whole of wholes) {
        const chosen = await this.#choose(whole, NODES_MAX);
        if (chosen === 'none') wholes = wholes.filter((one) => one !== whole);
        else this.#learn(whole, chosen);
        if (this.#isOver || this.isFound) return;
      }
      const turns = await this.#chooseSome();
      isIdle = wholes.length === 0 && turns === 0;
    }
  }

  /** An answer that is not as near is often found at once, and all else goes on from it. */
  async #tryEasily(wholes: readonly Choosing[]): Promise<void> {
    const { known, costGoal, bound } = this.#given;
    for (const easier of EASIER) {
      const costMax = bound + (costGoal - bound) * easier;
      for (const whole of wholes) {
        if (this.#isOver) return;
        if (costMax >= Math.min(known, this.covers?.cost ?? Infinity)) break;
        this.#learn(whole, await this.#choose({ ...whole, costMax }, EASY_NODES_MAX));
      }
    }
  }

  #learn(whole: Choosing, chosen: TreeAnswer): void {
    const found = typeof chosen === 'string' ? null : coversOf(whole, chosen);
    if (found === null || found.cost >= (this.covers?.cost ?? Infinity)) return;
    this.covers = found;
    this.#given.some?.take(found);
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
