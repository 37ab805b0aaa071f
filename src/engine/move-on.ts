import { KedgeError } from '../base/errors.ts';
import { MINUTE_MS } from '../base/time.ts';
import type { MoveAction } from '../core/launch/attempt-steps.ts';
import { type LaunchView, lastAttempt, nodeRef, taskOf } from '../core/launch/launch-view.ts';
import { moveEnded } from '../core/launch/move-steps.ts';
import type { NodeRef } from '../ports/driver.ts';
import type { Claim } from '../ports/store.ts';
import type { NewEvent } from '../spec/event.ts';
import { lineOf } from '../spec/place-of-attempt.ts';
import type { Attempt, Move } from '../spec/run.ts';
import type { RunParts } from './advance-run.ts';
import { carryCheckpoint } from './carry-files.ts';
import { driverOf } from './driver-of.ts';

/** A checkpoint that cannot be carried for so long stays: the task goes on where it was. */
export const MOVE_DELAY_MS_MAX = 10 * MINUTE_MS;

type Moving = { readonly claim: Claim; readonly view: LaunchView };

/** Carries out one step of a move, and tells what came of it. */
export async function moveOn(
  parts: RunParts,
  moving: Moving,
  { kind, move }: MoveAction,
): Promise<readonly NewEvent[]> {
  const { view } = moving;
  const { place, provider } = move.line;
  switch (kind) {
    case 'carry':
      return carry(parts, moving, move);
    case 'arrive': {
      const from = sourceOf(view, move);
      const left = from === null ? '' : await drop(parts, view, { move, provider: from.provider });
      const wasParked = from?.offerId === move.line.offerId;
      const told = wasParked ? 'it was parked, and goes on' : `${move.reason}${left}`;
      return [moveEnded(move, { moved: true, reason: told })];
    }
    case 'return': {
      const left = await drop(parts, view, { move, provider });
      const reason = `${place} turned it away: ${turnedAwayBy(view, move)}${left}`;
      return [moveEnded(move, { moved: false, reason })];
    }
  }
}

/**
 * Copies the checkpoint of every node to where the next attempt will look for it. Where that fails
 * for good, or for too long, the move is abandoned and the task goes on where it was.
 */
async function carry(parts: RunParts, moving: Moving, move: Move): Promise<readonly NewEvent[]> {
  const { allocation } = move;
  try {
    const carried = await carryAll(parts, moving.view, move);
    return [{ type: 'move.copied', data: { move: move.move, allocation, ...carried } }];
  } catch (error) {
    if (!(error instanceof KedgeError)) throw error;
    if (error.retry !== 'later') return [moveEnded(move, abandoned(error))];
    const now = await parts.store.now();
    if (move.delayedAt !== null && now - move.delayedAt > MOVE_DELAY_MS_MAX) {
      return [moveEnded(move, abandoned(error))];
    }
    const reason = `${move.reason} (delayed: ${error.message})`;
    await tellDelay(parts, moving, { move, reason });
    throw error;
  }
}

async function carryAll(parts: RunParts, view: LaunchView, move: Move) {
  const source = sourceOf(view, move);
  const total = { bytes: 0, chunks: 0 };
  const isCarried = taskOf(view, move.allocation).checkpoint !== null;
  // At one place the folder is the same: what is there is there.
  if (!isCarried || source === null || source.provider === move.line.provider) return total;
  const from = driverOf(parts.drivers, source.provider);
  const to = driverOf(parts.drivers, move.line.provider);
  for (const ref of refsOf(view, move)) {
    const transferId = `${ref.runId}-${ref.allocation}-${ref.rank}-${move.move}`;
    const one = await carryCheckpoint({ from, fromRef: ref, to, toRef: ref, transferId });
    total.bytes += one.bytes;
    total.chunks += one.chunks;
  }
  return total;
}

/** Told once for each reason, and the first time tells since when. */
async function tellDelay(
  parts: RunParts,
  { claim }: Moving,
  { move, reason }: { readonly move: Move; readonly reason: string },
): Promise<void> {
  if (move.delayedAt !== null) return;
  const data = { move: move.move, allocation: move.allocation, reason };
  await parts.store.writeOutcome(claim, [{ type: 'move.delayed', data }]);
}

function abandoned({ message, code }: KedgeError) {
  return { moved: false, reason: `its checkpoint could not be carried: ${message} (${code})` };
}

/**
 * Removes the checkpoints at the place that is not needed any more, unless the other end of the
 * move is the same place. One that cannot be reached keeps them, which costs disk and no work.
 */
async function drop(
  parts: RunParts,
  view: LaunchView,
  { move, provider }: { readonly move: Move; readonly provider: string },
): Promise<string> {
  const source = sourceOf(view, move);
  if (source === null || source.provider === move.line.provider) return '';
  try {
    const { files } = driverOf(parts.drivers, provider);
    for (const ref of refsOf(view, move)) await files.dropCheckpoint(ref);
    return '';
  } catch (error) {
    if (!(error instanceof KedgeError)) throw error;
    return `; its checkpoint is left at ${provider}: ${error.message}`;
  }
}

/** One for each rank; of a checkpoint folder the attempt says nothing. */
function refsOf({ run }: LaunchView, { allocation, line }: Move): readonly NodeRef[] {
  return Array.from({ length: line.count }, (_, rank) =>
    nodeRef(run, { allocation, attempt: 1, rank }),
  );
}

/** Where it was before the move; null when it had not been anywhere. */
function sourceOf({ run, plan }: LaunchView, move: Move) {
  const before = run.attempts.findLast((attempt: Attempt) => {
    return attempt.allocation === move.allocation && attempt.move !== move.move;
  });
  return before === undefined ? null : lineOf(run, plan, before);
}

function turnedAwayBy({ run }: LaunchView, { allocation }: Move): string {
  const there = lastAttempt(run, allocation);
  const node = run.nodes.find((one) => {
    return one.allocation === allocation && one.attempt === there?.attempt && one.reason !== null;
  });
  return node?.reason ?? 'it did not start there';
}
