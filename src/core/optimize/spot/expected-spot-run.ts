/**
 * Problem: what a task will cost, and how long it will take, on spot that is interrupted and comes
 * back, by a deadline: for planning, before anything is known of the hour it starts at. Method:
 * renewal reward. A cycle is a run of availability and the absence after it; the work that a run
 * leaves behind is that of the intervals whose checkpoint it lives to see, so much for the best
 * interval. Three ways of living are mixed by a linear program in closed form: spot and waiting,
 * spot bridged by on-demand, on-demand alone. It is the long-run mean: of a job of few cycles it
 * says what many such jobs cost on average, a little too little where the deadline is tight.
 * Complexity: O(intervals × checkpoints of the longest class of age).
 * References: Ross, "Stochastic Processes", 1996, § 3.6 (renewal reward); Daly, "A higher order
 * estimate of the optimum checkpoint interval for restart dumps", FGCS 22 (2006).
 */
import { HOUR_MS, MINUTE_MS } from '../../../base/time.ts';
import type { HazardModel, Side } from './hazard.ts';
import type { SpotJob } from './spot-job.ts';

export type SpotRun = {
  /** The job; its deadline is null where there is none. */
  readonly job: Omit<SpotJob, 'deadlineMs'> & { readonly deadlineMs: number | null };
  /** What writing a checkpoint takes; billed, without progress. */
  readonly checkpointMs: number;
  readonly model: HazardModel;
  /** What multiplies the model's flips from availability, as where a list rates interruptions. */
  readonly interruptions: number;
};

export type ExpectedSpotRun = {
  readonly costUsd: number;
  readonly hours: number;
  readonly spotHours: number;
  readonly onDemandHours: number;
  readonly preemptions: number;
  /** Work between two checkpoints; null where on-demand alone is best, or checkpoints are free. */
  readonly checkpointEveryMs: number | null;
};

/** One way of living for an hour. */
type Mode = {
  readonly work: number;
  readonly usd: number;
  readonly spot: number;
  readonly onDemand: number;
  readonly preemptions: number;
};

/** Intervals that are tried: from a minute to two days, a twentieth apart. */
const INTERVALS_MS: readonly number[] = Array.from(
  { length: 164 },
  (_, index) => MINUTE_MS * 1.05 ** index,
);
/** A run that lives longer with less chance than that is left out. */
const NEGLIGIBLE = 1e-6;

/** Null where not even on-demand meets the deadline. */
export function expectedSpotRun(run: SpotRun): ExpectedSpotRun | null {
  const { job, model } = run;
  const startHours = job.changeoverMs / HOUR_MS;
  const work = job.workMs / HOUR_MS;
  const time = job.deadlineMs === null ? Infinity : job.deadlineMs / HOUR_MS;
  if (work + startHours > time) return null;
  const { everyMs, kept } = bestInterval(run);
  const up = meanMs(model, 1, run.interruptions) / HOUR_MS;
  const down = meanMs(model, 0, 1) / HOUR_MS;
  const [onDemand, spot] = [job.onDemandNanosPerHour / 1e9, job.spotNanosPerHour / 1e9];
  const cycle = up + down;
  const waiting: Mode = {
    work: kept / HOUR_MS / cycle,
    usd: (spot * up) / cycle,
    spot: up / cycle,
    onDemand: 0,
    preemptions: 1 / cycle,
  };
  const bridged: Mode = {
    work: waiting.work + meanMs(model, 0, 1, job.changeoverMs) / HOUR_MS / cycle,
    usd: waiting.usd + (onDemand * down) / cycle,
    spot: waiting.spot,
    onDemand: down / cycle,
    preemptions: waiting.preemptions,
  };
  const alone: Mode = { work: 1, usd: onDemand, spot: 0, onDemand: 1, preemptions: 0 };
  const found = cheapestMix({ work, time }, [waiting, bridged], {
    mode: alone,
    startHours,
  });
  const checkpointEveryMs = run.checkpointMs === 0 || found.spotHours === 0 ? null : everyMs;
  return { ...found, checkpointEveryMs };
}

/** The work that a run of availability leaves behind in the mean, at its best interval. */
function bestInterval(run: SpotRun): { readonly everyMs: number; readonly kept: number } {
  if (run.checkpointMs === 0) return { everyMs: 0, kept: keptWithoutLoss(run) };
  let best = { everyMs: INTERVALS_MS[0]!, kept: 0 };
  for (const everyMs of INTERVALS_MS) {
    const kept = keptAt(run, everyMs);
    if (kept > best.kept) best = { everyMs, kept };
  }
  return best;
}

