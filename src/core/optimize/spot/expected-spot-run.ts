/**
 * Problem: what a task will cost, and how long it will take, on spot that is interrupted and comes
 * back, by a deadline: for planning, before anything is known of the hour it starts at. Method:
 * where checkpoints are kept, renewal reward: a cycle is a run of availability and the absence after
 * it (spot-life.ts), and three ways of living are mixed by a linear program in closed form: spot and
 * waiting, spot bridged by on-demand, on-demand alone. It is the long-run mean: of a job of few
 * cycles it says what many such jobs cost on average, a little too little where the deadline is
 * tight. Where none are kept, or too seldom to be worth it, each start is a new attempt at all of
 * the work, a geometric number of times. Complexity: O(1) a job, once its life is known.
 * References: Ross, "Stochastic Processes", 1996, § 3.6 (renewal reward).
 */
import { HOUR_MS } from '../../../base/time.ts';
import type { SpotJob } from './spot-job.ts';
import { attemptAt, type SpotLife } from './spot-life.ts';

export type WorkOnSpot = Omit<SpotJob, 'deadlineMs' | 'changeoverMs' | 'onDemandNanosPerHour'> & {
  /** Null where there is none. */
  readonly deadlineMs: number | null;
  /** Null where on-demand is not to be had, or not wanted. */
  readonly onDemandNanosPerHour: SpotJob['onDemandNanosPerHour'] | null;
};

export type ExpectedSpotRun = {
  readonly costUsd: number;
  readonly hours: number;
  readonly spotHours: number;
  readonly onDemandHours: number;
  readonly preemptions: number;
  /** Work between two checkpoints; null where none are kept, or cost nothing. */
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
type Spell = { readonly mode: Mode; readonly hours: number };
type Outcome = Omit<ExpectedSpotRun, 'checkpointEveryMs'>;

/** What a job is reckoned with: hours, and dollars an hour. */
type Terms = {
  readonly work: number;
  /** Until the deadline; infinite without. */
  readonly time: number;
  readonly spotUsd: number;
  readonly onDemandUsd: number | null;
};

/** The cheapest of all ways; null where none of them is expected to meet the deadline. */
export function expectedSpotRun(job: WorkOnSpot, life: SpotLife): ExpectedSpotRun | null {
  const { onDemandNanosPerHour: onDemand } = job;
  const terms = {
    work: job.workMs / HOUR_MS,
    time: job.deadlineMs === null ? Infinity : job.deadlineMs / HOUR_MS,
    spotUsd: job.spotNanosPerHour / 1e9,
    onDemandUsd: onDemand === null ? null : onDemand / 1e9,
  };
  if (life.upHours === Infinity) return uninterrupted(terms);
  const { checkpoints } = life;
  const everyMs = checkpoints === null || checkpoints.costMs === 0 ? null : checkpoints.everyMs;
  const ways = [
    ...mixes(terms, life).map((outcome) => ({ ...outcome, checkpointEveryMs: everyMs })),
    ...attempts(terms, life).map((outcome) => ({ ...outcome, checkpointEveryMs: null })),
  ].filter(({ hours }) => hours <= terms.time * (1 + 1e-12));
  if (ways.length === 0) return null;
  const best = ways.reduce((least, next) => (next.costUsd < least.costUsd ? next : least));
  return best.spotHours === 0 ? { ...best, checkpointEveryMs: null } : best;
}

function uninterrupted({ work, time, spotUsd }: Terms): ExpectedSpotRun | null {
  if (work > time) return null;
  const hours = { hours: work, spotHours: work, onDemandHours: 0 };
  return { costUsd: work * spotUsd, ...hours, preemptions: 0, checkpointEveryMs: null };
}

/**
 * At most two ways of living share the time: those are the corners of two constraints. Wherever
 * on-demand is used its first start is paid in full, so that it is never cheaper beside useless spot
 * than alone.
 */
function mixes({ work, time, spotUsd, onDemandUsd }: Terms, life: SpotLife): readonly Outcome[] {
  const { upHours, downHours, startHours } = life;
  const cycle = upHours + downHours;
  const waiting: Mode = {
    work: (life.checkpoints?.keptHours ?? 0) / cycle,
    usd: (spotUsd * upHours) / cycle,
    spot: upHours / cycle,
    onDemand: 0,
    preemptions: 1 / cycle,
  };
  const found: Spell[][] = [];
  if (waiting.work > 0) found.push([{ mode: waiting, hours: work / waiting.work }]);
  if (onDemandUsd === null) return found.map(totals);
  const alone: Mode = { work: 1, usd: onDemandUsd, spot: 0, onDemand: 1, preemptions: 0 };
  const start = { mode: alone, hours: startHours };
  found.push([start, { mode: alone, hours: work }]);
  // Without checkpoints nothing is carried from one machine to the other.
  if (life.checkpoints === null) return found.map(totals);
  const bridged: Mode = {
    work: waiting.work + life.bridgedHours / cycle,
    usd: waiting.usd + (onDemandUsd * downHours) / cycle,
    spot: waiting.spot,
    onDemand: downHours / cycle,
    preemptions: waiting.preemptions,
  };
  found.push([start, { mode: bridged, hours: work / bridged.work }]);
  const left = { work, time: time - startHours };
  for (const [slow, fast] of [
    [waiting, bridged],
    [waiting, alone],
    [bridged, alone],
  ] as const) {
    const shared = share(slow, fast, left);
    if (shared !== null) found.push([start, ...shared]);
  }
  return found.map(totals);
}

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

function totals(spells: readonly Spell[]): Outcome {
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

/**
 * All of the work in one go, which an interruption loses: again and again until one lives; or once,
 * and then on demand, where the time would do even if it were lost at its very end.
 */
function attempts(terms: Terms, life: SpotLife): readonly Outcome[] {
  const { work, time, spotUsd, onDemandUsd } = terms;
  const neededHours = life.startHours + work;
  const { lives, meanHours } = attemptAt(life, neededHours);
  const found: Outcome[] = [];
  if (lives > 0) {
    const lost = (1 - lives) / lives;
    const spotHours = meanHours / lives;
    found.push({
      costUsd: spotUsd * spotHours,
      hours: spotHours + lost * life.downHours,
      spotHours,
      onDemandHours: 0,
      preemptions: lost,
    });
  }
  if (onDemandUsd === null || time < 2 * neededHours) return found;
  const onDemandHours = (1 - lives) * neededHours;
  found.push({
    costUsd: spotUsd * meanHours + onDemandUsd * onDemandHours,
    hours: meanHours + onDemandHours,
    spotHours: meanHours,
    onDemandHours,
    preemptions: 1 - lives,
  });
  return found;
}
