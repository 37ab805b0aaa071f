import { z } from 'zod';
import type { Micros, Rate } from '../base/money.ts';

const micros = z.custom<Micros>((value) => Number.isSafeInteger(value));
const rate = z.custom<Rate>((value) => Number.isSafeInteger(value));

const costAndTime = z.object({ costMicros: micros, seconds: z.number() });

/**
 * How data goes from one region to others: `kedge.route/v1`. Either in partitions, each of which
 * takes a tree of its own and passes each of its links once; or, to one destination, in shares of
 * any size, each of which takes a path (`partitions` is then null). Gigabytes are decimal.
 */
export const routePlanSchema = z.object({
  schema: z.literal('kedge.route/v1'),
  from: z.string(),
  to: z.array(z.string()),
  gigabytes: z.number(),
  partitions: z.number().int().nullable(),
  withinS: z.number().nullable(),
  vmsPerRegion: z.number().int(),
  /** Of one machine. */
  vmNanosPerHour: rate,
  costMicros: micros,
  egressMicros: micros,
  vmsMicros: micros,
  seconds: z.number(),
  /** No route costs less; `egressMicros` is the proven floor of egress alone. */
  bound: z.object({ micros, egressMicros: micros, proof: z.literal('dp') }),
  /** (cost − bound) / cost; 0 is proven optimal. */
  gap: z.number(),
  edges: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      /** Numbers of the partitions that pass it, from 0. */
      partitions: z.array(z.number().int()).nullable(),
      share: z.number(),
      gigabytes: z.number(),
      /** At most; the slowest edge decides how long the transfer takes. */
      gigabitsPerSecond: z.number(),
      seconds: z.number(),
      usdPerGigabyte: z.number(),
      costMicros: micros,
    }),
  ),
  trees: z.array(
    z.object({
      partitions: z.array(z.number().int()).nullable(),
      share: z.number(),
      edges: z.array(z.object({ from: z.string(), to: z.string() })),
    }),
  ),
  regions: z.array(z.string()),
  /** What the same costs straight from the source, and over the cheapest path to each; null for no way. */
  baselines: z.object({ direct: costAndTime.nullable(), dijkstra: costAndTime.nullable() }),
  /** The cheapest for each time, from the fastest; empty where it was not asked for. */
  frontier: z.array(costAndTime),
});
export type RoutePlan = z.infer<typeof routePlanSchema>;