/** Σ over its intervals: the work of one × the chance that the run lives to its checkpoint. */
function keptAt({ job, model, checkpointMs, interruptions }: SpotRun, everyMs: number): number {
  const last = model.agesMinutes.at(-1)! * MINUTE_MS;
  const strideMs = everyMs + checkpointMs;
  let [sum, endMs] = [0, job.changeoverMs + strideMs];
  for (; endMs < last; endMs += strideMs) {
    const lives = survival(model, 1, endMs, interruptions);
    sum += lives;
    if (lives < NEGLIGIBLE) return sum * everyMs;
  }
  // Beyond the last class of age the chances are a geometric series.
  const lives = survival(model, 1, endMs, interruptions);
  const perMs = (model.perHour[1].at(-1)! * interruptions) / HOUR_MS;
  return everyMs * (sum + lives / -Math.expm1(-perMs * strideMs));
}

/** Where checkpoints are free, all but the changeover. */
function keptWithoutLoss({ job, model, interruptions }: SpotRun): number {
  return meanMs(model, 1, interruptions, job.changeoverMs);
}

/** The chance that a run of this side lives to an age. */
function survival(model: HazardModel, side: Side, ageMs: number, factor: number): number {
  let flips = 0;
  for (let age = 0; age < model.agesMinutes.length; age++) {
    const from = model.agesMinutes[age]! * MINUTE_MS;
    if (from >= ageMs) break;
    const to = (model.agesMinutes[age + 1] ?? Infinity) * MINUTE_MS;
    flips += (model.perHour[side][age]! * factor * (Math.min(to, ageMs) - from)) / HOUR_MS;
  }
  return Math.exp(-flips);
}

/** ∫ survival from an age on: the mean of what a run lasts beyond it. */
function meanMs(model: HazardModel, side: Side, factor: number, fromMs = 0): number {
  let sum = 0;
  for (let age = 0; age < model.agesMinutes.length; age++) {
    const start = Math.max(fromMs, model.agesMinutes[age]! * MINUTE_MS);
    const end = (model.agesMinutes[age + 1] ?? Infinity) * MINUTE_MS;
    if (end <= start) continue;
    const perMs = (model.perHour[side][age]! * factor) / HOUR_MS;
    sum += (survival(model, side, start, factor) * -Math.expm1(-perMs * (end - start))) / perMs;
  }
  return sum;
}

/**
 * At most two ways share the time: those are the corners of two constraints. Wherever on-demand is
 * used its first start is paid in full, so that it is never cheaper beside useless spot than alone.
 */
function cheapestMix(
  { work, time }: { readonly work: number; readonly time: number },
  spot: readonly [Mode, Mode],
  alone: { readonly mode: Mode; readonly startHours: number },
): Omit<ExpectedSpotRun, 'checkpointEveryMs'> {
  const [waiting, bridged] = spot;
  const { mode, startHours } = alone;
  const start = { mode, hours: startHours };
  const left = { work, time: time - startHours };
  const mixes: Spell[][] = [[start, { mode, hours: work }]];
  if (waiting.work > 0 && work / waiting.work <= time) {
    mixes.push([{ mode: waiting, hours: work / waiting.work }]);
  }
  if (work / bridged.work <= left.time) {
    mixes.push([start, { mode: bridged, hours: work / bridged.work }]);
  }
  for (const [slow, fast] of [
    [waiting, bridged],
    [waiting, mode],
    [bridged, mode],
  ] as const) {
    const shared = share(slow, fast, left);
    if (shared !== null) mixes.push([start, ...shared]);
  }
  return mixes.map(totals).reduce((best, next) => (next.costUsd < best.costUsd ? next : best));
}

type Spell = { readonly mode: Mode; readonly hours: number };

/** So much of the one, then of the other, that both the work and the time are used up. */
function share(
  slow: Mode,
  fast: Mode,
  { work, time }: { readonly work: number; readonly time: number },
): Spell[] | null {
  if (time === Infinity || fast.work <= slow.work) return null;
  const fastHours = (work - slow.work * time) / (fast.work - slow.work);
  if (fastHours < 0 || fastHours > time) return null;
  return [
    { mode: slow, hours: time - fastHours },
    { mode: fast, hours: fastHours },
  ];
}

function totals(spells: readonly Spell[]): Omit<ExpectedSpotRun, 'checkpointEveryMs'> {
  const sum = (of: (mode: Mode) => number): number =>
    spells.reduce((all, { mode, hours }) => all + of(mode) * hours, 0);
  return {
    costUsd: sum(({ usd }) => usd),
    hours: sum(() => 1),
    spotHours: sum(({ spot }) => spot),
    onDemandHours: sum(({ onDemand }) => onDemand),
    preemptions: sum(({ preemptions }) => preemptions),
  };
}
