import type { Rate } from '../../../base/money.ts';

/** Work that one machine does, that can be interrupted, and that must be done by a deadline. */
export type SpotJob = {
  /** Milliseconds on a machine without interruption; spot and on-demand are equally fast. */
  readonly workMs: number;
  /** Milliseconds from the first tick. */
  readonly deadlineMs: number;
  /** What each start and each switch takes: billed, without progress, carried over ticks. */
  readonly changeoverMs: number;
  readonly onDemandNanosPerHour: Rate;
  readonly spotNanosPerHour: Rate;
};

export type Holding = 'none' | 'spot' | 'on-demand';

/** How a job stands at the start of a tick. Spot that has gone is no longer held. */
export type Moment = {
  readonly tickMs: number;
  /** Until the deadline; may be negative. */
  readonly timeLeftMs: number;
  readonly workLeftMs: number;
  readonly held: Holding;
  /** Of the machine that is held: what is left of its changeover. */
  readonly changeoverLeftMs: number;
  /** Whether spot can be had, or goes on, in this tick. */
  readonly isAvailable: boolean;
};

/** Decides anew at the start of each tick, having seen its availability and nothing later. */
export type Decide = (moment: Moment) => Holding;

/** What a job's changeovers take, whatever the prices. */
type Changeovers = Pick<SpotJob, 'changeoverMs'>;

export type SpotPolicy = {
  readonly name: string;
  /**
   * A fresh decider for one run of a job. `past` is the availability of the ticks before it, oldest
   * first, as far as it is known.
   */
  readonly begin: (job: SpotJob, tickMs: number, past: Uint8Array) => Decide;
};

/** What is left of the changeover once this is held from now on. */
export function changeoverInto(job: Changeovers, moment: Moment, next: Holding): number {
  if (next === 'none') return 0;
  return next === moment.held ? moment.changeoverLeftMs : job.changeoverMs;
}

/**
 * Whether on-demand can still meet the deadline from the next tick on when this is held in this
 * one: time left ≥ work left + changeover. On-demand itself is always safe where anything is.
 */
export function isSafe(
  job: Changeovers,
  moment: Moment,
  next: Exclude<Holding, 'on-demand'>,
): boolean {
  const { tickMs, timeLeftMs, workLeftMs } = moment;
  if (next === 'spot' && !moment.isAvailable) return false;
  const changeoverMs = changeoverInto(job, moment, next);
  const ready = changeoverMs + workLeftMs;
  if (next === 'spot' && ready <= Math.min(tickMs, timeLeftMs)) return true;
  const workedMs = next === 'none' ? 0 : Math.max(0, tickMs - changeoverMs);
  return timeLeftMs - tickMs >= workLeftMs - workedMs + job.changeoverMs;
}

/** Whether on-demand from now on, or what is held of it, still meets the deadline. */
export function canStillMeet(job: Changeovers, moment: Moment): boolean {
  const { timeLeftMs, workLeftMs } = moment;
  return timeLeftMs >= workLeftMs + changeoverInto(job, moment, 'on-demand');
}

/**
 * When on-demand cannot meet the deadline any more: spot that runs, which needs no changeover, may
 * still do so if it lasts; otherwise on-demand ends soonest.
 */
export function hurry(moment: Moment): Holding {
  return moment.held === 'spot' && moment.isAvailable ? 'spot' : 'on-demand';
}
