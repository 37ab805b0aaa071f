import { HOUR_MS, MINUTE_MS } from '../../base/time.ts';
import type { NewEvent } from '../../spec/event.ts';
import type { PlanAllocation } from '../../spec/plan.ts';
import type { Step } from '../launch/attempt-steps.ts';
import { type LaunchView, lastAttempt } from '../launch/launch-view.ts';
import { openMove } from '../launch/move-steps.ts';
import { isWindingDown } from '../launch/next-steps.ts';
import { hireCost } from '../match/hire-cost.ts';
import type { SpotHold } from './hold-spot.ts';
import { hereOf } from './spot-work.ts';

/** A place that has just turned it away is not asked again at once. */
const TURNED_AWAY_MS = MINUTE_MS;

/**
 * The steps as they are where an allocation is what it should be on; else a wait in place of an
 * attempt, or a move between spot and on-demand, which is one like any other.
 */
export function spotSteps(
  view: LaunchView,
  steps: readonly Step[],
  holds: readonly SpotHold[],
): readonly Step[] {
  if (view.run.state === 'ended' || isWindingDown(view)) return steps;
  return holds.reduce((rest, hold) => stepsFor(view, rest, hold), steps);
}

function stepsFor(view: LaunchView, steps: readonly Step[], hold: SpotHold): readonly Step[] {
  const { allocation, on } = hold;
  if (openMove(view.run, allocation) !== undefined) return steps;
  const last = lastAttempt(view.run, allocation);
  const isLive = last !== undefined && last.state !== 'ended';
  const others = steps.filter((step) => !isPlacing(step, allocation));
  const isDue = others.length < steps.length || (last?.state === 'ended' && mayGoOn(last.outcome));
  if (!isLive && !isDue) return steps;
  if (on === 'none') return isLive ? steps : [...others, ...waiting(view, hold)];
  const isSpot = hereOf(view, allocation).spot;
  if (isSpot === (on === 'spot') || wasJustTurnedAway(view, allocation)) return steps;
  return [...others, { intent: [moveTo(view, hold)], act: [] }];
}

function isPlacing({ intent }: Step, allocation: number): boolean {
  return intent.some(
    ({ type, data }) => type === 'attempt.created' && data.allocation === allocation,
  );
}

function mayGoOn(outcome: string | null): boolean {
  return outcome === 'infra-lost' || outcome === 'moved';
}

/** Told once for each reason; a run whose other tasks go on does not wait. */
function waiting({ run }: LaunchView, { reason }: SpotHold): readonly Step[] {
  const goesOn = run.attempts.some(({ state }) => state !== 'ended');
  if (goesOn || run.reason === reason) return [];
  return [{ intent: [{ type: 'run.queued', data: { reason } }], act: [] }];
}

function wasJustTurnedAway({ run, now }: LaunchView, allocation: number): boolean {
  const last = run.moves.findLast((move) => move.allocation === allocation);
  return last?.state === 'abandoned' && now - (last.endedAt ?? now) < TURNED_AWAY_MS;
}

function moveTo({ run }: LaunchView, hold: SpotHold): NewEvent {
  const { allocation, on, reason } = hold;
  const move = (run.moves.at(-1)?.move ?? 0) + 1;
  const line = on === 'spot' ? hold.work.spotLine : onDemandLine(hold);
  return { type: 'move.requested', data: { move, allocation, line, reason } };
}

/** The same machine without the risk, for what is left. */
function onDemandLine({ work, workLeftMs }: SpotHold): PlanAllocation {
  const { spotRun: _, ...line } = work.spotLine;
  const { onDemand } = work;
  const hours = workLeftMs / HOUR_MS;
  return {
    ...line,
    ...onDemand,
    zone: onDemand.place === line.place ? line.zone : null,
    spot: false,
    hours,
    costMicros: hireCost(onDemand, { machines: line.count, hours }),
  };
}
