import { z } from 'zod';
import type { Micros, Rate } from '../base/money.ts';
import type { EpochMs } from '../base/time.ts';

const micros = z
  .number()
  .int()
  .transform((value) => value as Micros);

/** One node's time at one price. */
export const billLineSchema = z.object({
  allocation: z.number().int(),
  attempt: z.number().int(),
  rank: z.number().int(),
  nanosPerHour: z
    .number()
    .int()
    .transform((value) => value as Rate),
  startedAt: z.number().transform((value) => value as EpochMs),
  /** Null while it runs; the line then counts until the bill's own moment. */
  endedAt: z
    .number()
    .transform((value) => value as EpochMs)
    .nullable(),
  /** Billed: rounded up to the offer's increment, at least its minimum. */
  seconds: z.number(),
  costMicros: micros,
});

/** What a run has cost so far: the sum of its lines. `kedge.bill/v1`. */
export const billSchema = z.object({
  schema: z.literal('kedge.bill/v1'),
  runId: z.string(),
  currency: z.literal('USD'),
  costMicros: micros,
  /** What the plan expected; null when the hours were not known. */
  plannedMicros: micros.nullable(),
  /** A price in it is an estimate, as the energy of an own machine. */
  estimated: z.boolean(),
  lines: z.array(billLineSchema),
});
export type Bill = z.infer<typeof billSchema>;
export type BillLine = z.infer<typeof billLineSchema>;
