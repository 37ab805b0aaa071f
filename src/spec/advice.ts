import { z } from 'zod';
import type { Micros, Rate } from '../base/money.ts';
import type { EpochMs } from '../base/time.ts';
import { planAllocationSchema } from './plan.ts';

const moment = z.number().transform((value) => value as EpochMs);

/** What a node of an allocation has used at most so far; null where nothing could be measured. */
export const measuredSchema = z.object({
  cpuPeakCores: z.number().nullable(),
  memoryPeakBytes: z.number().nullable(),
  /** Of its life so far, in milliseconds: what a short one has used says little. */
  overMs: z.number(),
});
export type Measured = z.infer<typeof measuredSchema>;

/** What one machine should have: what was measured, with headroom. */
export const fittedSchema = z.object({ cpus: z.number(), memoryGib: z.number() });
export type Fitted = z.infer<typeof fittedSchema>;

/** What a re-plan would do with one allocation of a run that goes on. */
export const allocationAdviceSchema = z.object({
  allocation: z.number().int().min(0),
  taskName: z.string().nullable(),
  /** Where it runs. */
  here: planAllocationSchema,
  /** Hours left: measured where the task tells its progress, else planned; null: nothing tells. */
  hoursLeft: z.number().nullable(),
  measured: measuredSchema.nullable(),
  /** What it would be asked for now, where that is less than what it has; null: as it is. */
  fitted: fittedSchema.nullable(),
  action: z.enum(['keep', 'move']),
  /** One sentence. */
  reason: z.string(),
  /** Where to, when it should move. */
  to: planAllocationSchema.nullable(),
  /** Over the rest of the task, after all that the move costs; null when nothing tells hours. */
  savesMicros: z
    .number()
    .int()
    .transform((value) => value as Micros)
    .nullable(),
  /** An hour, once it has moved; null where it is dearer an hour and saves by being faster. */
  savesNanosPerHour: z
    .number()
    .int()
    .transform((value) => value as Rate)
    .nullable(),
  /** Hours after which the move has paid for itself. */
  paybackHours: z.number().nullable(),
  /** By its last move: it must have paid for itself before the next. */
  notBefore: moment.nullable(),
});
export type AllocationAdvice = z.infer<typeof allocationAdviceSchema>;

/** `kedge.advice/v1`: what Kedge would do with a run now, and why. */
export const adviceSchema = z.object({
  schema: z.literal('kedge.advice/v1'),
  runId: z.string(),
  allocations: z.array(allocationAdviceSchema),
});
export type Advice = z.infer<typeof adviceSchema>;
