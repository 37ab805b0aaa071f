import { type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/time.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { PlanAllocation } from '../../spec/plan.ts';
import type { Attempt } from '../../spec/run.ts';
import type { SpotRun } from '../../spec/spot-run.ts';
import { STOP_GRACE_MS } from '../launch/attempt-steps.ts';
import {
  allocationOf,
  attemptsOf,
  type LaunchView,
  nodesOf,
  taskOf,
} from '../launch/launch-view.ts';
import type { SpotJob } from '../optimize/spot/spot-job.ts';
import { START_MS_ASSUMED, spotTermsOf } from '../optimize/spot/spot-terms.ts';

/** Work that may change between spot and on-demand, and must be done by a deadline. */
export type SpotWork = {
  readonly job: SpotJob;
  /** As long as a decision holds. */
  readonly tickMs: number;
  /** From when the deadline counts. */
  readonly from: EpochMs;
  readonly spotLine: PlanAllocation;
  readonly onDemand: NonNullable<SpotRun['onDemand']>;
};

/** As the traces of availability are taken that the policy was fitted on. */
const TICK_MS = 10 * MINUTE_MS;
/** Of a table of decisions: a longer time has longer ticks, so that it is made in a moment. */
const TICKS_MAX = 600;
/** From the moment at which something is decided to the one at which it is carried out. */
const LATE_MS = 110 * SECOND_MS;

/**
 * Null where nothing is to be decided: no deadline, no spot, on-demand not wanted, or somebody has
 * hauled it elsewhere.
 */
export function spotWorkOf(view: LaunchView, allocation: number): SpotWork | null {
  const line = allocationOf(view.plan, allocation);
  const onDemand = line.spotRun?.onDemand ?? null;
  if (!line.spot || line.spotRun === undefined || onDemand === null) return null;
  const { deadlineMs } = taskOf(view, allocation).goal;
  const here = hereOf(view, allocation).offerId;
  const from = beginOf(view, allocation);
  if (deadlineMs === null || from === null) return null;
  if (here !== line.offerId && here !== onDemand.offerId) return null;
  const job = {
    workMs: line.spotRun.workHours * HOUR_MS,
    deadlineMs,
    changeoverMs: changeoverMs(view, allocation),
    onDemandNanosPerHour: onDemand.nanosPerHour,
    spotNanosPerHour: line.nanosPerHour,
  };
  const tickMs = TICK_MS * Math.max(1, Math.ceil(deadlineMs / TICK_MS / TICKS_MAX));
  return { job, tickMs, from, spotLine: line, onDemand };
}

/** As assumed, or by whole minutes as much longer as its longest start has been. */
function changeoverMs(view: LaunchView, allocation: number): number {
  const slowMs = Math.max(0, longestStartMs(view, allocation) - START_MS_ASSUMED);
  const slowMinutes = Math.ceil(slowMs / MINUTE_MS);
  const assumedMs = spotTermsOf(taskOf(view, allocation), 1).changeoverMs;
  return assumedMs + slowMinutes * MINUTE_MS + STOP_GRACE_MS + LATE_MS;
}

/** Where it is, or goes with its next attempt. */
export function hereOf({ run, plan }: LaunchView, allocation: number): PlanAllocation {
  const last = attemptsOf(run, allocation).at(-1);
  const attempt = last === undefined ? 1 : last.attempt + (last.state === 'ended' ? 1 : 0);
  return lineOf(run, plan, { allocation, attempt });
}

/**
 * Milliseconds of work left, by what is surely kept: of spot what its checkpoints have saved by
 * their interval; of on-demand, and where a task was stopped and so has saved, all that it ran. The
 * task's own word of its progress counts where there is one, less what is not saved of it.
 */
export function workLeftMs(
  view: LaunchView,
  allocation: number,
  { job, hoursLeft }: { readonly job: SpotJob; readonly hoursLeft: number | null },
): number {
  const kept = attemptsOf(view.run, allocation).map((attempt) => keptMs(view, attempt));
  const counted = job.workMs - kept.reduce((sum, ms) => sum + ms, 0);
  const everyMs = intervalMs(view, allocation);
  if (hoursLeft === null || everyMs === null) return Math.max(0, counted);
  return hoursLeft * HOUR_MS + everyMs;
}

function keptMs(view: LaunchView, attempt: Attempt): number {
  const { allocation, state, outcome } = attempt;
  const ranMs = Math.max(0, ranFor(view, attempt) - restoreMs(view, allocation));
  const isOnDemand = !lineOf(view.run, view.plan, attempt).spot;
  const everyMs = intervalMs(view, allocation);
  // It begins anew with each attempt, and may be left to run on one that nobody takes away.
  if (everyMs === null) return isOnDemand && state !== 'ended' ? ranMs : 0;
  const isSaved = everyMs === 0 || outcome === 'moved' || (isOnDemand && state !== 'ended');
  if (isSaved) return ranMs;
  const strideMs = everyMs + (spotTermsOf(taskOf(view, allocation), 1).checkpoints?.costMs ?? 0);
  return Math.floor(ranMs / strideMs) * everyMs;
}

/** 0 where every unit of work is kept, null where nothing is. */
function intervalMs(view: LaunchView, allocation: number): number | null {
  const { checkpoints } = spotTermsOf(taskOf(view, allocation), 1);
  if (checkpoints === null) return null;
  const everyS = allocationOf(view.plan, allocation).spotRun?.checkpointEveryS ?? null;
  return everyS === null ? (checkpoints.everyMs ?? 0) : everyS * SECOND_MS;
}

/** What reads its checkpoint again; the machine itself has booted before the task starts. */
function restoreMs(view: LaunchView, allocation: number): number {
  return spotTermsOf(taskOf(view, allocation), 1).changeoverMs - START_MS_ASSUMED;
}

function ranFor(view: LaunchView, attempt: Attempt): number {
  const first = nodesOf(view.run, attempt)[0];
  if (first === undefined || first.startedAt === null) return 0;
  return (first.endedAt ?? view.now) - first.startedAt;
}

/** A task begins when all that it needs have ended; null before. */
function beginOf({ run, plan, file }: LaunchView, allocation: number): EpochMs | null {
  const needs = file.needs[allocationOf(plan, allocation).task] ?? [];
  let begin: EpochMs = run.createdAt;
  for (const [index, line] of plan.allocations.entries()) {
    if (!needs.includes(line.task)) continue;
    const last = attemptsOf(run, index).at(-1);
    if (last?.outcome !== 'succeeded' || last.endedAt === null) return null;
    if (last.endedAt > begin) begin = last.endedAt;
  }
  return begin;
}

function longestStartMs(view: LaunchView, allocation: number): number {
  const starts = attemptsOf(view.run, allocation).map((attempt) => {
    const startedAt = nodesOf(view.run, attempt)[0]?.startedAt ?? null;
    return startedAt === null ? 0 : startedAt - attempt.createdAt;
  });
  return Math.max(0, ...starts);
}
