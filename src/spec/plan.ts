import { z } from 'zod';
import type { Micros, Rate } from '../base/money.ts';
import { REFUSAL_CODES } from './match.ts';
import { reservationSchema } from './reservation.ts';
import { spotRunSchema } from './spot-run.ts';

const micros = z
  .number()
  .int()
  .transform((value) => value as Micros);
const rate = z
  .number()
  .int()
  .min(0)
  .transform((value) => value as Rate);
const degree = z.number().int().min(1);
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
  /** Begins so many seconds from now, at its price of that moment; left out, at once. */
  startS: z.number().min(0).optional(),
};

/** One line of a plan: so many machines of one offer for so long. */
export const planAllocationSchema = z.object({
  ...placeFields,
  /** Index of the task in its file, and its name. */
  task: z.number().int().min(0),
  taskName: z.string().nullable(),
  offerId: z.string(),
  /** Hours that each machine works, or waits for spot; null when nothing tells. */
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
  /** What it costs from so many seconds from now on, after its start; absent where it is to stay. */
  laterPrices: z.array(z.object({ fromS: z.number().min(0), nanosPerHour: rate })).optional(),
  /** Of CO2e that one machine emits; absent where nobody says. */
  gramsPerHour: z.number().min(0).optional(),
  /** Of a mix of requests: of each size, the share that these machines take; absent for other work. */
  shares: z.array(z.number().min(0)).optional(),
  /** How devices hold a model that answers requests: one copy of it; absent for other work. */
  replica: z
    .object({
      devices: degree,
      tensorParallel: degree,
      pipelineParallel: degree,
      /** Copies of attention, each for requests of its own. */
      attentionDataParallel: degree,
      /** Devices that have some of the routed experts each, whole. */
      expertParallel: degree,
    })
    .optional(),
  /** What each machine takes of a place of one's own; null where there is nothing to share. */
  reserves: reservationSchema.nullable().default(null),
  /** What is expected of spot, whose parts the cost is made of; absent where all hours are one price. */
  spotRun: spotRunSchema.optional(),
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

/** The requests that one task serves, and how long they are expected to take. */
export const planServingSchema = z.object({
  task: z.number().int().min(0),
  /** In the order of `shares` of its allocations. */
  sizes: z.array(
    z.object({
      requestsPerSecond: z.number().min(0),
      inputTokens: z.number().nullable(),
      outputTokens: z.number().nullable(),
    }),
  ),
  /** The share of the time that the busiest machines work. */
  utilization: z.number().min(0),
  /** Null where machines are so full that waits would not end. */
  latency: z.object({ meanS: z.number(), p95S: z.number() }).nullable(),
  /** What the split makes least; null where a spread over providers decides it. */
  minimizes: z.enum(['mean', 'p95']).nullable(),
});
export type PlanServing = z.infer<typeof planServingSchema>;

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

/** A task that begins later than it could, and what that saves over the best that begins as soon. */
export const planWaitSchema = z.object({
  task: z.number().int().min(0),
  startS: z.number().min(0),
  earliestS: z.number().min(0),
  savedMicros: micros,
});

/** What was minimized where that is neither cost nor time alone, and what is proven of it. */
export const planObjectiveSchema = z.object({
  unit: z.enum(['g', 'usd']),
  value: z.number(),
  bound: z.number().nullable(),
  gap: z.number().nullable(),
  proof: z.enum(['enumeration', 'dp', 'duals', 'tree', 'solver']).nullable(),
});

export const PROOFS = ['enumeration', 'dp', 'duals', 'tree', 'solver'] as const;

/**
 * The strategy S for one task file: `kedge.plan/v1`. `bound.proof: solver` is a claim, never a
 * proof; `bound` is null when hours are not known and plans are ranked by price an hour.
 */
export const planSchema = z.object({
  schema: z.literal('kedge.plan/v1'),
  name: z.string().nullable(),
  minimize: z.enum(['cost', 'time', 'carbon', 'weighted']),
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
  /** Of the whole cost; of a plan without hours, where there is one, of what an hour costs. */
  bound: z.object({ micros, proof: z.enum(PROOFS) }).nullable(),
  /** (cost − bound) / cost; 0 is proven optimal. */
  gap: z.number().nullable(),
  currency: z.literal('USD'),
  allocations: z.array(planAllocationSchema).min(1),
  /** Absent where no task hands data to another. */
  transfers: z.array(planTransferSchema).optional(),
  /** Tasks that had better wait for a cheaper hour; absent where none does. */
  waits: z.array(planWaitSchema).optional(),
  /** Grams of CO2e, or dollars with the prices of time and carbon; absent for cost and time. */
  objective: planObjectiveSchema.optional(),
  /** Absent where no task serves a mix of requests. */
  serving: z.array(planServingSchema).optional(),
  alternatives: z.array(alternativeSchema),
  refusals: z.array(refusalSchema),
});
export type Plan = z.infer<typeof planSchema>;
