import { type Random, seededRandom } from '../../src/base/rng.ts';
import { findRegion } from '../../src/core/optimize/routes/find-region.ts';
import type { Network } from '../../src/core/optimize/routes/network.ts';
import {
  DEFAULT_GRID_MACHINES,
  DEFAULT_MACHINE_NANOS_PER_HOUR,
  DEFAULT_MACHINES_PER_REGION,
  DEFAULT_PARTITIONS,
  PROVIDER_LIMITS,
  type RouteProblem,
  routeProblem,
} from '../../src/core/optimize/routes/route-problem.ts';

/**
 * Data routes over a network of real regions, 300 GB in 10 partitions, two machines a region, as
 * the published multicast results have them. The classes say where source and destinations lie:
 *
 * - `aws`, `azure`, `gcp`: all at one provider, where many trees cost alike and time decides.
 * - `any`: anywhere, where a relay at another provider may pay.
 */
export const ROUTE_CLASSES = ['aws', 'azure', 'gcp', 'any'] as const;
export type RouteClass = (typeof ROUTE_CLASSES)[number];

/** The two instances of the published results (Cloudcast, NSDI'24) that are for development. */
export const PUBLISHED_ROUTES = {
  'intra-aws': {
    from: 'aws:ap-northeast-1',
    to: [
      'aws:me-south-1',
      'aws:eu-south-1',
      'aws:us-west-2',
      'aws:us-east-1',
      'aws:sa-east-1',
      'aws:ap-southeast-1',
    ],
  },
  'inter-agz': {
    from: 'gcp:asia-southeast1-a',
    to: [
      'azure:australiaeast',
      'azure:eastasia',
      'aws:ap-southeast-2',
      'azure:brazilsouth',
      'aws:sa-east-1',
      'gcp:australia-southeast1-a',
    ],
  },
} as const;

const BYTES = 300e9;

/** The same problem for the same seed: so many destinations, of that class. */
export function routeInstance(
  network: Network,
  kind: RouteClass,
  { seed, destinations }: { readonly seed: number; readonly destinations: number },
): RouteProblem {
  const random = seededRandom(seed * 1_000_003 + ROUTE_CLASSES.indexOf(kind));
  const inClass = network.regions.flatMap((region, index) =>
    kind === 'any' || region.startsWith(`${kind}:`) ? [index] : [],
  );
  const [source, ...to] = drawn(random, inClass, destinations + 1);
  return problemOf(network, source!, to);
}

export function publishedRoute(
  network: Network,
  { from, to }: { readonly from: string; readonly to: readonly string[] },
): RouteProblem {
  const destinations = to.map((name) => findRegion(network, name));
  return problemOf(network, findRegion(network, from), destinations);
}

function problemOf(
  network: Network,
  source: number,
  destinations: readonly number[],
): RouteProblem {
  return routeProblem({
    network,
    source,
    destinations,
    bytes: BYTES,
    partitions: DEFAULT_PARTITIONS,
    machines: {
      perRegion: DEFAULT_MACHINES_PER_REGION,
      nanosPerHour: DEFAULT_MACHINE_NANOS_PER_HOUR,
      gridMachines: DEFAULT_GRID_MACHINES,
      limits: PROVIDER_LIMITS,
    },
    withinS: null,
  });
}

/** So many of them, each once. */
function drawn(random: Random, from: readonly number[], count: number): readonly number[] {
  const left = [...from];
  return Array.from({ length: count }, () => {
    const at = Math.floor(random() * left.length);
    return left.splice(at, 1)[0]!;
  });
}
