import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs, MINUTE_MS } from '../base/time.ts';
import type { NodeSeries, Point } from '../spec/sample.ts';
import { describeProgress, percent, usageLines } from './describe-usage.ts';
import { marksFor } from './sparkline.ts';

const NOW = asEpochMs(Date.UTC(2026, 5, 1, 12, 0, 0));
const options = { columns: 80, marks: marksFor({}), now: NOW };
const ring = { stepMs: 2000, points: [] };

function point(slot: number, cpuMax: number): Point {
  const nothing = { gpuMean: null, gpuMax: null, netRx: null, netTx: null };
  const rest = { count: 1, memoryMean: 1, memoryMax: 1, diskRead: 0, diskWrite: 0, ...nothing };
  return { at: asEpochMs(slot * 2000), cpuMean: cpuMax, cpuMax, ...rest };
}

function series(parts: Partial<NodeSeries> = {}): NodeSeries {
  return {
    schema: 'kedge.samples/v1',
    allocation: 0,
    attempt: 1,
    rank: 0,
    firstAt: NOW,
    lastAt: NOW,
    count: 2,
    measuredMs: 2000,
    cpuLimitCores: 4,
    memoryLimitBytes: 8 * 2 ** 30,
    cpuMeanCores: 1.26,
    cpuPeakCores: 3,
    memoryPeakBytes: 2 ** 31,
    gpuMean: null,
    gpuMemoryPeakBytes: null,
    gpuCount: 0,
    logBytes: 0,
    lastOutputAt: null,
    lastActiveAt: NOW,
    progress: [],
    rings: { recent: ring, hour: ring, life: { ...ring, points: [point(0, 0), point(1, 3)] } },
    ...parts,
  };
}

const lines = (all: readonly NodeSeries[]) =>
  usageLines({ nodes: all.map((one) => ({ series: one, progress: null })) }, options);

describe('what a run has used', () => {
  it('is drawn over its life, with its peaks and limits in numbers', () => {
    assert.deepEqual(lines([series()]), [
      'cpu      ▁█  1.3 cores, at most 3.0 of 4.0',
      'memory   ██  at most 2 GiB of 8 GiB',
    ]);
    const gpu = series({ gpuMean: 0.5, gpuMemoryPeakBytes: 2 ** 30, gpuCount: 2 });
    assert.match(lines([gpu])[2]!, /^gpu .* {2}50% of 2, at most 1 GiB$/);
  });

  it('has a gap where nobody has looked, and none where a look came a bit late', () => {
    const life = { stepMs: 2000, points: [point(0, 3), point(2, 3), point(12, 3)] };
    const [cpu] = lines([series({ rings: { recent: ring, hour: ring, life } })]);
    assert.match(cpu!, /^cpu {6}███ {9}█ {2}1/);
  });

  it('is that of the last attempt, with the names of its nodes where it has several', () => {
    const all = [series(), ...Array.from({ length: 6 }, (_, rank) => series({ attempt: 2, rank }))];
    const shown = lines(all);
    assert.deepEqual(
      shown.filter((line) => line.startsWith('node')),
      [0, 1, 2, 3].map((rank) => `node     0, rank ${rank}`),
    );
    assert.equal(shown.at(-1), '         2 more nodes: see -o json');
    assert.ok(shown.every((line) => line.length < 80));
  });
});

describe('progress in words', () => {
  const end = (minutes: number) => asEpochMs(NOW + minutes * MINUTE_MS);

  it('says when it ends, and between when and when', () => {
    const told = { done: 0.425, endsAt: end(12), lowAt: end(11), highAt: end(14) };
    assert.equal(describeProgress(told, NOW), '42.5%, ends in 12m (11m to 14m), at 12:12 UTC');
    assert.equal(describeProgress({ ...told, endsAt: null }, NOW), '42.5%');
  });

  it('is never done before it is', () => {
    assert.deepEqual([0.9999, 1, 0].map(percent), ['99.9%', '100%', '0%']);
  });
});
