import { z } from 'zod';
import type { EpochMs } from '../base/time.ts';
import { bundleIdSchema } from './bundle.ts';
import { carriedModelSchema } from './carried-model.ts';
import { ONE_LINE } from './one-line.ts';
import { planSchema } from './plan.ts';
import { LIMITS } from './reading/limits.ts';
import { runSchema } from './run.ts';

/** Both sides of the API say which version of Kedge they are. */
export const VERSION_HEADER = 'kedge-version';
/** With a slice of a log: where the next one starts, and whether the log ends there. */
export const NEXT_OFFSET_HEADER = 'kedge-next-offset';
export const LOG_ENDED_HEADER = 'kedge-log-ended';

/** The most bytes of a log in one answer. */
export const LOG_SLICE_BYTES_MAX = 256 * 1024;
/** The most bytes of a file in one answer. */
export const FILE_SLICE_BYTES_MAX = 4 * 1024 * 1024;
/** The longest that a request for news may be held open. */
export const WAIT_MS_MAX = 20_000;

/** Of a priority, either way. */
export const PRIORITY_MAX = 1000;

/** Names that every shell takes for variables, and values that the system takes. */
const variables = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,255}$/, 'is not the name of a variable'),
  z.string().regex(/^[^\0]*$/, 'holds a NUL character'),
);

/** Body of `PUT /v1/tenants/{tenant}/runs/{run}`: the client makes the id, so asking twice is safe. */
export const launchRequestSchema = z.object({
  name: z.string().min(1).max(200).regex(ONE_LINE, 'needs text without control characters'),
  taskText: z.string().max(1024 * 1024),
  baseDir: z.string(),
  envs: variables,
  secrets: variables,
  plan: planSchema,
  /** Models of its tasks that the client has read, for whoever plans the run anew. */
  models: z.array(carriedModelSchema).max(LIMITS.documents).optional(),
  /** Among those that wait for the same place, higher goes first; 0 unless given. */
  priority: z.number().int().min(-PRIORITY_MAX).max(PRIORITY_MAX).optional(),
  /** Move it whenever that pays. */
  autoRetune: z.boolean().optional(),
  /** What workdir and file mounts were at `up`; null where the task brings none. */
  bundleId: bundleIdSchema.nullable().default(null),
});
export type LaunchRequest = z.infer<typeof launchRequestSchema>;

/** Body of `POST …/runs/{run}/moves`: where what is left of a run, or of one task of it, goes. */
export const moveRequestSchema = z.object({
  /** A place, or a pattern of places. */
  place: z.string().min(1).max(200),
  /** Name of one task of several; null for all that have not ended. */
  task: z.string().nullable().default(null),
  /** Say what would be refused, and move nothing. */
  dryRun: z.boolean().default(false),
});
export type MoveRequest = z.infer<typeof moveRequestSchema>;

/** The answer: the run with its moves, and what it loses by them, one sentence each. */
export const moveAnswerSchema = z.object({ run: runSchema, losses: z.array(z.string()) });
export type MoveAnswer = z.infer<typeof moveAnswerSchema>;

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
