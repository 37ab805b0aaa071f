import { closestWord } from '../base/closest.ts';
import { KedgeError } from '../base/errors.ts';
import type { Rate } from '../base/money.ts';
import { findRegion } from '../core/optimize/routes/find-region.ts';
import { type Network, providerOf } from '../core/optimize/routes/network.ts';
import { planRoute } from '../core/optimize/routes/route-plan.ts';
import {
  DEFAULT_GRID_MACHINES,
  DEFAULT_MACHINE_NANOS_PER_HOUR,
  DEFAULT_MACHINES_PER_REGION,
  DEFAULT_PARTITIONS,
  PROVIDER_LIMITS,
  type ProviderLimits,
  routeProblem,
} from '../core/optimize/routes/route-problem.ts';
import type { Clock } from '../ports/clock.ts';
import type { Solver } from '../ports/solver.ts';
import type { RoutePlan } from '../spec/route.ts';

export type RouteRequest = {
  readonly network: Network;
  /** Regions, as people name them. */
  readonly from: string;
  readonly to: readonly string[];
  readonly bytes: number;
  readonly withinS: number | null;
  /** Null for the usual ones; named, data to one destination goes in whole ones too. */
  readonly partitions: number | null;
  readonly vmsPerRegion: number | null;
  readonly vmNanosPerHour: Rate | null;
  /** How many machines of each end the grid's throughput is of. */
  readonly gridVms: number | null;
  /** Of one machine, beside those of the big clouds. */
  readonly limits: Readonly<Record<string, ProviderLimits>>;
  readonly frontier: boolean;
  readonly timeLimitMs: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Loaded for this, and closed after. */
  readonly solver: () => Promise<Solver>;
};

const SEED = 1;
/** Of one annealing: about a second. */
export const ROUTE_MOVES = 30_000;

/**
 * The cheapest way to move data from one region to others. Errors: `spec.bad-value` for a region
 * that the grid does not have, `route.infeasible`, `solver.failed`.
 */
export async function planDataRoute(request: RouteRequest): Promise<RoutePlan> {
  const { network, partitions, clock, timeLimitMs, frontier } = request;
  const source = findRegion(network, request.from);
  const problem = routeProblem({
    network,
    source,
    destinations: request.to.map((name) => destinationOf(network, source, name)),
    bytes: request.bytes,
    partitions: partitions ?? DEFAULT_PARTITIONS,
    withinS: request.withinS,
    machines: {
      perRegion: request.vmsPerRegion ?? DEFAULT_MACHINES_PER_REGION,
      nanosPerHour: request.vmNanosPerHour ?? DEFAULT_MACHINE_NANOS_PER_HOUR,
      gridMachines: request.gridVms ?? DEFAULT_GRID_MACHINES,
      limits: { ...PROVIDER_LIMITS, ...knownLimits(network, request.limits) },
    },
  });
  const isFlow = problem.destinations.length === 1 && partitions === null;
  const split = isFlow ? 'shares' : 'partitions';
  const solver = await request.solver();
  try {
    const options = {
      solver,
      clock,
      timeLimitMs,
      seed: SEED,
      moves: ROUTE_MOVES,
      split,
      frontier,
    } as const;
    return await planRoute(problem, options);
  } finally {
    await solver.close();
  }
}

/** A mistyped provider is an error, not a limit that holds nobody. */
function knownLimits({ regions }: Network, limits: RouteRequest['limits']): RouteRequest['limits'] {
  const providers = new Set(regions.map(providerOf));
  const unknown = Object.keys(limits).find((provider) => !providers.has(provider));
  if (unknown === undefined) return limits;
  const closest = closestWord(unknown, providers);
  const known = [...providers].join(', ');
  throw new KedgeError('spec.bad-value', `the grid has no provider "${unknown.slice(0, 64)}"`, {
    hint: closest === undefined ? `it has ${known}` : `did you mean ${closest}?`,
  });
}

function destinationOf(network: Network, source: number, name: string): number {
  const destination = findRegion(network, name);
  if (destination !== source) return destination;
  throw new KedgeError('spec.bad-value', `${name} is where the data is already`, {
    hint: 'leave it out of --to',
  });
}
