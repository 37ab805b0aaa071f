import type { Random } from '../../../base/rng.ts';
import type { SearchOptions } from '../search/searcher.ts';
import { chooseNearBound } from './choose-near-bound.ts';
import type { CoupledModel } from './coupled-model.ts';
import { CoverState } from './cover-state.ts';
import type { HalvedBound } from './price-near-covers.ts';
import { type FloorProof, floorInReach, proveByTree } from './prove-by-tree.ts';

/*
 * Problem: an answer and a bound, some tenths of a percent apart, of covers of few machines.
 * Method: from above, covers near the bound are chosen, nearer and nearer (choose-near-bound.ts); from
 * below, a tree proves that nothing costs less than what would be good enough (prove-by-tree.ts), which is
 * tried where it takes some seconds at most. An answer has to come only as near as the proof will.
 * Complexity: as of these, as long as it is given.
 */

export type CloseOptions = Pick<SearchOptions, 'clock' | 'trees' | 'gap'> & {
  readonly best: CoverState;
  /** What gap can be hoped for; no less than what is asked for. */
  readonly gapInReach: number;
  readonly endMs: number;
  readonly random: Random;
};

export type ClosedGap = {
  readonly best: CoverState;
  /** Of a floor above the bound. */
  readonly tree: FloorProof | null;
};

/** Of the gap that is in reach, what a choice may cost above the bound: prices are rounded. */
const CHOICE_GAP_SHARE = 0.97;
/** Of the gap that is left, the next goal. */
const NEARER = 0.9;
/** With less time than that left, in milliseconds, nothing is proven so. */
const RAISE_MS_MIN = 5000;
/** Of the time that is left, what stays for the proof of what was chosen last. */
const RAISE_TIME_SHARE = 0.1;

/** What covers near the bound may be hoped to cost. */
export function costInReach({ bound }: HalvedBound, gapInReach: number): number {
  return bound / (1 - gapInReach * CHOICE_GAP_SHARE);
}

export async function closeGap(
  model: CoupledModel,
  near: HalvedBound,
  options: CloseOptions,
): Promise<ClosedGap> {
  const closing = new Closing(model, near, options);
  await closing.run();
  return closing;
}

class Closing {
  best: CoverState;
  tree: FloorProof | null = null;
  readonly #model: CoupledModel;
  readonly #near: HalvedBound;
  readonly #options: CloseOptions;
  readonly #floorMax: number;

  constructor(model: CoupledModel, near: HalvedBound, options: CloseOptions) {
    this.best = options.best;
    this.#model = model;
    this.#near = near;
    this.#options = options;
    const { gapInReach, clock, endMs } = options;
    const hasTime = endMs - clock.now() >= RAISE_MS_MIN;
    this.#floorMax = hasTime
      ? floorInReach(model, near, near.bound * (1 + gapInReach))
      : near.bound;
  }

  async run(): Promise<void> {
    const { gap, gapInReach, clock, endMs, random, trees } = this.#options;
    const inReach = Math.max(costInReach(this.#near, gapInReach), this.#floorMax / (1 - gap));
    const end = endMs - (endMs - clock.now()) * RAISE_TIME_SHARE;
    let costGoal = Math.min(inReach, this.#nearer());
    for (;;) {
      this.#raise();
      if (this.#isDone() || clock.now() >= end) return;
      const given = { costGoal, clock, endMs: end, random, trees };
      this.best = await chooseNearBound(this.#model, this.best, this.#near, given);
      if (this.best.cost > costGoal) break;
      costGoal = this.#nearer();
    }
    this.#raise();
  }

  /** Where what is good enough is in reach of a proof: which may find what costs less. */
  #raise(): void {
    const { clock, endMs, random } = this.#options;
    const isOver = (): boolean => clock.now() >= endMs;
    for (;;) {
      const floor = Math.ceil(this.#goal());
      if (this.#isDone() || floor > this.#floorMax) return;
      const found = proveByTree(this.#model, this.#near, { floor, isOver, random });
      if (found === null) return;
      if (found instanceof CoverState) this.best = found;
      else this.tree = found;
    }
  }

  #nearer(): number {
    const { bound } = this.#near;
    return bound + (this.best.cost - bound) * NEARER;
  }

  /** A bound that is good enough. */
  #goal(): number {
    return this.best.cost * (1 - this.#options.gap);
  }

  #isDone(): boolean {
    return Math.max(this.#near.bound, this.tree?.floor ?? 0) >= this.#goal();
  }
}
