/**
 * Problem: whether a run that has a deadline should now be on spot, on demand, or wait. Method: the
 * policy of optimize/spot/decide.ts, asked with what the run's own attempts have seen of its offer.
 * What it may choose from leaves on-demand enough time at every tick, whatever spot does.
 */
import { asMicros, showMicros } from '../../base/money.ts';
import {
  asEpochMs,
  type EpochMs,
  HOUR_MS,
  isoTime,
  MINUTE_MS,
  SECOND_MS,
} from '../../base/time.ts';
import type { Attempt } from '../../spec/run.ts';
import { type LaunchView, lastAttempt, nodesOf } from '../launch/launch-view.ts';
import { decideSpot, type SpotDecision, type SpotPlan } from '../optimize/spot/decide.ts';
import type { Holding, Moment } from '../optimize/spot/spot-job.ts';
import { spotHistory } from './spot-history.ts';
import { hereOf, type SpotWork, workLeftMs } from './spot-work.ts';

/** What an allocation should be on now, and why. */
export type SpotHold = {
  readonly allocation: number;
  readonly work: SpotWork;
  readonly on: Holding;
  readonly workLeftMs: number;
  /** One sentence, without a full stop. */
  readonly reason: string;
  /** When to ask again at the latest, from now. */
  readonly reviewMs: number;
};

/** What is known beside the run itself. */
export type SpotSight = {
  /** Whether its place offers the machine on spot now; null where it does not tell. */
  readonly isOffered: boolean | null;
  /** By the task's own word of its progress. */
  readonly hoursLeft: number | null;
};

/** Before a machine on demand, which would be paid twice, is left for spot that was just refused. */
const REFUSED_MS = HOUR_MS;

const REVIEW_MS_MAX = MINUTE_MS;
const REVIEW_MS_MIN = 5 * SECOND_MS;
/** Of what a tick on demand costs: less is no reason to change machines. */
const LEAST_SAVING = 0.1;

export function holdSpot(
  view: LaunchView,
  {
    allocation,
    work,
    plan,
  }: { readonly allocation: number; readonly work: SpotWork; readonly plan: SpotPlan },
  sight: SpotSight,
): SpotHold {
  const { job, tickMs, from } = work;
  const { past, absentAt } = spotHistory(view, allocation, work);
  const held = heldNow(view, allocation);
  const leftMs = workLeftMs(view, allocation, { job, hoursLeft: sight.hoursLeft });
  const absentMs = absentAt === null ? Infinity : view.now - absentAt;
  const moment: Moment = {
    tickMs,
    timeLeftMs: from + job.deadlineMs - view.now,
    workLeftMs: leftMs,
    held,
    changeoverLeftMs: changeoverLeft(view, allocation, job.changeoverMs),
    isAvailable: held === 'spot' || isThere(held, sight.isOffered, { absentMs, tickMs }),
  };
  const decision = decideSpot(plan, past, moment);
  const on = stays(decision, moment, job) ? held : decision.hold;
  const reason = reasonOf(on, {
    decision,
    moment,
    work,
    now: view.now,
    count: work.spotLine.count,
  });
  return { allocation, work, on, workLeftMs: leftMs, reason, reviewMs: reviewMs(job, moment) };
}

/** More often as the last moment for on-demand draws near, so that it is not slept through. */
function reviewMs({ changeoverMs }: SpotWork['job'], { timeLeftMs, workLeftMs: left }: Moment) {
  const spareMs = timeLeftMs - left - changeoverMs;
  return Math.min(REVIEW_MS_MAX, Math.max(REVIEW_MS_MIN, spareMs / 2));
}

/** A machine that is paid for and works is given up neither for nothing nor for next to nothing. */
function stays(
  { hold, expectedUsd }: SpotDecision,
  { held, tickMs }: Moment,
  { onDemandNanosPerHour }: SpotWork['job'],
): boolean {
  if (held === 'none' || hold === held) return false;
  if (hold === 'none') return true;
  if (hold === 'on-demand' || expectedUsd.spot === null) return false;
  const tickUsd = ((onDemandNanosPerHour / 1e9) * tickMs) / HOUR_MS;
  return (expectedUsd['on-demand'] ?? Infinity) - expectedUsd.spot < LEAST_SAVING * tickUsd;
}

function heldNow(view: LaunchView, allocation: number): Holding {
  const last = lastAttempt(view.run, allocation);
  if (last === undefined || last.state === 'ended') return 'none';
  return hereOf(view, allocation).spot ? 'spot' : 'on-demand';
}

/** Asking for it costs nothing where nothing is held; where something is, it must be offered. */
function isThere(
  held: Holding,
  isOffered: boolean | null,
  { absentMs, tickMs }: { readonly absentMs: number; readonly tickMs: number },
): boolean {
  if (held === 'none') return isOffered !== false && absentMs >= tickMs;
  return isOffered === true && absentMs >= REFUSED_MS;
}

function changeoverLeft(view: LaunchView, allocation: number, changeoverMs: number): number {
  const last: Attempt | undefined = lastAttempt(view.run, allocation);
  if (last === undefined || last.state === 'ended') return 0;
  const hasStarted = nodesOf(view.run, last).every(({ startedAt }) => startedAt !== null);
  return hasStarted ? 0 : Math.max(0, changeoverMs - (view.now - last.createdAt));
}

function reasonOf(
  on: Holding,
  at: {
    readonly decision: SpotDecision;
    readonly moment: Moment;
    readonly work: SpotWork;
    readonly now: EpochMs;
    readonly count: number;
  },
): string {
  const { decision, moment, work, now, count } = at;
  const { timeLeftMs, workLeftMs: left, tickMs } = moment;
  const spareMs = timeLeftMs - left - work.job.changeoverMs;
  if (on === 'none') {
    const until = timeOfDay(asEpochMs(now + spareMs));
    return `waits for spot until ${until} at the latest: on demand then still meets the deadline`;
  }
  const { none, spot, 'on-demand': onDemand } = decision.expectedUsd;
  if (on === 'on-demand') {
    if (spareMs < 0) return 'on demand ends soonest, and the deadline is near';
    if (spareMs < 2 * tickMs || (none === null && spot === null)) {
      return 'on demand from now on: any later, and the deadline might be missed';
    }
    return `on demand until spot is back: to wait for it ${moreWords(onDemand, none, count)}`;
  }
  if (moment.held === 'none') return 'spot is expected to cost least';
  return `spot is back: to stay on demand ${moreWords(spot, onDemand, count)}`;
}

function moreWords(chosen: number | null, other: number | null, count: number): string {
  if (chosen === null || other === null) return 'is too late';
  const micros = Math.round((other - chosen) * count * 1e6);
  if (micros < MICROS_TOLD) return 'saves nothing';
  return `is expected to cost ${showMicros(asMicros(micros))} more`;
}

/** A cent: nobody asks why for less. */
const MICROS_TOLD = 10_000;

/** To the minute, in UTC, which all who read it share. */
function timeOfDay(at: EpochMs): string {
  const [day, time] = isoTime(at).split('T') as [string, string];
  return `${day} ${time.slice(0, 5)} UTC`;
}
