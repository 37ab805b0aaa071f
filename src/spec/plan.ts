import { z } from 'zod';
import type { Micros, Rate } from '../base/money.ts';
import { REFUSAL_CODES } from './match.ts';
import { reservationSchema } from './reservation.ts';

const micros = z
  .number()
  .int()
  .transform((value) => value as Micros);
const rate = z
  .number()
  .int()
  .min(0)
  .transform((value) => value as Rate);
const placeFields = {
  place: z.string(),
  provider: z.string(),
  region: z.string().nullable(),
  zone: z.string().nullable(),
  instance: z.string().nullable(),
  accelerator: z.string().nullable(),
  /** Devices in one machine. */
  acceleratorCount: z.number().min(0),
  /** Machines. */
  count: z.number().int().min(1),
  spot: z.boolean(),
};

/** One line of a plan: so many machines of one offer for so long. */
export const planAllocationSchema = z.object({
  ...placeFields,
  /** Index of the task in its file, and its name. */
  task: z.number().int().min(0),
  taskName: z.string().nullable(),
  offerId: z.string(),
  /** Hours that each machine works; null when nothing tells. */
  hours: z.number().nullable(),
  /** Of one machine. */
  nanosPerHour: rate,
  billingIncrementS: z.number().min(0),
  billingMinimumS: z.number().min(0),
  /** Of all machines of this line; null when the hours are not known. */
  costMicros: micros.nullable(),
  /** The chance of an interruption that a price list states; null when not known. */
  risk: z.number().min(0).max(1).nullable(),
  /** The price is an estimate. */
  estimated: z.boolean(),
  launchable: z.boolean(),
  source: z.string(),
  asOf: z.string(),
  /** What each machine takes of a place of one's own; null where there is nothing to share. */
  reserves: reservationSchema.nullable().default(null),
});
export type PlanAllocation = z.infer<typeof planAllocationSchema>;

/** Another plan that was considered: what it would cost elsewhere, or how much faster. */
export const alternativeSchema = z.object({
  /** Index of the task in its file. */
  task: z.number().int().min(0),
  ...placeFields,
  hours: z.number().nullable(),
  nanosPerHour: rate,
  costMicros: micros.nullable(),
  launchable: z.boolean(),
});
export type Alternative = z.infer<typeof alternativeSchema>;

/** Data that one task of a plan hands to another. */
export const planTransferSchema = z.object({
  /** Indices of the tasks in their file. */
  from: z.number().int().min(0),
  to: z.number().int().min(0),
  gigabytes: z.number().min(0),
  /** `provider/region` that they leave, and where they go. */
  fromPlace: z.string(),
  toPlace: z.string(),
  costMicros: micros,
});
export type PlanTransfer = z.infer<typeof planTransferSchema>;

export const refusalSchema = z.object({
  place: z.string(),
  instance: z.string().nullable(),
  code: z.enum(REFUSAL_CODES),
  reason: z.string(),
  have: z.union([z.number(), z.string()]).nullable(),
  need: z.union([z.number(), z.string()]).nullable(),
  fix: z.string(),
  offers: z.number().int().min(1),
});

export const PROOFS = ['enumeration', 'dp', 'duals', 'tree', 'solver'] as const;

/**
 * The strategy S for one task file: `kedge.plan/v1`. `bound.proof: solver` is a claim, never a
 * proof; `bound` is null when hours are not known and plans are ranked by price an hour.
 */
export const planSchema = z.object({
  schema: z.literal('kedge.plan/v1'),
  name: z.string().nullable(),
  minimize: z.enum(['cost', 'time']),
  costMicros: micros.nullable(),
  /** Of all machines that run at the same time at the plan's busiest moment. */
  nanosPerHour: rate.nullable(),
  hours: z.number().nullable(),
  /** 80 % interval of the estimate; null when hours are stated or not known. */
  interval: z
    .object({
      costLowMicros: micros,
      costHighMicros: micros,
      hoursLow: z.number(),
      hoursHigh: z.number(),
    })
    .nullable(),
  bound: z.object({ micros, proof: z.enum(PROOFS) }).nullable(),
  /** (cost − bound) / cost; 0 is proven optimal. */
  gap: z.number().nullable(),
  currency: z.literal('USD'),
  allocations: z.array(planAllocationSchema).min(1),
  /** Absent where no task hands data to another. */
  transfers: z.array(planTransferSchema).optional(),
  alternatives: z.array(alternativeSchema),
  refusals: z.array(refusalSchema),
});
export type Plan = z.infer<typeof planSchema>;
