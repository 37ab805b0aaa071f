import type { Solver } from '../../../ports/solver.ts';
import { ColumnPool } from './column-pool.ts';
import { keyOf, tightCuts } from './count-cuts.ts';
import type { CoupledModel } from './coupled-model.ts';
import type { CutBound } from './cut-columns.ts';
import { rowOfOffer, type SharedRow, violatedBy, violatedHalfCuts } from './half-cuts.ts';
import type { Column } from './master.ts';
import { listable, type NearCover, nearCovers } from './near-covers.ts';
import { NearColumns, type NearMix, nearMix } from './near-mix.ts';
import {
  type HalvedBound,
  type PricedNear,
  priceNearCovers,
  wholeRowPrices,
} from './price-near-covers.ts';

/*
 * Problem: a bound above that of cuts of single offers, by cuts of two rows, whose prices no
 * table for each offer tells.
 * Method: covers of little loss at the prices that are known are listed. Their mix is a linear model:
 * cuts of one offer and of two rows join it, covers that no better answer has and cuts without a
 * price leave it, until little comes of it. In each round prices are made whole, and each task's
 * best cover at them is found among all there are: that is the bound, and those that the list lacks
 * join it.
 * Complexity: some ten linear models of some ten thousand covers.
 * Reference: Baldacci, Christofides, Mingozzi, An exact algorithm for the vehicle routing problem
 * based on the set partitioning formulation (Math. Programming 115, 2008).
 */

export type HalveOptions = {
  readonly solver: Solver;
  /** Milliseconds that it may still take. */
  readonly leftMs: () => number;
  /** What the bound may rise: no cover that loses more is in an answer that is better than the known one. */
  readonly lossMax: number;
  /** A bound that is good enough. */
  readonly costGoal: number;
  /** The covers of the known answer: with them there always is a mix, however few are listed. */
  readonly answer: readonly Column[];
};

/** That are listed. */
const COVERS_MAX = 40_000;
const ROUNDS_MAX = 30;
/** Cuts that join at once. */
const ONES_AT_ONCE = 40;
const HALVES_AT_ONCE = 100;
/** By so much a mix is below what is on the right of a row, and cuts are still made of it. */
const SLACK_MAX = 0.3;
const VIOLATION_MIN = 0.01;
/** Rounds without a price after which a cut leaves; a price, in micro-dollars. */
const IDLE_MAX = 2;
const PRICE_MIN = 0.5;
/** Of the gap that is left, what so many rounds must close to be followed by another. */
const PROGRESS_MIN = 0.004;
const PROGRESS_ROUNDS = 3;

/** Null where covers are too many, or nothing better was found in time. */
export async function cutNearCovers(
  model: CoupledModel,
  given: CutBound,
  options: HalveOptions,
): Promise<HalvedBound | null> {
  const near = listable(options.lossMax, (lossMax) =>
    nearCovers(model, { ...given, lossMax, most: COVERS_MAX }),
  );
  if (near === null) return null;
  const cutting = new Cutting(model, given, { ...options, near });
  await cutting.run();
  const { best } = cutting;
  return best !== null && best.bound > given.bound ? best : null;
}

type CuttingOptions = HalveOptions & { readonly near: readonly NearCover[] };

class Cutting {
  best: HalvedBound | null = null;
  readonly #model: CoupledModel;
  readonly #options: CuttingOptions;
  /** What a better answer costs at most; and what the bound was. */
  readonly #costMax: number;
  #columns: readonly Column[];
  readonly #known: ColumnPool;
  #rows: readonly SharedRow[] = [];
  /** Those that cut, and for how many rounds each had no price. */
  readonly #idle: Map<SharedRow, number>;
  #mix: NearMix | null = null;

  constructor(model: CoupledModel, { bound, cuts }: CutBound, options: CuttingOptions) {
    this.#model = model;
    this.#options = options;
    this.#costMax = bound + options.lossMax;
    this.#known = new ColumnPool(model.tasks);
    const listed = options.near.map(({ column }) => column);
    this.#columns = [...listed, ...options.answer].filter((column) => this.#known.add(column));
    this.#idle = new Map(cuts.map((cut) => [cut, 0]));
  }

