import { z } from 'zod';
import type { Micros, Rate } from '../base/money.ts';

/*
 * The wire form of `Problem` (core/optimize/model/problem.ts), which says what each key means.
 * What most problems do not have may be left out. The descriptions are those of the published
 * JSON Schema, schema/problem.schema.json.
 */

const SECONDS_MAX = 3_153_600_000;
/** A year. */
const BILLED_SECONDS_MAX = 31_622_400;
const HOURS_MAX = 876_000;
const MACHINES_MAX = 1_000_000;
const USD_PER_HOUR_MAX = 1e6;
const USD_MAX = 1e9;
const AMOUNT_MAX = 1e12;
const NAME_CHARS_MAX = 1000;

const index = z.number().int().min(0);
const indices = z.array(index);
const amount = z.number().min(0).max(AMOUNT_MAX);
const above0 = z.number().gt(0).max(AMOUNT_MAX);
const seconds = z.number().min(0).max(SECONDS_MAX);
const billedSeconds = z.number().int().min(0).max(BILLED_SECONDS_MAX);
const hours = z.number().min(0).max(HOURS_MAX);
const text = z.string().max(NAME_CHARS_MAX);
const place = text.nullable().default(null);
const micros = z
  .number()
  .int()
  .min(0)
  .max(USD_MAX * 1e6)
  .transform((value) => value as Micros);
const extra = z
  .number()
  .int()
  .min(-USD_MAX * 1e6)
  .max(USD_MAX * 1e6)
  .transform((value) => value as Micros);
const rate = z
  .number()
  .int()
  .min(0)
  .max(USD_PER_HOUR_MAX * 1e9)
  .transform((value) => value as Rate);

/** The same keys wherever something is limited. */
const limits = z
  .strictObject({
    deadlineS: seconds.nullable().default(null).describe('Seconds from now to the end.'),
    budgetMicros: micros.nullable().default(null).describe('Dollars that it may cost.'),
    nanosPerHourMax: rate
      .nullable()
      .default(null)
      .describe('Dollars an hour of all machines that run at the same time.'),
  })
  .default(() => ({ deadlineS: null, budgetMicros: null, nanosPerHourMax: null }));

const objective = z
  .discriminatedUnion('minimize', [
    z.strictObject({
      minimize: z
        .enum(['cost', 'time', 'carbon'])
        .describe('Dollars; seconds to the end, then dollars; grams of CO2e, then dollars.'),
    }),
    z.strictObject({
      minimize: z.literal('weighted').describe('Dollars, with a price for time and carbon.'),
      microsPerHour: micros
        .default(0 as Micros)
        .describe('Micro-dollars for each hour to the end of the last task.'),
      microsPerKilogram: micros
        .default(0 as Micros)
        .describe('Micro-dollars for each kilogram of CO2e.'),
    }),
  ])
  .default({ minimize: 'cost' });

const offer = z.strictObject({
  id: text.describe('A name for it.'),
  provider: text.default('').describe('Who hires it out.'),
  region: place.describe('Where it stands.'),
  zone: place.describe('The part of the region.'),
  spot: z.boolean().default(false).describe('It may be taken away.'),
  nanosPerHour: rate.describe('Dollars an hour of one machine, to nine decimals.'),
  laterPrices: z
    .array(
      z.strictObject({
        fromS: seconds.describe('Seconds from now.'),
        nanosPerHour: rate.describe('Dollars an hour from then on.'),
      }),
    )
    .default(() => [])
    .describe('Other prices from some time on, in order of time.'),
  billingIncrementS: billedSeconds
    .min(1)
    .default(1)
    .describe('Seconds that hired time is rounded up to.'),
  billingMinimumS: billedSeconds.default(0).describe('Seconds that are billed at least.'),
  available: z
    .number()
    .int()
    .min(0)
    .max(1e9)
    .nullable()
    .default(null)
    .describe('Machines that all tasks together can hire at once; null for any number.'),
  gramsPerHour: amount
    .nullable()
    .default(null)
    .describe('Grams of CO2e of one machine in an hour; null when not known.'),
  uses: z
    .array(
      z.strictObject({
        pool: index.describe('Index of the pool.'),
        amount: z.number().int().min(0).max(AMOUNT_MAX).describe('A whole number.'),
      }),
    )
    .default(() => [])
    .describe('What one machine takes of shared pools.'),
});

