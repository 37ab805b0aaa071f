import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs } from '../../base/time.ts';
import { buildAllocation, buildPlan } from '../../spec/build-for-tests.ts';
import type { NewEvent, RunEvent } from '../../spec/event.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { Run } from '../../spec/run.ts';
import { foldEvents } from './fold-run.ts';

const line = buildAllocation({ place: 'b', provider: 'b' });
const created: NewEvent = { type: 'run.created', data: { name: 'x' } };
const requested = (move: number, allocation = 0): NewEvent => {
  return { type: 'move.requested', data: { move, allocation, line, reason: 'wished' } };
};
const copied: NewEvent = {
  type: 'move.copied',
  data: { move: 1, allocation: 0, bytes: 9, chunks: 1 },
};
const ended = (moved: boolean): NewEvent => {
  return { type: 'move.ended', data: { move: 1, allocation: 0, moved, reason: 'told' } };
};

function fold(...events: readonly NewEvent[]): Run {
  const at = asEpochMs(1_800_000_000_000);
  const key = { tenantId: 'default', runId: 'run_1', actor: 'engine' };
  const log = events.map((event, index) => {
    return {
      ...key,
      ...event,
      seq: index + 1,
      schemaVersion: 1,
      at: asEpochMs(at + index),
    } as RunEvent;
  });
  return foldEvents(log)!;
}

describe('a move in the log of its run', () => {
  it('is asked for, copied, and ended; what is told twice changes nothing', () => {
    assert.equal(fold(created, requested(1)).moves[0]?.state, 'asked');
    assert.equal(fold(created, requested(1), copied).moves[0]?.bytes, 9);
    const done = fold(created, requested(1), copied, ended(true));
    assert.equal(done.moves[0]?.state, 'moved');
    assert.deepEqual(
      fold(created, requested(1), requested(1), copied, ended(true)).moves[0]?.state,
      'moved',
    );
    assert.equal(fold(created, requested(1), ended(false), copied).moves[0]?.state, 'abandoned');
  });

  it('of one allocation is the only one under way', () => {
    assert.throws(() => fold(created, requested(1), requested(2)), {
      code: 'state.illegal-transition',
    });
    assert.equal(fold(created, requested(1), requested(2, 1)).moves.length, 2);
    assert.equal(fold(created, requested(1), ended(false), requested(2)).moves.length, 2);
  });

  it('is not asked of a run that ends, and is abandoned when its run ends first', () => {
    const stop: NewEvent = { type: 'run.stop-requested', data: {} };
    assert.throws(() => fold(created, stop, requested(1)), { code: 'state.illegal-transition' });
    const over: NewEvent = {
      type: 'run.ended',
      data: { outcome: 'cancelled', exitCode: null, reason: 'stopped' },
    };
    const run = fold(created, requested(1), stop, over);
    assert.deepEqual([run.moves[0]?.state, run.moves[0]?.endedAt !== null], ['abandoned', true]);
  });

  it('chooses the place of the attempts after it, and of no attempt before', () => {
    const plan = buildPlan([{ place: 'a' }]);
    const attempt = (number: number, move: number): NewEvent => {
      return { type: 'attempt.created', data: { allocation: 0, attempt: number, place: '', move } };
    };
    const over: NewEvent = {
      type: 'attempt.ended',
      data: { allocation: 0, attempt: 1, outcome: 'moved', reason: 'moves' },
    };
    const before = [created, attempt(1, 0), requested(1), over];
    const placeOf = (run: Run, number: number) =>
      lineOf(run, plan, { allocation: 0, attempt: number }).place;
    assert.equal(placeOf(fold(...before), 2), 'a');
    assert.equal(placeOf(fold(...before, copied), 2), 'b');
    assert.equal(placeOf(fold(...before, copied), 1), 'a');
    const turnedAway = fold(...before, copied, attempt(2, 1), ended(false));
    assert.equal(placeOf(turnedAway, 2), 'b');
    assert.equal(placeOf(turnedAway, 3), 'a');
  });
});
