import { asEpochMs } from '../../base/time.ts';
import type { NodeSeries, ProgressPoint, Sample } from '../../spec/sample.ts';
import { addSample, beginSeries } from './node-series.ts';

export const NODE = { allocation: 0, attempt: 1, rank: 0 };

/** A node that does nothing, and whose place tells everything. */
export function buildSample(parts: Partial<Sample> = {}): Sample {
  return {
    at: asEpochMs(0),
    cpuMs: 0,
    memoryBytes: 0,
    memoryLimitBytes: null,
    cpuLimitCores: null,
    diskReadBytes: 0,
    diskWriteBytes: 0,
    netRxBytes: 0,
    netTxBytes: 0,
    gpus: [],
    logBytes: 0,
    progress: null,
    ...parts,
  };
}

/** The series of samples that follow one another. */
export function buildSeries(samples: readonly Partial<Sample>[]): NodeSeries {
  const all = samples.map(buildSample);
  return all.reduce(
    (series, sample, index) =>
      addSample(series, sample, { before: all[index - 1] ?? null, progress: null }),
    beginSeries(NODE, all[0]!),
  );
}

/** Progress by seconds: `[[0, 0], [60, 0.5]]`. */
export function progressAt(points: readonly (readonly [number, number])[]): ProgressPoint[] {
  return points.map(([seconds, done]) => ({ timeMs: seconds * 1000, done }));
}
