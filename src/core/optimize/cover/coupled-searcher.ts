import { type Random, seededRandom } from '../../../base/rng.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Answer, ProblemCertificate } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import type { Found, Searcher, SearchOptions } from '../search/searcher.ts';
import { ColumnPool } from './column-pool.ts';
import { countPrices } from './count-prices.ts';
import { type CoupledModel, coupledModel } from './coupled-model.ts';
import { coverRefusal, isLimited } from './cover-refusal.ts';
import { CoverState } from './cover-state.ts';
import { type CutBound, cutColumns } from './cut-columns.ts';
import { type DiveOptions, dive } from './dive.ts';
import { type Generated, generateColumns, POOL_PARTS } from './generate-columns.ts';
import { improveCovers, shuffled } from './improve-covers.ts';
import { likelyOffers } from './likely-offers.ts';
import { type LinearBound, linearBound } from './linear-bound.ts';
import type { SharedPrices } from './master.ts';
import { inward, narrowModel, outward } from './narrow-model.ts';
import { nearRelaxation, withKept } from './near-relaxation.ts';
import { type Relaxed, relaxCoupled } from './relax-coupled.ts';

/*
 * Problem: many tasks of divisible work in whole machines, coupled by how many machines of each
 * offer there are, and by pools.
 * Method: an interior point for the linear relaxation. Of covers of many machines nearly all are as
 * in it, and few are chosen anew. Else its prices start a column generation, whose
 * prices bound the cost, and whose covers start dives and a large neighbourhood search. Where the
 * linear prices prove enough, they are the certificate; else the prices of what is shared alone,
 * at which a checker covers each task in whole numbers again.
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
const CUT_TIME_SHARE = 0.4;
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

/** Any number of tasks, each `per: machine`. */
export const coupledSearcher: Searcher = {
  name: 'coupled-covers',
  refuses: (problem) => coverRefusal(problem) ?? coupledRefusal(problem),
  search: (problem, options) => Promise.resolve(search(problem, options)),
};

function coupledRefusal({ tasks, limits }: Problem): string | null {
  const { deadlineS } = limits;
  if (deadlineS !== null && deadlineS < SECONDS_PER_HOUR) return 'the deadline is within the hour';
  for (const { work, limits: own } of tasks) {
    if (work.kind !== 'divisible' || work.per !== 'machine') return 'work is done by the hour';
    if (isLimited(own)) return 'a task has limits of its own';
  }
  return null;
}

function search(problem: Problem, options: SearchOptions): Found {
  const model = coupledModel(problem);
  if (hasHopelessTask(model)) return { answer: null, certificate: null, isInfeasible: true };
  const cover = new CoupledCover(model, options);
  cover.run();
  const { best } = cover;
  const answer = best === null || isBeyondLimits(problem, best) ? null : answerOf(model, best);
  const isInfeasible = cover.bound() > (problem.limits.budgetMicros ?? Infinity) + 1;
  return { answer, certificate: cover.certificate(), isInfeasible };
}

/** A task that all the machines there are could not do by themselves. */
function hasHopelessTask({ tasks, offers, units, needs, available }: CoupledModel): boolean {
  for (let task = 0; task < tasks; task++) {
    let most = 0;
    for (let offer = 0; offer < offers; offer++) {
      most += units[task * offers + offer]! * available[offer]!;
    }
    if (most < needs[task]!) return true;
  }
  return false;
}

/** All machines run at once, for an hour: so what they cost is also what they cost an hour. */
function isBeyondLimits({ limits }: Problem, { cost }: CoverState): boolean {
  const { budgetMicros, nanosPerHourMax } = limits;
  return cost > (budgetMicros ?? Infinity) || cost * 1000 > (nanosPerHourMax ?? Infinity);
}

type CoverOptions = Pick<SearchOptions, 'clock' | 'timeLimitMs' | 'gap' | 'seed'>;

/** One search: what it knows so far. */
class CoupledCover {
  best: CoverState | null = null;
  readonly #model: CoupledModel;
  readonly #gap: number;
  readonly #random: Random;
  readonly #clock: SearchOptions['clock'];
  readonly #endMs: number;
  readonly #isOver: () => boolean;
  readonly #pool: ColumnPool;
  readonly #above: Float64Array;
  #linear: LinearBound | null = null;
  #relaxed: Relaxed | null = null;
  #generated: Generated | null = null;
  #cut: CutBound | null = null;

  constructor(model: CoupledModel, { clock, timeLimitMs, gap, seed }: CoverOptions) {
    this.#model = model;
    this.#gap = gap;
    this.#random = seededRandom(seed);
    this.#clock = clock;
    this.#endMs = clock.now() + timeLimitMs * TIME_SHARE;
    this.#isOver = () => clock.now() >= this.#endMs;
    this.#pool = new ColumnPool(model.tasks);
    this.#above = new Float64Array(model.tasks);
  }

