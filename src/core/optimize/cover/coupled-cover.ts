import { type Random, seededRandom } from '../../../base/rng.ts';
import type { ProblemCertificate } from '../model/answer.ts';
import type { SearchOptions } from '../search/searcher.ts';
import { closeGap, costInReach } from './close-gap.ts';
import { ColumnPool } from './column-pool.ts';
import { certificateOf, type Proven } from './coupled-certificate.ts';
import type { CoupledModel } from './coupled-model.ts';
import { CoverState } from './cover-state.ts';
import { type CutBound, cutColumns } from './cut-columns.ts';
import { cutNearCovers } from './cut-near-covers.ts';
import { type DiveOptions, dive } from './dive.ts';
import { type Generated, generateColumns } from './generate-columns.ts';
import { improveCovers, shuffled } from './improve-covers.ts';
import { likelyOffers } from './likely-offers.ts';
import { type LinearBound, linearBound } from './linear-bound.ts';
import type { SharedPrices } from './master.ts';
import { inward, narrowModel, outward } from './narrow-model.ts';
import { choicesOfAll, coversNear } from './near-choices.ts';
import { nearRelaxation, withKept } from './near-relaxation.ts';
import type { HalvedBound } from './price-near-covers.ts';
import type { FloorProof } from './prove-by-tree.ts';
import { type Relaxed, relaxCoupled } from './relax-coupled.ts';
import { TreesInThread } from './trees-in-thread.ts';

/*
 * Problem: many tasks of divisible work in whole machines, coupled by how many machines of each
 * offer there are, and by pools.
 * Method: an interior point for the linear relaxation. Of covers of many machines nearly all are as
 * in it, and few are chosen anew. Else its prices start a column generation, whose prices bound the
 * cost, and whose covers start dives and a large neighbourhood search. Where few machines do a task,
 * cuts of one offer and of two raise the bound, and trees close the gap: one chooses from the covers that
 * are near the bound, the other proves that nothing costs less than what is asked for.
 * Where the linear prices prove enough, they are the certificate; else the prices of what is shared
 * alone, at which a checker covers each task in whole numbers again.
 * Complexity: see relax-coupled.ts, generate-columns.ts, dive.ts; as long as it is given.
 * Reference: as in those files.
 */

/** Of the gap that is asked for, what the linear prices may be away from the best ones. */
const LINEAR_SHARE = 0.03;
const LINEAR_GAP_MIN = 1e-8;
const LINEAR_GAP_MAX = 1e-5;
const ROUNDS_MAX = 60;
/** Of column generation for each round of cuts; and covers of so few machines that cuts are of use. */
const CUT_ROUNDS = 15;
const MACHINES_OF_FEW = 30;
/** Of covers of many machines, how many are chosen anew of each task; and the time of each such choice. */
const MACHINES_OPEN = [6, 12, 24];
const REST_TIME_SHARE = 0.25;
/** Of the gap that is asked for, what the choice may be away from its best. */
const REST_GAP_SHARE = 0.3;
const SEEDS = 2 ** 31;
/** Of the time that is left, what cuts may take. */
const CUT_TIME_SHARE = 0.15;
/** Of the time that is left, what cuts of two offers may take; with less than that at all, there are none. */
const HALVE_TIME_SHARE = 0.25;
const HALVE_MS_MIN = 5000;
/** What gap is in reach where covers are of few machines. */
const GAP_IN_REACH = 1e-3;
/** Of the time that is left, what dives of a few tasks may take where covers can be chosen after it. */
const IMPROVE_TIME_SHARE = 0.1;
/** The same while the gap is so many times what is in reach; and milliseconds that they take at once. */
const FAR = 3;
const FAR_TIME_SHARE = 0.5;
const IMPROVE_MS = 1500;
/** Of the gap that is asked for, what the bound may be away from the best one of its kind. */
const BOUND_SHARE = 0.1;
const BOUND_GAP_MIN = 1e-5;
/** About 30 ms of one core. */
const CELLS_MAX = 2e7;
/** Of the gap that is asked for, what each task's cover may be away from its best. */
const COVER_SHARE = 1e-3;
const EFFORT_ROUGH = { cellsMax: 1e6, gap: 1e-4 };
/** Of the time that is given, what is left for the rest. */
const TIME_SHARE = 0.95;

