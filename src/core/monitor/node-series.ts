import { type EpochMs, MINUTE_MS, SECOND_MS } from '../../base/time.ts';
import type { GpuSample, NodeSeries, Point, ProgressPoint, Sample } from '../../spec/sample.ts';
import { addProgress } from './progress.ts';
import { emptyRing, maxOf, meanOf, pushPoint, RINGS } from './ring.ts';

type NodeId = { readonly allocation: number; readonly attempt: number; readonly rank: number };

/** Between closer samples the ticks of a clock tell more than the use. */
const INTERVAL_MS_MIN = 500;
/** A hundredth of a core or of a device. */
const ACTIVE_SHARE = 0.01;

/** What a node's first sample is compared with: nothing used when it started, if that was lately. */
export function baseline(sample: Sample, startedAt: EpochMs | null): Sample | null {
  if (startedAt === null || sample.at - startedAt > MINUTE_MS) return null;
  const zero = (value: number | null): number | null => (value === null ? null : 0);
  return {
    ...sample,
    at: startedAt,
    cpuMs: 0,
    diskReadBytes: zero(sample.diskReadBytes),
    diskWriteBytes: zero(sample.diskWriteBytes),
    netRxBytes: zero(sample.netRxBytes),
    netTxBytes: zero(sample.netTxBytes),
    logBytes: 0,
  };
}

/** The series of a node that has one sample; what follows from two is added by `addSample`. */
export function beginSeries({ allocation, attempt, rank }: NodeId, sample: Sample): NodeSeries {
  return {
    schema: 'kedge.samples/v1',
    allocation,
    attempt,
    rank,
    firstAt: sample.at,
    lastAt: sample.at,
    count: 0,
    measuredMs: 0,
    cpuLimitCores: null,
    memoryLimitBytes: null,
    cpuMeanCores: null,
    cpuPeakCores: null,
    memoryPeakBytes: null,
    gpuMean: null,
    gpuMemoryPeakBytes: null,
    gpuCount: 0,
    logBytes: 0,
    lastOutputAt: null,
    lastActiveAt: sample.at,
    progress: [],
    rings: {
      recent: emptyRing(RINGS.recent),
      hour: emptyRing(RINGS.hour),
      life: emptyRing(RINGS.life),
    },
  };
}

/**
 * A series after one more sample. `before` is the sample that rates are taken from; null where it
 * is not known, as after a restart of the server.
 */
export function addSample(
  series: NodeSeries,
  sample: Sample,
  {
    before,
    progress,
  }: { readonly before: Sample | null; readonly progress: ProgressPoint['done'] | null },
): NodeSeries {
  const point = pointOf(sample, before);
  const { recent, hour, life } = series.rings;
  const weight = before === null ? 0 : Math.max(0, sample.at - before.at);
  const measured = { weight: series.measuredMs };
  const cpuMean = meanOf(
    { value: series.cpuMeanCores, ...measured },
    { value: point.cpuMean, weight },
  );
  const gpuMean = meanOf({ value: series.gpuMean, ...measured }, { value: point.gpuMean, weight });
  const wrote = sample.logBytes > series.logBytes;
  const done = progress ?? sample.progress;
  return {
    ...series,
    lastAt: sample.at,
    count: series.count + 1,
    measuredMs: series.measuredMs + weight,
    cpuLimitCores: sample.cpuLimitCores,
    memoryLimitBytes: sample.memoryLimitBytes,
    cpuMeanCores: cpuMean,
    cpuPeakCores: maxOf(series.cpuPeakCores, point.cpuMean),
    memoryPeakBytes: maxOf(series.memoryPeakBytes, sample.memoryBytes),
    gpuMean,
    gpuMemoryPeakBytes: maxOf(series.gpuMemoryPeakBytes, mostMemory(sample.gpus)),
    gpuCount: Math.max(series.gpuCount, sample.gpus.length),
    logBytes: Math.max(series.logBytes, sample.logBytes),
    lastOutputAt: wrote ? sample.at : series.lastOutputAt,
    lastActiveAt: wrote || isActive(point) ? sample.at : series.lastActiveAt,
    progress:
      done === null ? series.progress : addProgress(series.progress, { timeMs: sample.at, done }),
    rings: {
      recent: pushPoint(recent, point, RINGS.recent),
      hour: pushPoint(hour, point, RINGS.hour),
      life: pushPoint(life, point, RINGS.life),
    },
  };
}

function pointOf(sample: Sample, before: Sample | null): Point {
  const ms = before === null ? 0 : sample.at - before.at;
  /** Of a count that only grows; what a process takes with it when it ends is no negative use. */
  const perMs = (name: Counter): number | null => {
    const [now, then] = [sample[name], before?.[name] ?? null];
    if (now === null || then === null || ms < INTERVAL_MS_MIN) return null;
    return Math.max(0, now - then) / ms;
  };
  const perSecond = (name: Counter): number | null => {
    const rate = perMs(name);
    return rate === null ? null : rate * SECOND_MS;
  };
  const cpu = perMs('cpuMs');
  const gpu = busyShare(sample.gpus);
  return {
    at: sample.at,
    count: 1,
    cpuMean: cpu,
    cpuMax: cpu,
    memoryMean: sample.memoryBytes,
    memoryMax: sample.memoryBytes,
    gpuMean: gpu,
    gpuMax: gpu,
    diskRead: perSecond('diskReadBytes'),
    diskWrite: perSecond('diskWriteBytes'),
    netRx: perSecond('netRxBytes'),
    netTx: perSecond('netTxBytes'),
  };
}

type Counter = 'cpuMs' | 'diskReadBytes' | 'diskWriteBytes' | 'netRxBytes' | 'netTxBytes';

/** Over all devices of the node that tell. */
function busyShare(gpus: readonly GpuSample[]): number | null {
  const told = gpus.flatMap(({ utilization }) => utilization ?? []);
  return told.length === 0 ? null : told.reduce((sum, one) => sum + one, 0) / told.length;
}

function mostMemory(gpus: readonly GpuSample[]): number | null {
  const told = gpus.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  return told.length === 0 ? null : Math.max(...told);
}

/** What a place does not tell of may be busy. */
function isActive({ cpuMean, gpuMean }: Point): boolean {
  return cpuMean === null || cpuMean >= ACTIVE_SHARE || (gpuMean ?? 0) >= ACTIVE_SHARE;
}