  run(): void {
    const likely = likelyOffers(this.#model);
    this.#startFrom(likely);
    if (likely !== null && !this.#isDone()) this.#startFrom(null);
    this.#settleRest();
    if (this.#isDone() || this.#isOver()) return;
    this.#generate();
    if (this.#generated === null) return;
    const { prices } = this.#generated;
    this.#fillInTurn(prices);
    const state = new CoverState(this.#model);
    if (dive(this.#model, state, this.#tasks(), prices, this.#diveOptions())) this.best = state;
    if (this.best === null) return;
    this.#cutMix();
    const costGoal = this.bound() / (1 - this.#gap);
    if (!this.#isDone()) this.#improve(costGoal);
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
  #settleRest(): void {
    for (const machinesOpen of MACHINES_OPEN) {
      if (this.best === null || this.#isDone() || this.#isOver()) return;
      const perTask = machinesOf(this.best) / this.#model.tasks;
      if (perTask <= Math.max(MACHINES_OF_FEW, 2 * machinesOpen)) return;
      this.#settle(this.best, machinesOpen);
    }
  }

  #settle(best: CoverState, machinesOpen: number): void {
    const near = nearRelaxation(this.#model, this.#relaxed!, machinesOpen);
    if (near === null) return;
    const keptCost = near.kept.reduce((sum, { cost }) => sum + cost, 0);
    const cover = new CoupledCover(near.rest, {
      clock: this.#clock,
      timeLimitMs: (this.#endMs - this.#clock.now()) * REST_TIME_SHARE,
      gap: (this.#gap * REST_GAP_SHARE * best.cost) / (best.cost - keptCost),
      seed: Math.floor(this.#random() * SEEDS),
    });
    cover.run();
    if (cover.best === null) return;
    const state = new CoverState(this.#model);
    for (const column of withKept(this.#model, near.kept, cover.best.columns())) state.put(column);
    if (state.cost < best.cost) this.best = state;
  }

  /** Null where it knows of no bound. */
  certificate(): ProblemCertificate | null {
    const linear = this.#linear;
    const [generated, cut] = [this.#generated, this.#cut];
    if (linear === null) return null;
    const cost = this.best?.cost ?? Infinity;
    const isEnough = cost - linear.bound <= this.#gap * cost;
    const isBetter = generated !== null && generated.bound > linear.bound;
    if (isEnough || !isBetter) return { proof: 'duals', duals: linear.duals };
    if (cut !== null) {
      const { available, tasks } = this.#model;
      const covers = countPrices(available, tasks, cut);
      return { proof: 'duals', duals: linear.duals, covers };
    }
    return {
      proof: 'duals',
      duals: {
        pools: fractions(generated.prices.pools, POOL_PARTS),
        offers: pricedOffers(generated.prices),
        budget: { of: 0, per: 1 },
        tasks: this.#tasks().map(() => []),
      },
    };
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
  #improve(costGoal: number): void {
    const [best, generated] = [this.best!, this.#generated!];
    const { prices, least, cuts } = this.#cut ?? { ...generated, cuts: [] };
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
      { ...this.#shared(), pool, costGoal },
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
        costGoal: best.cost * (1 - this.#gap),
      },
    );
    if (cut.cuts.length > 0) this.#cut = cut;
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
    const known = [this.#linear, this.#generated, this.#cut];
    return Math.max(0, ...known.map((one) => one?.bound ?? 0));
  }

  #isDone(): boolean {
    return this.best !== null && this.best.cost - this.bound() <= this.#gap * this.best.cost;
  }

  #tasks(): readonly number[] {
    return Array.from({ length: this.#model.tasks }, (_, task) => task);
  }
}

function machinesOf(state: CoverState): number {
  const lines = state.columns().flatMap(({ bought }) => bought);
  return lines.reduce((sum, [, machines]) => sum + machines, 0);
}

function pricedOffers({ offers }: SharedPrices) {
  return [...offers].flatMap((of, offer) => (of > 0 ? [{ offer, price: { of, per: 1 } }] : []));
}

function fractions(values: Float64Array, per: number) {
  return Array.from(values, (value) => ({ of: Math.round(value * per), per }));
}

function answerOf({ offers, options }: CoupledModel, state: CoverState): Answer {
  const lines = state.columns().flatMap(({ task, bought }) =>
    bought.map(([offer, machines]) => ({
      task,
      option: options[task * offers + offer]!,
      machines,
      hours: 1,
      startS: 0,
      shares: null,
    })),
  );
  return { lines: lines.sort((a, b) => a.task - b.task || a.option - b.option) };
}
