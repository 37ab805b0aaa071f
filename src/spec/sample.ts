import { z } from 'zod';
import type { EpochMs } from '../base/time.ts';

/** One device, as far as the node uses it. */
export type GpuSample = {
  readonly index: number;
  /** 0 to 1; null where the tool does not tell. */
  readonly utilization: number | null;
  readonly memoryBytes: number | null;
};

/** What one node uses at one moment, as its driver sees it. */
export type Sample = {
  readonly at: EpochMs;
  /** Since its start, over all its processes, ended ones too as far as the place tells. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
  /** What it may use at most; null where nothing limits it. */
  readonly memoryLimitBytes: number | null;
  readonly cpuLimitCores: number | null;
  /** Since its start; null where the place does not tell. */
  readonly diskReadBytes: number | null;
  readonly diskWriteBytes: number | null;
  /** Null where it shares the network of its machine. */
  readonly netRxBytes: number | null;
  readonly netTxBytes: number | null;
  readonly gpus: readonly GpuSample[];
  /** All output so far. */
  readonly logBytes: number;
  /** What the file that the task names says: done, from 0 to 1; null without one. */
  readonly progress: number | null;
};

/** Of one slot of a ring, by these names in this order; null for what was not told. */
export const POINT_COLUMNS = [
  'at',
  /** Samples in it. */
  'count',
  'cpuMean',
  'cpuMax',
  'memoryMean',
  'memoryMax',
  'gpuMean',
  'gpuMax',
  /** Bytes a second. */
  'diskRead',
  'diskWrite',
  'netRx',
  'netTx',
] as const;

/** Cores, bytes, shares of devices, and bytes a second over one slot of a ring. */
export type Point = {
  /** When the slot begins. */
  readonly at: EpochMs;
  readonly count: number;
  readonly cpuMean: number | null;
  readonly cpuMax: number | null;
  readonly memoryMean: number | null;
  readonly memoryMax: number | null;
  readonly gpuMean: number | null;
  readonly gpuMax: number | null;
  readonly diskRead: number | null;
  readonly diskWrite: number | null;
  readonly netRx: number | null;
  readonly netTx: number | null;
};

const moment = z.number().transform((value) => value as EpochMs);
const number = z.number().nullable();

/** A row of numbers in the order of POINT_COLUMNS: a tenth of the size of named ones. */
const pointSchema = z
  .array(number)
  .length(POINT_COLUMNS.length)
  .transform((row) => {
    return Object.fromEntries(POINT_COLUMNS.map((name, index) => [name, row[index]])) as Point;
  });

const ringSchema = z.object({
  /** Length of a slot. */
  stepMs: z.number().positive(),
  points: z.array(pointSchema),
});

const progressPointSchema = z.object({ timeMs: z.number(), done: z.number() });

/** What is remembered of one node's samples. */
export const nodeSeriesSchema = z.object({
  schema: z.literal('kedge.samples/v1'),
  allocation: z.number().int().min(0),
  attempt: z.number().int().min(1),
  rank: z.number().int().min(0),
  firstAt: moment,
  /** Of the latest sample. */
  lastAt: moment,
  /** Samples taken, and the time between those that follow one another. */
  count: z.number().int(),
  measuredMs: z.number(),
  cpuLimitCores: number,
  memoryLimitBytes: number,
  /** Over all of its life. */
  cpuMeanCores: number,
  cpuPeakCores: number,
  memoryPeakBytes: number,
  gpuMean: number,
  gpuMemoryPeakBytes: number,
  /** Devices seen. */
  gpuCount: z.number().int(),
  logBytes: z.number(),
  lastOutputAt: moment.nullable(),
  /** When it last did anything: wrote output, or used a hundredth of a core or device. */
  lastActiveAt: moment,
  /** Done, from 0 to 1, and when (epoch milliseconds) it was first seen to be so. */
  progress: z.array(progressPointSchema),
  rings: z.object({ recent: ringSchema, hour: ringSchema, life: ringSchema }),
});
export type NodeSeries = z.infer<typeof nodeSeriesSchema>;
export type Ring = NodeSeries['rings']['life'];
export type ProgressPoint = z.infer<typeof progressPointSchema>;

/** The form that `nodeSeriesSchema` reads, to be put on the wire. */
export function packSeries(series: NodeSeries): unknown {
  const pack = ({ stepMs, points }: Ring): unknown => ({
    stepMs,
    points: points.map((point) => POINT_COLUMNS.map((name) => point[name])),
  });
  const { recent, hour, life } = series.rings;
  return { ...series, rings: { recent: pack(recent), hour: pack(hour), life: pack(life) } };
}
