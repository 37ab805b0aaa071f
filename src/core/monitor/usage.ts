import type { EpochMs } from '../../base/time.ts';
import type { NodeSeries } from '../../spec/sample.ts';

/** What a node has used so far; null for what its place does not tell. */
export type Usage = {
  /** How long it was looked at, and how often. */
  readonly sampledMs: number;
  readonly samples: number;
  readonly memoryPeakBytes: number | null;
  readonly memoryLimitBytes: number | null;
  readonly cpuMeanCores: number | null;
  /** The highest mean over one interval between two samples. */
  readonly cpuPeakCores: number | null;
  readonly cpuLimitCores: number | null;
  /** Share of the time that its devices were busy, 0 to 1. */
  readonly gpuMean: number | null;
  /** Of the device that held most. */
  readonly gpuMemoryPeakBytes: number | null;
  readonly lastOutputAt: EpochMs | null;
};

export function usageOf(series: NodeSeries): Usage {
  return {
    sampledMs: series.lastAt - series.firstAt,
    samples: series.count,
    memoryPeakBytes: series.memoryPeakBytes,
    memoryLimitBytes: series.memoryLimitBytes,
    cpuMeanCores: series.cpuMeanCores,
    cpuPeakCores: series.cpuPeakCores,
    cpuLimitCores: series.cpuLimitCores,
    gpuMean: series.gpuMean,
    gpuMemoryPeakBytes: series.gpuMemoryPeakBytes,
    lastOutputAt: series.lastOutputAt,
  };
}
