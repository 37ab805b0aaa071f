import { asEpochMs, type EpochMs, HOUR_MS, SECOND_MS } from '../../base/time.ts';
import type { Interval } from '../../spec/demand.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Move, Run } from '../../spec/run.ts';
import type { Checkpoint } from '../../spec/task.ts';
import { STOP_GRACE_MS } from '../launch/attempt-steps.ts';
import { COPY_BYTES_PER_MS, START_MS_ASSUMED } from '../optimize/spot/spot-terms.ts';
import type { Changeover } from './propose-move.ts';

/** The plan is used up, and the task goes on: nobody knows for how long, but not for nothing. */
const HOURS_LEFT_MIN = 0.05;

/** Hours that an allocation still has to run by its plan, from what it has run in all attempts. */
export function plannedHoursLeft(
  run: Run,
  plan: Plan,
  { allocation, now }: { readonly allocation: number; readonly now: EpochMs },
): Interval | null {
  const { hours } = plan.allocations[allocation]!;
  if (hours === null) return null;
  const left = Math.max(HOURS_LEFT_MIN, hours - ranMs(run, { allocation, now }) / HOUR_MS);
  return { low: left, mid: left, high: left };
}

/**
 * What a change of place takes: a stop with its grace, the copy of the checkpoint, a start as
 * long as this run's own starts were.
 */
export function changeoverOf(
  run: Run,
  {
    allocation,
    checkpoint,
  }: { readonly allocation: number; readonly checkpoint: Checkpoint | null },
): Changeover {
  const copyMs = (checkpoint?.sizeBytes ?? 0) / COPY_BYTES_PER_MS;
  return { hours: (STOP_GRACE_MS + copyMs + startMs(run, allocation)) / HOUR_MS };
}

/**
 * The earliest moment for the next move of an allocation: the last one must have paid for itself
 * first, so that two places whose prices cross never take turns. Null when it may move at once.
 */
export function movesAgainAt(
  { moves }: Pick<Run, 'moves'>,
  allocation: number,
  paybackMs: (move: Move) => number,
): EpochMs | null {
  const last = moves.findLast((move) => move.allocation === allocation);
  if (last === undefined || last.endedAt === null) return null;
  return asEpochMs(last.endedAt + paybackMs(last));
}

/** Where a move leads, and where the attempt before it was. */
export function placesOf(run: Run, plan: Plan, move: Move) {
  const before = run.attempts.findLast((one) => {
    return one.allocation === move.allocation && one.move < move.move;
  });
  const from =
    before === undefined ? plan.allocations[move.allocation]! : lineOf(run, plan, before);
  return { from, to: move.line };
}

function ranMs(
  run: Run,
  { allocation, now }: { readonly allocation: number; readonly now: EpochMs },
): number {
  const first = run.nodes.filter((node) => node.allocation === allocation && node.rank === 0);
  return first
    .filter(({ startedAt }) => startedAt !== null)
    .reduce((sum, node) => sum + Math.max(0, (node.endedAt ?? now) - node.startedAt!), 0);
}

/** The median of its attempts' ways from the intent to the first of its nodes. */
function startMs(run: Run, allocation: number): number {
  const starts = run.attempts
    .filter((attempt) => attempt.allocation === allocation)
    .flatMap((attempt) => {
      const node = run.nodes.find((one) => {
        return one.allocation === allocation && one.attempt === attempt.attempt && one.rank === 0;
      });
      if (node === undefined || node.startedAt === null) return [];
      return [Math.max(SECOND_MS, node.startedAt - attempt.createdAt)];
    })
    .toSorted((a, b) => a - b);
  return starts[Math.floor((starts.length - 1) / 2)] ?? START_MS_ASSUMED;
}
