import { z } from 'zod';
import type { EpochMs } from '../base/time.ts';
import { amountsSchema } from './reservation.ts';

const moment = z.number().transform((value) => value as EpochMs);
const whole = z.number().int().min(0);

/** One attempt of a run that waits for room at a place of one's own. */
export const queueWaitSchema = z.object({
  allocation: whole,
  attempt: z.number().int().min(1),
  pool: z.string(),
  needs: amountsSchema,
  /** One sentence, as things stand now. */
  reason: z.string(),
  priority: z.number().int(),
  /** 1 for the first of the line, of so many. */
  position: z.number().int().min(1),
  length: z.number().int().min(1),
  /** The first of those ahead that belong to the same tenant. */
  ahead: z.array(z.object({ runId: z.string(), priority: z.number().int() })),
  /** An 80 % interval; null when nothing tells how long those ahead take. */
  expectedStart: z
    .object({ lowAt: moment, midAt: moment, highAt: moment, rough: z.boolean() })
    .nullable(),
});
export type QueueWait = z.infer<typeof queueWaitSchema>;

/** What a run waits for. `kedge.queue/v1`. */
export const queueSchema = z.object({
  schema: z.literal('kedge.queue/v1'),
  runId: z.string(),
  waits: z.array(queueWaitSchema),
});
export type Queue = z.infer<typeof queueSchema>;

/** The foremost place of each run that waits. `kedge.queue-positions/v1`. */
export const queuePositionsSchema = z.object({
  schema: z.literal('kedge.queue-positions/v1'),
  positions: z.array(z.object({ runId: z.string(), position: z.number().int().min(1) })),
});
export type QueuePositions = z.infer<typeof queuePositionsSchema>;

/** Why a run is as it is, in sentences. `kedge.why/v1`. */
export const whySchema = z.object({
  schema: z.literal('kedge.why/v1'),
  runId: z.string(),
  sentences: z.array(
    z.object({
      about: z.enum(['state', 'alarm', 'wait', 'attempt', 'move', 'cost']),
      text: z.string(),
    }),
  ),
});
export type Why = z.infer<typeof whySchema>;