type CoverOptions = Pick<
  SearchOptions,
  'clock' | 'timeLimitMs' | 'gap' | 'seed' | 'solver' | 'trees'
>;

/** One search: what it knows so far. */
export class CoupledCover {
  best: CoverState | null = null;
  readonly #model: CoupledModel;
  readonly #gap: number;
  readonly #random: Random;
  readonly #clock: SearchOptions['clock'];
  readonly #solver: SearchOptions['solver'];
  readonly #trees: SearchOptions['trees'];
  readonly #endMs: number;
  readonly #isOver: () => boolean;
  readonly #pool: ColumnPool;
  readonly #above: Float64Array;
  #linear: LinearBound | null = null;
  #relaxed: Relaxed | null = null;
  #generated: Generated | null = null;
  #cut: CutBound | null = null;
  #halved: HalvedBound | null = null;
  #tree: FloorProof | null = null;

  constructor(model: CoupledModel, { clock, timeLimitMs, gap, seed, solver, trees }: CoverOptions) {
    this.#model = model;
    this.#gap = gap;
    this.#random = seededRandom(seed);
    this.#clock = clock;
    this.#solver = solver;
    this.#trees = trees;
    this.#endMs = clock.now() + timeLimitMs * TIME_SHARE;
    this.#isOver = () => clock.now() >= this.#endMs;
    this.#pool = new ColumnPool(model.tasks);
    this.#above = new Float64Array(model.tasks);
  }

