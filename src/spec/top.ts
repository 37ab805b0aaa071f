import { z } from 'zod';
import type { Micros } from '../base/money.ts';
import type { EpochMs } from '../base/time.ts';
import { ALARMS } from './alarm.ts';
import { NODE_STATES } from './run.ts';
import { nodeSeriesSchema, packSeries } from './sample.ts';

const moment = z
  .number()
  .transform((value) => value as EpochMs)
  .nullable();
const number = z.number().nullable();

/** How far a task is, and when it will be done; moments are null until a rate can be told. */
export const progressSchema = z.object({
  /** From 0 to 1. */
  done: z.number(),
  endsAt: moment,
  /** An 80 % interval or so around it. */
  lowAt: moment,
  highAt: moment,
});
export type Progress = z.infer<typeof progressSchema>;

/** What one live node uses now: a line of `kedge top`. */
export const nodeNowSchema = z.object({
  runId: z.string(),
  name: z.string(),
  taskName: z.string().nullable(),
  place: z.string(),
  allocation: z.number().int(),
  attempt: z.number().int(),
  rank: z.number().int(),
  state: z.enum(NODE_STATES),
  startedAt: moment,
  /** Of the latest sample; null where its place does not tell. */
  sampledAt: moment,
  cpuCores: number,
  cpuLimitCores: number,
  memoryBytes: number,
  memoryLimitBytes: number,
  /** Share of the time that its devices are busy, and how many they are. */
  gpu: number,
  gpuCount: z.number().int(),
  /** Bytes a second. */
  diskRead: number,
  diskWrite: number,
  netRx: number,
  netTx: number,
  progress: progressSchema.nullable(),
  /** Of this node alone, so far. */
  costMicros: z
    .number()
    .int()
    .transform((value) => value as Micros),
  alarms: z.array(z.object({ kind: z.enum(ALARMS), reason: z.string() })),
});
export type NodeNow = z.infer<typeof nodeNowSchema>;

/** Body of `GET /v1/tenants/{tenant}/top`. */
export const topSchema = z.object({ nodes: z.array(nodeNowSchema) });

/** Body of `GET …/runs/{run}/samples`: of each node that was sampled, also those that have ended. */
export const runSamplesSchema = z.object({
  nodes: z.array(z.object({ series: nodeSeriesSchema, progress: progressSchema.nullable() })),
});
export type RunSamples = z.infer<typeof runSamplesSchema>;

/** The form that `runSamplesSchema` reads, to be put on the wire. */
export function packSamples({ nodes }: RunSamples): unknown {
  return { nodes: nodes.map((node) => ({ ...node, series: packSeries(node.series) })) };
}
