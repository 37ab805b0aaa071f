import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs, HOUR_MS, MINUTE_MS } from '../../base/time.ts';
import { buildRun } from '../../spec/build-for-tests.ts';
import type { NodeSeries, ProgressPoint } from '../../spec/sample.ts';
import { hoursLeftOf, measuredOf, spanByProgress } from './run-outlook.ts';

const T0 = asEpochMs(1_800_000_000_000);
const EMPTY = { stepMs: 1000, points: [] };

function series(parts: Partial<NodeSeries>): NodeSeries {
  return {
    schema: 'kedge.samples/v1',
    allocation: 0,
    attempt: 1,
    rank: 0,
    firstAt: T0,
    lastAt: asEpochMs(T0 + HOUR_MS),
    count: 10,
    measuredMs: HOUR_MS,
    cpuLimitCores: null,
    memoryLimitBytes: null,
    cpuMeanCores: 0.5,
    cpuPeakCores: 1,
    memoryPeakBytes: 100,
    gpuMean: null,
    gpuMemoryPeakBytes: null,
    gpuCount: 0,
    logBytes: 0,
    lastOutputAt: null,
    lastActiveAt: T0,
    progress: [],
    rings: { recent: EMPTY, hour: EMPTY, life: EMPTY },
    ...parts,
  };
}

/** A tenth more every six minutes: an hour in all. */
const steady = (points: number): ProgressPoint[] =>
  Array.from({ length: points }, (_, index) => {
    return { timeMs: T0 + index * 6 * MINUTE_MS, done: index / 10 };
  });

describe('what is known of a run for a re-plan', () => {
  it('is the most that any node of an allocation has used, in all its attempts', () => {
    const all = [
      series({ cpuPeakCores: 1, memoryPeakBytes: 300 }),
      series({ attempt: 2, rank: 1, cpuPeakCores: 3, memoryPeakBytes: null }),
      series({ allocation: 1, cpuPeakCores: null, memoryPeakBytes: null }),
    ];
    const measured = measuredOf(all);
    assert.deepEqual(measured.get(0), { cpuPeakCores: 3, memoryPeakBytes: 300, overMs: HOUR_MS });
    assert.equal(measured.get(1)?.cpuPeakCores, null);
  });

  it('is the hours left of the slowest node of its latest attempt, and of no guess', () => {
    const attempts = [1, 2].map((attempt) => {
      const state = attempt === 1 ? ('ended' as const) : ('running' as const);
      return {
        allocation: 0,
        attempt,
        move: 0,
        state,
        outcome: null,
        createdAt: T0,
        endedAt: null,
      };
    });
    const run = buildRun({ attempts });
    const now = asEpochMs(T0 + 30 * MINUTE_MS);
    const half = [series({ attempt: 2, progress: steady(6) })];
    assert.ok(Math.abs(hoursLeftOf(run, half, now).get(0)!.mid - 0.5) < 0.05);
    assert.equal(hoursLeftOf(run, [series({ attempt: 1, progress: steady(6) })], now).size, 0);
    assert.equal(hoursLeftOf(run, [series({ attempt: 2, progress: steady(3) })], now).size, 0);
  });
});

describe('how long what runs holds its room', () => {
  const now = asEpochMs(T0 + 30 * MINUTE_MS);

  it('is told by its progress, from the moment at which it took it', () => {
    const heldAt = asEpochMs(T0 - 5 * MINUTE_MS);
    const span = spanByProgress([series({ progress: steady(6) })], { heldAt, now });
    assert.ok(Math.abs(span!.midMs - 65 * MINUTE_MS) < 3 * MINUTE_MS);
    assert.ok(span!.lowMs <= span!.midMs && span!.midMs <= span!.highMs);
  });

  it('is not told by a guess', () => {
    assert.equal(spanByProgress([series({ progress: steady(2) })], { heldAt: T0, now }), null);
    assert.equal(spanByProgress([], { heldAt: T0, now }), null);
  });
});
