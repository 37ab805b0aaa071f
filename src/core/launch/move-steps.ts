import type { NewEvent } from '../../spec/event.ts';
import { isUnderWay } from '../../spec/place-of-attempt.ts';
import type { Attempt, Move, Run } from '../../spec/run.ts';
import { close, type MoveAction, type Step, stopNodes, worst } from './attempt-steps.ts';
import { type LaunchView, lastAttempt, nodesOf } from './launch-view.ts';

/**
 * The steps of an allocation that is being hauled elsewhere: stop it, which lets it write its last
 * checkpoint; carry the checkpoint; place the next attempt there; let go of the source once that
 * one runs. At every moment one place alone may run it, and one has its checkpoint whole. Null
 * when the steps are those of any attempt, also while no move is under way.
 */
export function moveSteps(view: LaunchView, allocation: number): readonly Step[] | null {
  const move = openMove(view.run, allocation);
  if (move === undefined) return null;
  const last = lastAttempt(view.run, allocation);
  return move.state === 'asked' ? leave(view, move, last) : settle(view, move, last);
}

/** The move of an allocation that is under way: there is at most one. */
export function openMove({ moves }: Run, allocation: number): Move | undefined {
  return moves.find((move) => move.allocation === allocation && isUnderWay(move));
}

/** Ended before it ran at all, at a place that it was being moved to. */
export function wasTurnedAway(run: Run, attempt: Attempt): boolean {
  const move = run.moves.find((one) => one.move === attempt.move);
  return move !== undefined && move.state !== 'moved' && !hasRun(run, attempt);
}

function leave(view: LaunchView, move: Move, last: Attempt | undefined): readonly Step[] {
  // Nothing runs yet, and so nothing is to be carried.
  if (last === undefined) return [told({ type: 'move.copied', data: copied(move) })];
  const nodes = nodesOf(view.run, last);
  if (last.state !== 'ended') {
    if (!nodes.every(({ state }) => state === 'ended')) {
      return stopNodes(view, nodes, `it moves to ${move.line.place}`);
    }
    const outcome = worst(nodes);
    return [close(last, outcome === 'cancelled' ? 'moved' : outcome, nodes)];
  }
  if (last.outcome === 'succeeded') {
    return [told(moveEnded(move, { moved: false, reason: 'the task had succeeded before' }))];
  }
  return [acting({ kind: 'carry', move })];
}

/** The checkpoint is there. Null while the attempt there is placed and starts as any other. */
function settle(view: LaunchView, move: Move, last: Attempt | undefined): readonly Step[] | null {
  if (last === undefined || last.move !== move.move) return null;
  const hasStarted = nodesOf(view.run, last).every(({ startedAt }) => startedAt !== null);
  if (hasStarted) return [acting({ kind: 'arrive', move })];
  if (last.state === 'ended') return [acting({ kind: 'return', move })];
  return null;
}

/** The last word of a move. */
export function moveEnded(
  { move, allocation }: Move,
  how: { readonly moved: boolean; readonly reason: string },
): NewEvent {
  return { type: 'move.ended', data: { move, allocation, ...how } };
}

function copied({ move, allocation }: Move) {
  return { move, allocation, bytes: 0, chunks: 0 };
}

function hasRun(run: Run, attempt: Attempt): boolean {
  return nodesOf(run, attempt).some(({ startedAt }) => startedAt !== null);
}

function told(event: NewEvent): Step {
  return { intent: [event], act: [] };
}

function acting(action: MoveAction): Step {
  return { intent: [], act: [action] };
}
