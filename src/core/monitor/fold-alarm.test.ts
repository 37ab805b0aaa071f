import assert from 'node:assert/strict';
import { it } from 'node:test';
import { asEpochMs } from '../../base/time.ts';
import type { NewEvent, RunEvent } from '../../spec/event.ts';
import type { Run } from '../../spec/run.ts';
import { foldEvents } from './fold-run.ts';

const ID = { allocation: 0, attempt: 1, rank: 0 };
const price = { nanosPerHour: 0 as never, billingIncrementS: 1, billingMinimumS: 0 };
const begun: NewEvent[] = [
  { type: 'run.created', data: { name: 'x' } },
  { type: 'attempt.created', data: { allocation: 0, attempt: 1, place: 'local', move: 0 } },
  { type: 'node.starting', data: { ...ID, token: 't' } },
  { type: 'node.running', data: { ...ID, token: 't', ...price, startedAt: asEpochMs(1) } },
];
const memory = { ...ID, kind: 'memory' as const };
const late = { kind: 'deadline' as const, allocation: 0, attempt: null, rank: null };
const raised: NewEvent[] = [
  { type: 'alarm.raised', data: { ...memory, reason: '91 %' } },
  { type: 'alarm.raised', data: { ...late, reason: 'late' } },
];
const nodeEnded: NewEvent = {
  type: 'node.ended',
  data: { ...ID, outcome: 'succeeded', exitCode: 0, reason: 'done', endedAt: asEpochMs(9) },
};

function fold(...events: readonly NewEvent[]): Run {
  const log = events.map((event, index): RunEvent => {
    const place = {
      tenantId: 'default',
      runId: 'run_1',
      seq: index + 1,
      schemaVersion: 1 as const,
    };
    return { ...event, ...place, at: asEpochMs(index), actor: 'engine' };
  });
  return foldEvents(log)!;
}

const kinds = ({ alarms }: Run) => alarms.map(({ kind }) => kind);

it('a run has the alarms that were raised and not cleared, as they were told first', () => {
  const again: NewEvent = { type: 'alarm.raised', data: { ...memory, reason: '99 %' } };
  const run = fold(...begun, ...raised, again);
  assert.deepEqual(kinds(run), ['memory', 'deadline']);
  const [first] = run.alarms;
  assert.deepEqual([first!.reason, first!.raisedAt], ['91 %', 4]);
  const cleared: NewEvent = { type: 'alarm.cleared', data: { ...memory, reason: '70 %' } };
  assert.deepEqual(kinds(fold(...begun, ...raised, cleared)), ['deadline']);
});

it('the alarms of a node end with it, and those of a run with the run', () => {
  assert.deepEqual(kinds(fold(...begun, ...raised, nodeEnded)), ['deadline']);
  const runEnded: NewEvent = {
    type: 'run.ended',
    data: { outcome: 'succeeded', exitCode: 0, reason: 'done' },
  };
  assert.deepEqual(kinds(fold(...begun, ...raised, nodeEnded, runEnded)), []);
  assert.deepEqual(kinds(fold(...begun, nodeEnded, runEnded, ...raised)), []);
});

it('a run that was asked to stop keeps the first reason that it was told', () => {
  const stop = (reason?: string): NewEvent => ({
    type: 'run.stop-requested',
    data: reason === undefined ? {} : { reason },
  });
  assert.equal(fold(...begun, stop('budget')).stopReason, 'budget');
  assert.equal(fold(...begun, stop(), stop('budget')).stopReason, null);
  assert.equal(fold(...begun, stop('budget'), stop()).stopReason, 'budget');
});
