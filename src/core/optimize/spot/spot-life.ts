/**
 * Problem: how long spot lasts, how long it stays away, and how much of the work done on it is not
 * lost. Method: integrals of the chances to live of a hazard that is constant within each class of
 * age; the work that a run of availability leaves behind is that of the intervals whose checkpoint
 * it lives to see, so much for the best interval. Complexity: O(intervals × checkpoints of the
 * longest class of age), once for all jobs that checkpoint alike.
 * References: Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps",
 * FGCS 22 (2006), whose interval it is where interruptions have no memory.
 */
import { HOUR_MS, MINUTE_MS } from '../../../base/time.ts';
import type { HazardModel, Side } from './hazard.ts';

export type SpotLifeTerms = {
  readonly model: HazardModel;
  /** What multiplies the model's flips from availability, as where a list rates interruptions. */
  readonly interruptions: number;
  /** What each start takes: billed, without progress. */
  readonly changeoverMs: number;
  /** Null for a task that keeps none: an interruption loses all of its work. */
  readonly checkpoints: {
    /** What writing one takes; billed, without progress. */
    readonly costMs: number;
    /** Work between two of them; null for what keeps most. */
    readonly everyMs: number | null;
  } | null;
};

/** In hours, each the mean of many. */
export type SpotLife = {
  readonly terms: SpotLifeTerms;
  /** Of a run of availability; infinite where nothing interrupts it. */
  readonly upHours: number;
  /** Of an absence. */
  readonly downHours: number;
  /** Of what on-demand works in an absence, after its own start. */
  readonly bridgedHours: number;
  readonly startHours: number;
  /** Null where none are kept. */
  readonly checkpoints: {
    readonly costMs: number;
    readonly everyMs: number;
    /** Of the work that a run of availability leaves behind. */
    readonly keptHours: number;
  } | null;
};

/** Intervals that are tried: from a minute to two days, a twentieth apart. */
const INTERVALS_MS: readonly number[] = Array.from(
  { length: 164 },
  (_, index) => MINUTE_MS * 1.05 ** index,
);
/** A run that lives longer with less chance than that is left out. */
const NEGLIGIBLE = 1e-6;

export function spotLife(terms: SpotLifeTerms): SpotLife {
  const { model, interruptions, changeoverMs } = terms;
  return {
    terms,
    upHours: meanMs(model, 1, interruptions) / HOUR_MS,
    downHours: meanMs(model, 0, 1) / HOUR_MS,
    bridgedHours: meanMs(model, 0, 1, { fromMs: changeoverMs }) / HOUR_MS,
    startHours: changeoverMs / HOUR_MS,
    checkpoints: interruptions === 0 ? null : checkpointsOf(terms),
  };
}

/** Whether a run of availability lasts so long, and how much of that it lasts in the mean. */
export function attemptAt(
  { terms: { model, interruptions } }: SpotLife,
  hours: number,
): { readonly lives: number; readonly meanHours: number } {
  const toMs = hours * HOUR_MS;
  return {
    lives: survival(model, 1, toMs, interruptions),
    meanHours: meanMs(model, 1, interruptions, { toMs }) / HOUR_MS,
  };
}

function checkpointsOf(terms: SpotLifeTerms): SpotLife['checkpoints'] {
  if (terms.checkpoints === null) return null;
  const { costMs, everyMs } = terms.checkpoints;
  if (costMs === 0 && everyMs === null) {
    const { model, interruptions, changeoverMs } = terms;
    const keptMs = meanMs(model, 1, interruptions, { fromMs: changeoverMs });
    return { costMs, everyMs: 0, keptHours: keptMs / HOUR_MS };
  }
  let best = { everyMs: 0, keptMs: -1 };
  for (const tried of everyMs === null ? INTERVALS_MS : [everyMs]) {
    const keptMs = keptAt(terms, costMs, tried);
    if (keptMs > best.keptMs) best = { everyMs: tried, keptMs };
  }
  return { costMs, everyMs: best.everyMs, keptHours: best.keptMs / HOUR_MS };
}

/** Σ over its intervals: the work of one × the chance that the run lives to its checkpoint. */
function keptAt(
  { model, interruptions, changeoverMs }: SpotLifeTerms,
  costMs: number,
  everyMs: number,
): number {
  const last = model.agesMinutes.at(-1)! * MINUTE_MS;
  const strideMs = everyMs + costMs;
  let [sum, endMs] = [0, changeoverMs + strideMs];
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

/** ∫ survival between two ages: the mean of what a run lasts there. */
function meanMs(
  model: HazardModel,
  side: Side,
  factor: number,
  { fromMs = 0, toMs = Infinity }: { readonly fromMs?: number; readonly toMs?: number } = {},
): number {
  if (factor === 0) return toMs - fromMs;
  let sum = 0;
  for (let age = 0; age < model.agesMinutes.length; age++) {
    const start = Math.max(fromMs, model.agesMinutes[age]! * MINUTE_MS);
    const end = Math.min(toMs, (model.agesMinutes[age + 1] ?? Infinity) * MINUTE_MS);
    if (end <= start) continue;
    const perMs = (model.perHour[side][age]! * factor) / HOUR_MS;
    sum += (survival(model, side, start, factor) * -Math.expm1(-perMs * (end - start))) / perMs;
  }
  return sum;
}
