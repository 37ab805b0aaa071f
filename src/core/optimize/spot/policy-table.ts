/**
 * Problem: what a job that can be interrupted will cost from here on, at best, in expectation; so
 * that the policy can look one tick ahead. Method: stochastic dynamic program backwards over steps
 * of time; state = slack × what is held (nothing, on-demand, spot with so much of its changeover
 * left) × side and class of age of the run of availability × level of either side's hazard. The
 * levels are taken to be known (QMDP): the policy weighs the values by their chances, which what it
 * does cannot change. On-demand must be able to finish at every step, so that no deadline is missed.
 * A changeover is work added at its start; of one that ends early the rest is taken off again.
 * Complexity: O(steps × slack × ages × levels² × changeover in steps), once for each job.
 * References: Bellman, "Dynamic Programming", 1957; Littman, Cassandra and Kaelbling, "Learning
 * policies for partially observable environments: scaling up", ICML 1995 (QMDP); Wu et al., "Can't
 * Be Late", NSDI 2024 (the setting).
 */
import { HOUR_MS } from '../../../base/time.ts';
import { ageingChance, flipChance, type HazardModel, redrawChance, type Side } from './hazard.ts';
import { PolicyStep } from './policy-step.ts';
import { pointBelow, type SlackGrid, shareAbove, slackGrid } from './slack-grid.ts';
import type { SpotJob } from './spot-job.ts';

/** Steps are no shorter than that, and no more than so many. */
const STEP_MS_MIN = 600_000;
const STEPS_MAX = 1200;
/** Levels, which last for days, are drawn anew no more often than that. */
const REDRAW_MS = HOUR_MS;

/** What is held at the start of a step; `spot` with the number of steps that its changeover goes on. */
export type Held =
  | { readonly kind: 'none' | 'on-demand' }
  | { readonly kind: 'spot'; readonly pending: number };

export class PolicyTable {
  readonly stepMs: number;
  /** By the number of steps that it takes: what is left of a changeover, from 0 to all of it. */
  readonly pendingMs: readonly number[];
  /** States of spot: the last one, of all of the changeover, only where ticks are short of steps. */
  readonly #spotStates: number;
  readonly #job: SpotJob;
  readonly #model: HazardModel;
  readonly #grid: SlackGrid;
  /** Dollars, by steps left, slot, levels and slack; levels before they are drawn anew. */
  readonly #layers: Float32Array[];

  constructor(job: SpotJob, tickMs: number, model: HazardModel) {
    this.#job = job;
    this.#model = model;
    this.stepMs = stepFor(job, tickMs);
    this.pendingMs = pendingFor(job, this.stepMs);
    const all = this.pendingMs.length;
    this.#spotStates = tickMs < this.stepMs ? all : Math.max(1, all - 1);
    const slackMs = Math.max(0, job.deadlineMs - job.workMs);
    this.#grid = slackGrid({ stepMs: this.stepMs, changeoverMs: job.changeoverMs, slackMs });
    this.#layers = this.#solve();
  }

  get levels(): number {
    return this.#model.levels.length;
  }

