import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { microsFromUsd } from '../../base/money.ts';
import { asEpochMs, HOUR_MS, MINUTE_MS } from '../../base/time.ts';
import type { Alarm, AlarmKind } from '../../spec/alarm.ts';
import type { NewEvent } from '../../spec/event.ts';
import type { Sample } from '../../spec/sample.ts';
import { alarmEvents, judgeNode, judgeTask, type TaskFacts, type Verdict } from './alarms.ts';
import { buildSeries } from './build-for-tests.ts';

const GIB = 2 ** 30;

/** A node on four cores and 8 GiB that is sampled every ten seconds for so many minutes. */
function judged(
  minutes: number,
  sampleAt: (second: number) => Partial<Sample>,
  { gpusHired = 0 } = {},
): ReadonlyMap<AlarmKind, Verdict> {
  const samples = Array.from({ length: minutes * 6 + 1 }, (_, index) => ({
    at: asEpochMs(index * 10_000),
    memoryLimitBytes: 8 * GIB,
    cpuLimitCores: 4,
    memoryBytes: 4 * GIB,
    ...sampleAt(index * 10),
  }));
  const facts = { series: buildSeries(samples), now: asEpochMs(minutes * MINUTE_MS), gpusHired };
  return new Map(judgeNode(facts).map((verdict) => [verdict.kind, verdict]));
}

const is = (found: ReadonlyMap<AlarmKind, Verdict>, kind: AlarmKind) => found.get(kind)?.is;
const busy = (second: number) => ({ cpuMs: second * 2000 });

describe('what is wrong with a node', () => {
  it('that neither writes nor computes for five minutes has stalled', () => {
    const stalled = judged(8, (second) => ({ cpuMs: Math.min(second, 170) * 1000 }));
    assert.deepEqual(
      [is(stalled, 'stall'), stalled.get('stall')!.reason],
      ['on', 'no output and no CPU for 5m 10s'],
    );
    assert.equal(
      is(
        judged(4, () => ({})),
        'stall',
      ),
      'off',
    );
  });

  it('that writes, computes or uses its device has not', () => {
    assert.equal(
      is(
        judged(8, (second) => ({ logBytes: Math.floor(second / 60) })),
        'stall',
      ),
      'off',
    );
    assert.equal(
      is(
        judged(8, (second) => ({ cpuMs: second * 11 })),
        'stall',
      ),
      'off',
    );
    const gpus = [{ index: 0, utilization: 0.9, memoryBytes: null }];
    assert.equal(
      is(
        judged(8, () => ({ gpus })),
        'stall',
      ),
      'off',
    );
  });

  it('is memory near its limit, from nine tenths on until it falls below eight', () => {
    const at = (share: number) =>
      is(
        judged(1, () => ({ memoryBytes: share * 8 * GIB })),
        'memory',
      );
    assert.deepEqual([0.89, 0.9, 0.81, 0.79].map(at), ['between', 'on', 'between', 'off']);
    assert.equal(
      is(
        judged(1, () => ({ memoryLimitBytes: null })),
        'memory',
      ),
      undefined,
    );
  });

  it('is a machine that is far too large, after five minutes and not before', () => {
    const small = (second: number) => ({ cpuMs: second * 1000, memoryBytes: GIB });
    const found = judged(6, small);
    assert.equal(is(found, 'over-provisioned'), 'on');
    assert.match(found.get('over-provisioned')!.reason, /25 % of its cores and 13 % of its memory/);
    assert.equal(is(judged(4, small), 'over-provisioned'), undefined);
  });

  it('is none where its cores, its memory, or a moment of either are used', () => {
    assert.equal(is(judged(6, busy), 'over-provisioned'), 'off');
    const peak = (second: number) => ({ memoryBytes: second === 100 ? 7 * GIB : 0 });
    assert.equal(is(judged(6, peak), 'over-provisioned'), 'off');
    assert.equal(
      is(
        judged(6, () => ({ cpuLimitCores: null })),
        'over-provisioned',
      ),
      undefined,
    );
  });

  it('is a device that is paid for and idle, whatever its cores do', () => {
    const at = (utilization: number) =>
      judged(
        6,
        (second) => ({ ...busy(second), gpus: [{ index: 0, utilization, memoryBytes: 0 }] }),
        {
          gpusHired: 1,
        },
      );
    assert.deepEqual(
      [0.05, 0.12, 0.5].map((use) => is(at(use), 'over-provisioned')),
      ['on', 'between', 'off'],
    );
  });
});

describe('what is wrong with a task', () => {
  const facts: TaskFacts = {
    allocation: 0,
    now: asEpochMs(HOUR_MS),
    runCreatedAt: asEpochMs(0),
    endsAt: asEpochMs(2 * HOUR_MS),
    deadlineMs: null,
    budgetMicros: null,
    costMicros: microsFromUsd(4),
  };
  const verdict = (parts: Partial<TaskFacts>) => judgeTask({ ...facts, ...parts })[0];

  it('is an end after its deadline, which counts from the launch', () => {
    const late = verdict({ deadlineMs: 1.5 * HOUR_MS })!;
    assert.deepEqual([late.kind, late.is], ['deadline', 'on']);
    assert.equal(late.reason, 'it will end 30m after its deadline of 1h 30m');
    assert.equal(verdict({ deadlineMs: 2.05 * HOUR_MS })!.is, 'between');
    assert.equal(verdict({ deadlineMs: 3 * HOUR_MS })!.is, 'off');
    assert.equal(verdict({ deadlineMs: HOUR_MS, endsAt: null }), undefined);
  });

  it('is a bill that will pass its budget', () => {
    const poor = verdict({ budgetMicros: microsFromUsd(3) })!;
    assert.deepEqual([poor.kind, poor.is], ['budget', 'on']);
    assert.equal(poor.reason, 'to its end it will cost $4.00 of a budget of $3.00');
    assert.equal(verdict({ budgetMicros: microsFromUsd(4) })!.is, 'between');
    assert.equal(verdict({ budgetMicros: microsFromUsd(5) })!.is, 'off');
  });
});

describe('an alarm', () => {
  const subject = { kind: 'memory' as const, allocation: 0, attempt: 1, rank: 0 };
  const types = (events: readonly NewEvent[]) => events.map(({ type }) => type);

  it('is told once when it is raised and once when it is cleared, and not while it wavers', () => {
    const raised: Alarm[] = [];
    const told: string[] = [];
    for (const one of [
      'off',
      'on',
      'on',
      'between',
      'on',
      'between',
      'off',
      'off',
      'between',
    ] as const) {
      const events = alarmEvents(raised, [{ ...subject, is: one, reason: one }]);
      told.push(...types(events));
      if (events[0]?.type === 'alarm.raised') {
        raised.push({ ...events[0].data, raisedAt: asEpochMs(0) });
      }
      if (events[0]?.type === 'alarm.cleared') raised.pop();
    }
    assert.deepEqual(told, ['alarm.raised', 'alarm.cleared']);
  });

  it('of one node is not that of another', () => {
    const raised: Alarm[] = [{ ...subject, rank: 1, reason: 'x', raisedAt: asEpochMs(0) }];
    const events = alarmEvents(raised, [{ ...subject, is: 'on', reason: 'y' }]);
    assert.deepEqual(events, [{ type: 'alarm.raised', data: { ...subject, reason: 'y' } }]);
  });
});