  async run(): Promise<void> {
    const likely = likelyOffers(this.#model);
    this.#startFrom(likely);
    if (likely !== null && !this.#isDone()) this.#startFrom(null);
    await this.#settleRest();
    if (this.#isDone() || this.#isOver()) return;
    this.#generate();
    if (this.#generated === null) return;
    const { prices } = this.#generated;
    this.#fillInTurn(prices);
    const state = new CoverState(this.#model);
    if (dive(this.#model, state, this.#tasks(), prices, this.#diveOptions())) this.best = state;
    if (this.best === null) return;
    this.#cutMix();
    await this.#approach();
    await this.#closeGap();
    if (!this.#isDone()) this.#improve(this.#endMs);
  }

  /** A better answer, then a better bound, while another thread looks for covers near the bound that is known. */
  async #approach(): Promise<void> {
    const near = this.#near();
    if (near === null || this.#isDone()) return;
    const trees = await this.#treesNear(near);
    const isDone = (): boolean => this.#isDone() || trees?.isFound === true;
    const [start, left] = [this.#clock.now(), this.#endMs - this.#clock.now()];
    while (!isDone()) {
      // Without cuts of two offers to come, all of it.
      const farShare = left < HALVE_MS_MIN ? 1 : FAR_TIME_SHARE;
      const share = this.#isFar() ? farShare : IMPROVE_TIME_SHARE;
      const end = Math.min(start + left * share, this.#clock.now() + IMPROVE_MS);
      if (end <= this.#clock.now()) break;
      this.#improve(end);
      // Lets the thread have its say.
      await this.#clock.sleep(0);
      this.#take(trees?.covers ?? null);
    }
    if (!isDone()) await this.#halve(isDone);
    await trees?.end();
    this.#take(trees?.covers ?? null);
  }

  #take(covers: CoverState | null): void {
    if (covers !== null && covers.cost < this.best!.cost) this.best = covers;
  }

  /** Null without threads. */
  async #treesNear(near: HalvedBound): Promise<TreesInThread | null> {
    if (this.#trees === undefined) return null;
    const costGoal = costInReach(near, this.#gapInReach());
    const covers = coversNear(this.#model, near, costGoal);
    if (covers === null) return null;
    const wholes = choicesOfAll(this.#model, covers, { halved: near, costGoal });
    return new TreesInThread(await this.#trees(), {
      wholes,
      some: null,
      known: this.best!.cost,
      costGoal,
      bound: near.bound,
      random: this.#random,
    });
  }

  /** The linear prices, by some of the offers or by all, and a first answer. */
  #startFrom(offers: ReadonlySet<number> | null): void {
    const gap = Math.max(LINEAR_GAP_MIN, Math.min(LINEAR_GAP_MAX, this.#gap * LINEAR_SHARE));
    const relaxed = relaxCoupled(this.#model, gap, offers);
    const linear = linearBound(this.#model, relaxed);
    if (this.#linear === null || linear.bound > this.#linear.bound) {
      [this.#linear, this.#relaxed] = [linear, relaxed];
    }
    this.#fillInTurn(linear.prices);
  }

  /** Where covers are of many machines, chooses few of them anew, then more. */
  async #settleRest(): Promise<void> {
    for (const machinesOpen of MACHINES_OPEN) {
      if (this.best === null || this.#isDone() || this.#isOver()) return;
      const perTask = machinesOf(this.best) / this.#model.tasks;
      if (perTask <= Math.max(MACHINES_OF_FEW, 2 * machinesOpen)) return;
      await this.#settle(this.best, machinesOpen);
    }
  }

  async #settle(best: CoverState, machinesOpen: number): Promise<void> {
    const near = nearRelaxation(this.#model, this.#relaxed!, machinesOpen);
    if (near === null) return;
    const keptCost = near.kept.reduce((sum, { cost }) => sum + cost, 0);
    const cover = new CoupledCover(near.rest, {
      clock: this.#clock,
      solver: this.#solver,
      timeLimitMs: (this.#endMs - this.#clock.now()) * REST_TIME_SHARE,
      gap: (this.#gap * REST_GAP_SHARE * best.cost) / (best.cost - keptCost),
      seed: Math.floor(this.#random() * SEEDS),
    });
    await cover.run();
    if (cover.best === null) return;
    const state = new CoverState(this.#model);
    for (const column of withKept(this.#model, near.kept, cover.best.columns())) state.put(column);
    if (state.cost < best.cost) this.best = state;
  }

  /** Null where it knows of no bound. */
  certificate(): ProblemCertificate | null {
    return certificateOf(this.#model, this.#proven(), this.#goal());
  }

  /** One task after another takes what is best for it at the prices, until all are covered. */
  #fillInTurn(prices: SharedPrices): void {
    const state = new CoverState(this.#model);
    for (const task of shuffled(this.#tasks(), this.#random)) {
      const column = state.fill(task, prices, EFFORT_ROUGH);
      if (column === null) return;
      this.#pool.add(column);
      state.put(column);
    }
    if (this.best === null || state.cost < this.best.cost) this.best = state;
  }

  #generate(): void {
    const { available, limits } = this.#model;
    const part = { tasks: this.#tasks(), available, limits, cuts: [] };
    this.#generated = generateColumns(this.#model, part, this.#linear!.prices, {
      ...this.#shared(),
      roundsMax: ROUNDS_MAX,
      gap: Math.max(BOUND_GAP_MIN, this.#gap * BOUND_SHARE),
    });
  }

  /** By what a better answer could use of the offers alone. */
  #improve(endMs: number): void {
    const [best, generated] = [this.best!, this.#generated!];
    const costGoal = this.bound() / (1 - this.#gap);
    const { prices, least, cuts } = this.#halved ?? this.#cut ?? { ...generated, cuts: [] };
    const gain = best.cost - this.bound();
    const kept = best.columns();
    const narrow = narrowModel(this.#model, { prices, cuts, least, gain, kept });
    const pool = new ColumnPool(this.#model.tasks);
    for (const task of this.#tasks()) {
      for (const column of this.#pool.of(task)) {
        const inside = inward(narrow, column);
        if (inside !== null) pool.add(inside);
      }
    }
    const start = new CoverState(narrow.model);
    for (const column of kept) start.put(inward(narrow, column)!);
    const { offers, pools } = generated.prices;
    const better = improveCovers(
      narrow.model,
      start,
      {
        offers: Float64Array.from(narrow.offers, (offer) => offers[offer]!),
        pools,
        cuts: new Float64Array(0),
      },
      { ...this.#shared(), pool, costGoal, isOver: () => this.#clock.now() >= endMs },
    );
    this.best = new CoverState(this.#model);
    for (const column of better.columns()) this.best.put(outward(narrow, column));
  }

  /** Prices by count, where covers are of so few machines that their number tells much. */
  #cutMix(): void {
    const [best, generated] = [this.best, this.#generated];
    if (best === null || generated === null || this.#isDone()) return;
    if (machinesOf(best) > this.#model.tasks * MACHINES_OF_FEW) return;
    const { available, limits } = this.#model;
    const now = this.#clock.now();
    const end = now + (this.#endMs - now) * CUT_TIME_SHARE;
    const cut = cutColumns(
      this.#model,
      { tasks: this.#tasks(), available, limits, cuts: [] },
      generated,
      {
        ...this.#shared(),
        isOver: () => this.#clock.now() >= end,
        roundsMax: CUT_ROUNDS,
        gap: BOUND_GAP_MIN,
        cost: best.cost,
        costGoal: this.#goal(),
      },
    );
    if (cut.cuts.length > 0) this.#cut = cut;
  }

  /** Cuts of two offers, where the covers that matter can be listed. */
  async #halve(isDone: () => boolean): Promise<void> {
    const [cut, now] = [this.#cut, this.#clock.now()];
    if (cut === null || this.#endMs - now < HALVE_MS_MIN) return;
    const end = now + (this.#endMs - now) * HALVE_TIME_SHARE;
    this.#halved = await cutNearCovers(this.#model, cut, {
      solver: await this.#solver(),
      leftMs: () => (isDone() ? 0 : end - this.#clock.now()),
      lossMax: Math.min(this.#goal() - this.bound(), this.bound() * this.#gapInReach()),
      costGoal: this.#goal(),
      answer: this.best!.columns(),
    });
  }

  /** From both sides, near the bound. */
  async #closeGap(): Promise<void> {
    const near = this.#near();
    if (near === null || this.#isDone()) return;
    const { best, tree } = await closeGap(this.#model, near, {
      best: this.best!,
      gap: this.#gap,
      gapInReach: this.#gapInReach(),
      clock: this.#clock,
      endMs: this.#endMs,
      random: this.#random,
      trees: this.#trees,
    });
    [this.best, this.#tree] = [best, tree];
  }

  /** The best prices of those by which covers near the bound can be listed. */
  #near(): HalvedBound | null {
    if (this.#halved !== null || this.#cut === null) return this.#halved;
    return { ...this.#cut, halves: [], halfPrices: new Float64Array(0) };
  }

  #isFar(): boolean {
    return this.best!.cost > this.bound() * (1 + FAR * this.#gapInReach());
  }

  /** The gap that is asked for, or what covers of few machines can be hoped to come to. */
  #gapInReach(): number {
    return Math.max(this.#gap, GAP_IN_REACH);
  }

  #shared(): Omit<DiveOptions, 'costMax'> {
    const [pool, above] = [this.#pool, this.#above];
    const effort = { cellsMax: CELLS_MAX, gap: this.#gap * COVER_SHARE };
    return { pool, above, isOver: this.#isOver, random: this.#random, effort };
  }

  #diveOptions(): DiveOptions {
    return { ...this.#shared(), costMax: this.best?.cost ?? Infinity };
  }

  /** No covers cost less, in micro-dollars. */
  bound(): number {
    const known = [this.#linear, this.#generated, this.#cut, this.#halved];
    return Math.max(0, this.#tree?.floor ?? 0, ...known.map((one) => one?.bound ?? 0));
  }

  #proven(): Proven {
    return {
      linear: this.#linear,
      generated: this.#generated,
      cut: this.#cut,
      halved: this.#halved,
      tree: this.#tree,
    };
  }

  /** A bound that is good enough for the best answer so far. */
  #goal(): number {
    return (this.best?.cost ?? Infinity) * (1 - this.#gap);
  }

  #isDone(): boolean {
    return this.bound() >= this.#goal();
  }

  #tasks(): readonly number[] {
    return Array.from({ length: this.#model.tasks }, (_, task) => task);
  }
}

function machinesOf(state: CoverState): number {
  const lines = state.columns().flatMap(({ bought }) => bought);
  return lines.reduce((sum, [, machines]) => sum + machines, 0);
}