  /**
   * Σ over pairs of levels (of absence × of availability) of `weights` × the expected dollars to
   * the end when so much time and slack are left, at this side and class of age.
   */
  expect(
    at: {
      readonly timeLeftMs: number;
      readonly slackMs: number;
      readonly side: Side;
      readonly age: number;
      readonly held: Held;
    },
    weights: Float64Array,
  ): number {
    const steps = Math.min(Math.max(0, at.timeLeftMs / this.stepMs), this.#layers.length - 1);
    const early = Math.min(Math.floor(steps), this.#layers.length - 2);
    // No more is needed than by a job that has not begun: of that the table knows nothing.
    const { workMs, changeoverMs } = this.#job;
    const slackMs = Math.max(at.slackMs, at.timeLeftMs - workMs - changeoverMs);
    const below = pointBelow(this.#grid, slackMs);
    const share = shareAbove(this.#grid, below, slackMs);
    const start = this.#slot(at.side, at.age, heldIndex(at.held)) * weights.length;
    const [sooner, later] = [this.#layers[early]!, this.#layers[early + 1]!];
    const time = steps - early;
    let sum = 0;
    for (let pair = 0; pair < weights.length; pair++) {
      const point = (start + pair) * this.#grid.length + below;
      const low = sooner[point]! * (1 - share) + sooner[point + 1]! * share;
      const high = later[point]! * (1 - share) + later[point + 1]! * share;
      sum += weights[pair]! * (low * (1 - time) + high * time);
    }
    return sum;
  }

  /** Slots of absence: nothing, on-demand; of availability: nothing, on-demand, spot by pending. */
  #slot(side: Side, age: number, held: number): number {
    if (side === 0) return age * 2 + held;
    return 2 * this.#model.agesMinutes.length + age * (2 + this.#spotStates) + held;
  }

  #solve(): Float32Array[] {
    const { agesMinutes, levels } = this.#model;
    const pairs = levels.length ** 2;
    const size = agesMinutes.length * (4 + this.#spotStates) * pairs * this.#grid.length;
    const steps = Math.ceil(this.#job.deadlineMs / this.stepMs);
    const layers = [new Float32Array(size)];
    const step = new PolicyStep(this.#job, this.#grid, {
      stepMs: this.stepMs,
      pendingMs: this.pendingMs,
      spotStates: this.#spotStates,
    });
    const redrawEvery = Math.max(1, Math.round(REDRAW_MS / this.stepMs));
    for (let left = 1; left <= steps; left++) {
      const layer = new Float32Array(size);
      step.begin(left);
      for (let age = 0; age < agesMinutes.length; age++) {
        for (let pair = 0; pair < pairs; pair++) {
          this.#fill(step, { before: layers[left - 1]!, layer }, { age, pair });
        }
      }
      if (left % redrawEvery === 0) this.#redraw(layer, step, redrawEvery * this.stepMs);
      layers.push(layer);
    }
    return layers;
  }

  /** One class of age of both sides at one pair of levels. */
  #fill(
    step: PolicyStep,
    { before, layer }: { readonly before: Float32Array; readonly layer: Float32Array },
    { age, pair }: { readonly age: number; readonly pair: number },
  ): void {
    const levels = this.levels;
    const pairs = levels ** 2;
    const width = this.#grid.length;
    for (const side of [0, 1] as const) {
      const level = side === 0 ? Math.floor(pair / levels) : pair % levels;
      const flip = flipChance(this.#model, { side, age, level }, this.stepMs);
      const ageing = ageingChance(this.#model, age, this.stepMs);
      const older = Math.min(age + 1, this.#model.agesMinutes.length - 1);
      const at = (which: Side, years: number, held: number): number =>
        (this.#slot(which, years, held) * pairs + pair) * width;
      const other: Side = side === 0 ? 1 : 0;
      const stay = (1 - flip) * (1 - ageing);
      const grow = (1 - flip) * ageing;
      for (let held = 0; held < (side === 0 ? 2 : 2 + this.#spotStates); held++) {
        step.expect(before, held, [
          [at(side, age, held), stay],
          [at(side, older, held), grow],
          [at(other, 0, held < 2 ? held : 0), flip],
        ]);
      }
      step.decide(layer, side, (held) => at(side, age, held));
    }
  }

  /** Either level may be drawn anew before the step begins. */
  #redraw(
    layer: Float32Array,
    { first, last }: { readonly first: number; readonly last: number },
    ms: number,
  ): void {
    const levels = this.levels;
    const width = this.#grid.length;
    const [absent, available] = this.#model.foresightH.map((meanH, side) => {
      const stride = side === 0 ? levels * width : width;
      return { first, last, levels, stride, redraw: redrawChance(meanH, ms) };
    }) as [Mixing, Mixing];
    for (let slot = 0; slot < layer.length; slot += levels ** 2 * width) {
      for (let one = 0; one < levels; one++) {
        mixEvenly(layer.subarray(slot + one * levels * width), available);
        mixEvenly(layer.subarray(slot + one * width), absent);
      }
    }
  }
}

/** What may be left of a changeover at the start of a step: nothing, …, but one step, all of it. */
function pendingFor({ changeoverMs }: SpotJob, stepMs: number): readonly number[] {
  if (changeoverMs === 0) return [0];
  const steps = Math.ceil(changeoverMs / stepMs);
  return Array.from({ length: steps + 1 }, (_, left) =>
    left === 0 ? 0 : changeoverMs - (steps - left) * stepMs,
  );
}

/** Whole ticks, of ten minutes at least, and not too many of them. */
function stepFor({ deadlineMs }: SpotJob, tickMs: number): number {
  const leastMs = Math.max(STEP_MS_MIN, deadlineMs / STEPS_MAX);
  return tickMs * Math.max(1, Math.round(leastMs / tickMs));
}

function heldIndex(held: Held): number {
  if (held.kind === 'spot') return 2 + held.pending;
  return held.kind === 'none' ? 0 : 1;
}

type Mixing = { readonly [key in 'first' | 'last' | 'levels' | 'stride' | 'redraw']: number };

/** Rows that are a stride apart: each is mixed with the mean of all. */
function mixEvenly(rows: Float32Array, mixing: Mixing): void {
  const { first, last, levels, stride, redraw } = mixing;
  for (let point = first; point <= last; point++) {
    let sum = 0;
    for (let level = 0; level < levels; level++) sum += rows[point + level * stride]!;
    const drawn = (redraw * sum) / levels;
    for (let level = 0; level < levels; level++) {
      const at = point + level * stride;
      rows[at] = (1 - redraw) * rows[at]! + drawn;
    }
  }
}