const pool = z.strictObject({
  id: text.describe('A name for it.'),
  per: z
    .enum(['machine', 'machine-hour'])
    .default('machine')
    .describe('What is counted: machines as if all ran at once, or machine-hours.'),
  limit: amount.describe('The sum of amounts keeps this.'),
});

const choice = z.strictObject({
  kind: z.literal('choice').describe('Exactly one option is chosen.'),
  options: z
    .array(
      z.strictObject({
        offer: index.describe('Index of the offer.'),
        machines: z.number().int().min(1).max(MACHINES_MAX).default(1).describe('How many.'),
        hours: hours.describe('How long each works.'),
        startS: seconds.default(0).describe('It begins no earlier, in seconds from now.'),
        extraMicros: extra
          .default(0 as Micros)
          .describe('Dollars beside the machines; below 0 for hours that are not paid.'),
      }),
    )
    .min(1)
    .describe('The ways to do it.'),
});

const divisible = z.strictObject({
  kind: z.literal('divisible').describe('Any machines share it.'),
  per: z
    .enum(['hour', 'machine'])
    .default('hour')
    .describe('Throughput is that of an hour, or all that one hired machine does.'),
  units: above0.describe('Units of work to do.'),
  options: z
    .array(
      z.strictObject({
        offer: index.describe('Index of the offer.'),
        throughput: above0.describe('Units of work of one machine.'),
      }),
    )
    .min(1)
    .describe('The offers that can do it.'),
});

const serving = z.strictObject({
  kind: z.literal('serving').describe('Requests of several sizes, shared by machines.'),
  hours: hours.gt(0).default(1).describe('How long it is served.'),
  rates: z.array(amount).min(1).describe('Requests a second of each bucket.'),
  options: z
    .array(
      z.strictObject({
        offer: index.describe('Index of the offer.'),
        throughputs: z
          .array(amount)
          .describe('Requests a second of each bucket that one machine can take alone.'),
      }),
    )
    .min(1)
    .describe('The offers that can serve.'),
});

const task = z.strictObject({
  name: text.nullable().default(null).describe('A name for it.'),
  needs: indices.default(() => []).describe('Indices of tasks that must have ended before.'),
  limits: limits.describe('Of this task alone.'),
  providersMin: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe('How many providers must carry a part of it.'),
  shareMax: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('The share of its work that one provider carries at most.'),
  work: z.discriminatedUnion('kind', [choice, divisible, serving]).describe('What is to be done.'),
});

export const problemSchema = z.strictObject({
  schema: z.literal('kedge.problem/v1').describe('The version of this form.'),
  name: text.nullable().default(null).describe('A name for it.'),
  objective: objective.describe('What is made least; cost by default.'),
  limits: limits.describe('Of all tasks together.'),
  offers: z.array(offer).min(1).describe('What is for hire; referred to by index.'),
  pools: z
    .array(pool)
    .default(() => [])
    .describe('Quotas, shared capacities and commitments; referred to by index.'),
  tasks: z.array(task).min(1).describe('What is to be done; referred to by index.'),
  transfers: z
    .array(
      z.strictObject({
        from: index.describe('Index of the task that hands over data.'),
        to: index.describe('Index of the task that takes them.'),
        gigabytes: amount.describe('Decimal gigabytes.'),
      }),
    )
    .default(() => [])
    .describe('Data that one task of kind choice hands to another.'),
  routes: z
    .array(
      z.strictObject({
        from: text.describe('The provider and region that data leave, as aws/us-east-1.'),
        to: text.describe('The provider and region that they go to.'),
        nanosPerGigabyte: rate.describe('Dollars for a gigabyte, to nine decimals.'),
        gigabitsPerSecond: above0
          .nullable()
          .default(null)
          .describe('How fast it is; null when not known, taken as at once.'),
      }),
    )
    .default(() => [])
    .describe('What moving data costs; free and at once within a region.'),
  apart: z
    .array(
      z.strictObject({
        tasks: indices.min(2).describe('Indices of the tasks.'),
        by: z.enum(['provider', 'region', 'zone']).describe('What no two of them share.'),
      }),
    )
    .default(() => [])
    .describe('Tasks that must not be at the same place.'),
});

/** A problem as it was read; the same shape as core's `Problem`. */
export type ReadProblem = z.infer<typeof problemSchema>;
