import { z } from 'zod';
import type { EpochMs } from '../base/time.ts';
import { bundleIdSchema } from './bundle.ts';
import { planSchema } from './plan.ts';

/** Both sides of the API say which version of Kedge they are. */
export const VERSION_HEADER = 'kedge-version';
/** With a slice of a log: where the next one starts, and whether the log ends there. */
export const NEXT_OFFSET_HEADER = 'kedge-next-offset';
export const LOG_ENDED_HEADER = 'kedge-log-ended';

/** The most bytes of a log in one answer. */
export const LOG_SLICE_BYTES_MAX = 256 * 1024;
/** The longest that a request for news may be held open. */
export const WAIT_MS_MAX = 20_000;

/** Body of `PUT /v1/tenants/{tenant}/runs/{run}`: the client makes the id, so asking twice is safe. */
export const launchRequestSchema = z.object({
  name: z.string().min(1).max(200),
  taskText: z.string().max(1024 * 1024),
  baseDir: z.string(),
  envs: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.string()),
  plan: planSchema,
  /** What workdir and file mounts were at `up`; null where the task brings none. */
  bundleId: bundleIdSchema.nullable().default(null),
});
export type LaunchRequest = z.infer<typeof launchRequestSchema>;

/** Body of `GET /v1/health`. `kedge.health/v1`. */
export const healthSchema = z.object({
  schema: z.literal('kedge.health/v1'),
  version: z.string(),
  pid: z.number().int(),
  installationId: z.string(),
  startedAt: z.number().transform((value) => value as EpochMs),
  /** Runs that have not ended. */
  activeRuns: z.number().int(),
});
export type Health = z.infer<typeof healthSchema>;

/** An error as REST speaks it (RFC 9457), with Kedge's own code, hint and details. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  hint: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof problemSchema>;
