import type { EpochMs } from '../../base/time.ts';
import type { RunEvent } from '../../spec/event.ts';
import { isUnderWay } from '../../spec/place-of-attempt.ts';
import type { Move, Run } from '../../spec/run.ts';
import { illegal } from './illegal-event.ts';

type MoveEvent = Extract<RunEvent, { readonly type: `move.${string}` }>;

/** A run after an event of one of its moves; of one allocation only one is under way. */
export function foldMove(run: Run, event: MoveEvent): Run {
  if (event.type === 'move.requested') return requested(run, event);
  const known = run.moves.find(({ move }) => move === event.data.move);
  if (known === undefined) throw illegal(event, 'nobody has asked for this move');
  if (!isUnderWay(known)) return run;
  return withMove(run, { ...known, ...changeOf(event) });
}

/** What a run that has ended leaves undone. */
export function abandonMoves(run: Run, endedAt: EpochMs): Run {
  const reason = 'the run ended first';
  const left = run.moves.filter(isUnderWay);
  return left.reduce((rest, move) => {
    return withMove(rest, { ...move, state: 'abandoned', reason, endedAt });
  }, run);
}

function requested(run: Run, event: Extract<MoveEvent, { type: 'move.requested' }>): Run {
  const { move, allocation, line, reason } = event.data;
  if (run.moves.some((known) => known.move === move)) return run;
  if (run.state === 'ended' || run.stopRequested) throw illegal(event, `the run is ${run.state}`);
  if (run.moves.some((known) => known.allocation === allocation && isUnderWay(known))) {
    throw illegal(event, 'another move of it is under way');
  }
  const asked: Move = {
    move,
    allocation,
    state: 'asked',
    line,
    reason,
    bytes: null,
    requestedAt: event.at,
    delayedAt: null,
    endedAt: null,
  };
  return { ...run, moves: [...run.moves, asked] };
}

function changeOf(event: Exclude<MoveEvent, { type: 'move.requested' }>): Partial<Move> {
  switch (event.type) {
    case 'move.delayed':
      return { reason: event.data.reason, delayedAt: event.at };
    case 'move.copied':
      return { state: 'copied', bytes: event.data.bytes, delayedAt: null };
    case 'move.ended': {
      const { moved, reason } = event.data;
      return { state: moved ? 'moved' : 'abandoned', reason, endedAt: event.at };
    }
  }
}

function withMove(run: Run, changed: Move): Run {
  const moves = run.moves.map((move) => (move.move === changed.move ? changed : move));
  return { ...run, moves };
}
