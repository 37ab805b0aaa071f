import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs } from '../../base/time.ts';
import { nodeSeriesSchema, packSeries } from '../../spec/sample.ts';
import { fromWire, toWire } from '../../spec/wire.ts';
import { buildSample, buildSeries, NODE } from './build-for-tests.ts';
import { addSample, baseline, beginSeries } from './node-series.ts';
import { usageOf } from './usage.ts';

const GIB = 2 ** 30;
const at = (seconds: number) => asEpochMs(seconds * 1000);

describe('what a node uses', () => {
  it('is told as rates between its samples, with its peaks and its limits', () => {
    const limits = { memoryLimitBytes: 8 * GIB, cpuLimitCores: 4 };
    const usage = usageOf(
      buildSeries([
        { at: at(0), ...limits, memoryBytes: GIB },
        { at: at(2), cpuMs: 6000, ...limits, memoryBytes: 4 * GIB },
        { at: at(6), cpuMs: 8000, ...limits, memoryBytes: 2 * GIB },
      ]),
    );
    assert.deepEqual(usage, {
      sampledMs: 6000,
      samples: 3,
      memoryPeakBytes: 4 * GIB,
      memoryLimitBytes: 8 * GIB,
      cpuMeanCores: 8 / 6,
      cpuPeakCores: 3,
      cpuLimitCores: 4,
      gpuMean: null,
      gpuMemoryPeakBytes: null,
      lastOutputAt: null,
    });
  });

  it('is never negative where a process takes its time with it, nor counted twice after', () => {
    const series = buildSeries([
      { at: at(0), cpuMs: 10_000 },
      { at: at(2), cpuMs: 4000 },
      { at: at(4), cpuMs: 6000 },
    ]);
    const { points } = series.rings.recent;
    assert.deepEqual(
      points.map(({ cpuMean }) => cpuMean),
      [null, 0, 1],
    );
  });

  it('counts from its start where it was seen soon after, and from the first look else', () => {
    const sample = buildSample({ at: at(10), cpuMs: 5000 });
    const seen = (startedAt: number) => {
      const before = baseline(sample, at(startedAt));
      return addSample(beginSeries(NODE, sample), sample, { before, progress: null });
    };
    assert.equal(seen(5).cpuMeanCores, 1);
    assert.equal(seen(-500).cpuMeanCores, null);
  });

  it('of devices is the mean of those that tell, and the most that one holds', () => {
    const gpu = (index: number, utilization: number | null, gib: number) => {
      return { index, utilization, memoryBytes: gib * GIB };
    };
    const usage = usageOf(
      buildSeries([
        { at: at(0), gpus: [gpu(0, 0, 1), gpu(1, 0, 1)] },
        { at: at(2), gpus: [gpu(0, 1, 20), gpu(1, 0.5, 10)] },
        { at: at(4), gpus: [gpu(0, 1, 30), gpu(1, null, 10)] },
      ]),
    );
    assert.equal(usage.gpuMean, (0.75 + 1) / 2);
    assert.equal(usage.gpuMemoryPeakBytes, 30 * GIB);
  });

  it('remembers when it last wrote something, and when it last did anything', () => {
    const series = buildSeries([
      { at: at(0) },
      { at: at(2), logBytes: 10 },
      { at: at(4), logBytes: 10, cpuMs: 1000 },
      { at: at(6), logBytes: 10, cpuMs: 1015 },
      { at: at(8), logBytes: 10, cpuMs: 1030 },
    ]);
    assert.deepEqual([series.lastOutputAt, series.lastActiveAt], [at(2), at(4)]);
  });

  it('is read back from the wire as it was', () => {
    const series = buildSeries([
      { at: at(0), progress: 0.1 },
      { at: at(2), cpuMs: 1234, memoryBytes: GIB, logBytes: 5, progress: 0.25 },
    ]);
    const wire: unknown = JSON.parse(JSON.stringify(toWire(packSeries(series))));
    assert.deepEqual(nodeSeriesSchema.parse(fromWire(wire)), series);
  });
});