  async run(): Promise<void> {
    const bounds: number[] = [];
    for (let round = 0; round < ROUNDS_MAX; round++) {
      if (!(await this.#mixAnew())) return;
      const cheaper = this.#price();
      bounds.push(this.best?.bound ?? 0);
      const isSettled = cheaper.length === 0;
      if ((isSettled && this.#isEnough(bounds)) || this.#options.leftMs() <= 0) return;
      this.#dropRows();
      if (isSettled) this.#dropColumns();
      this.#addCuts();
      this.#columns = [...this.#columns, ...cheaper];
    }
  }

  /** What whole prices prove; and covers that cost less at them than those in the mix. */
  #price(): readonly Column[] {
    const prices = wholeRowPrices(this.#model, this.#mix!, this.#rows);
    const priced = priceNearCovers(this.#model, prices, this.#known);
    if (priced === null) return [];
    if (this.best === null || priced.found.bound > this.best.bound) this.best = priced.found;
    return this.#cheaperThanMix(priced);
  }

  async #mixAnew(): Promise<boolean> {
    const { available, tasks } = this.#model;
    const near = new NearColumns(this.#columns);
    const offers = near.offers.map((offer) => rowOfOffer(offer, available[offer]!, tasks));
    const rows = [...offers, ...this.#idle.keys()];
    const { solver, leftMs } = this.#options;
    const mix = await nearMix(this.#model, near, { rows, solver, leftMs: leftMs() });
    if (mix === null) return false;
    [this.#mix, this.#rows] = [mix, rows];
    return true;
  }

  #isEnough(bounds: readonly number[]): boolean {
    const bound = bounds.at(-1)!;
    if (bound >= this.#options.costGoal) return true;
    const before = bounds.at(-1 - PROGRESS_ROUNDS);
    return before !== undefined && bound - before < PROGRESS_MIN * (this.#costMax - before);
  }

  #dropRows(): void {
    this.#rows.forEach((row, index) => {
      const idle = this.#idle.get(row);
      if (idle === undefined) return;
      if (this.#mix!.rows[index]! >= PRICE_MIN) this.#idle.set(row, 0);
      else if (idle + 1 >= IDLE_MAX) this.#idle.delete(row);
      else this.#idle.set(row, idle + 1);
    });
  }

  #dropColumns(): void {
    const { value, losses, shares } = this.#mix!;
    const isNear = (_: unknown, index: number): boolean =>
      losses[index]! <= this.#costMax - value || shares[index]! > 0;
    this.#columns = this.#columns.filter(isNear);
    this.#mix = {
      ...this.#mix!,
      shares: shares.filter(isNear),
      losses: losses.filter(isNear),
    };
  }

  #addCuts(): void {
    const { available, tasks } = this.#model;
    const mix = { columns: this.#columns, shares: this.#mix!.shares };
    const known = new Set(this.#rows.flatMap((row) => ('rows' in row ? [] : [keyOf(row)])));
    const tight = tightCuts(mix, available, { tasks, slackMax: SLACK_MAX });
    const ones = tight.filter((cut) => !known.has(keyOf(cut)));
    const halves = violatedHalfCuts(mix, [...this.#rows, ...ones], {
      tasks,
      slackMax: SLACK_MAX,
      most: HALVES_AT_ONCE,
    });
    const violated = ones
      .map((cut) => ({ cut, by: violatedBy(mix, cut) }))
      .filter(({ by }) => by >= VIOLATION_MIN)
      .sort((a, b) => b.by - a.by);
    for (const { cut } of violated.slice(0, ONES_AT_ONCE)) this.#idle.set(cut, 0);
    for (const cut of halves) this.#idle.set(cut, 0);
  }

  /** Covers that are not in the mix, and cost less than what it has of their task. */
  #cheaperThanMix({ near }: PricedNear): readonly Column[] {
    const mixed = new ColumnPool(this.#model.tasks);
    for (const column of this.#columns) mixed.add(column);
    const others = near.map((one) => ({ ...one, isOther: mixed.add(one.column) }));
    const least = new Float64Array(this.#model.tasks).fill(Infinity);
    for (const { column, loss, isOther } of others) {
      if (!isOther) least[column.task] = Math.min(least[column.task]!, loss);
    }
    return others
      .filter(({ column, loss, isOther }) => isOther && loss < least[column.task]!)
      .map(({ column }) => column);
  }
}
