import { z } from 'zod';
import type { Rate } from '../base/money.ts';

const span = z.number().min(0);

/** The same machine on demand, for as long as spot is not to be had or too late. */
const onDemandSchema = z.object({
  offerId: z.string(),
  place: z.string(),
  nanosPerHour: z
    .number()
    .int()
    .min(0)
    .transform((value) => value as Rate),
  billingIncrementS: z.number().min(0),
  billingMinimumS: z.number().min(0),
});

/**
 * How work on spot is expected to go, which is taken away and comes back: the mean of many such
 * runs, each number of one machine.
 */
export const spotRunSchema = z.object({
  /** From the start to the end of the work, waits included. */
  hours: span,
  /** Of the work itself, if nothing interrupted it. */
  workHours: span,
  /** That are hired, and paid, on spot. */
  spotHours: span,
  /** The same on demand. */
  onDemandHours: span,
  /** Null where spot alone will do, or must. */
  onDemand: onDemandSchema.nullable(),
  preemptions: z.number().min(0),
  /** Work between two checkpoints; null where none are kept, or they cost nothing. */
  checkpointEveryS: z.number().min(0).nullable(),
});
export type SpotRun = z.infer<typeof spotRunSchema>;
