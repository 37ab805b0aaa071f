import { assert } from '../../../base/assert.ts';
import type { Rate } from '../../../base/money.ts';
import { type Network, providerOf } from './network.ts';
import type { Tree } from './steiner.ts';

/** Data to be moved from one region to others: an immutable value. */
export type RouteProblem = {
  readonly network: Network;
  readonly source: number;
  /** In ascending order, without the source. */
  readonly destinations: readonly number[];
  readonly bytes: number;
  /** Equal parts, each of which goes its own way. */
  readonly partitions: number;
  readonly machines: RouteMachines;
  /** Null for as long as it takes. */
  readonly withinS: number | null;
};

/** The machines that send, receive and forward: the same number in every region that is used. */
export type RouteMachines = {
  readonly perRegion: number;
  readonly nanosPerHour: Rate;
  /**
   * How many machines of each end the grid's throughput is taken for; more or fewer move more or
   * less in proportion. The published multicast results take it for their two.
   */
  readonly gridMachines: number;
  /** Of one machine, by provider; a provider that is not named has none. */
  readonly limits: Readonly<Record<string, ProviderLimits>>;
};

export type ProviderLimits = {
  readonly ingressKilobitsPerSecond: number;
  readonly egressKilobitsPerSecond: number;
};

/** What it carries in kilobits a second, all machines of a region together; Infinity for no limit. */
export type Capacities = {
  /** Of each pair of regions; 0 where there is no way. */
  readonly links: Float64Array;
  readonly ingress: Float64Array;
  readonly egress: Float64Array;
};

/** Some partitions, or shares, that take one tree. */
export type Group = { readonly tree: Tree; readonly partitions: number };

/**
 * Where the data goes. `partitions`: whole ones, and links share limits equally. `shares`: parts
 * of any size, here in so many `parts`, at rates that fill the limits; to one destination.
 */
export type RouteAnswer = {
  readonly split: 'partitions' | 'shares';
  readonly parts: number;
  readonly groups: readonly Group[];
};

/**
 * Proves a bound: what a second of each bottleneck is taken to cost. At any such prices no route
 * costs less than the cheapest tree does, plus the time that they do not pay for. A route either
 * has regions on the way or has none, so that the lesser bound of the two kinds holds as well.
 */
export type RouteCertificate = {
  readonly all: readonly BottleneckPrice[];
  readonly straight: readonly BottleneckPrice[];
  readonly relayed: readonly BottleneckPrice[];
};

export type BottleneckPrice = {
  /** A link, or what leaves or enters a region. */
  readonly at: 'link' | 'egress' | 'ingress';
  readonly from: number;
  readonly to: number;
  /** Whole; of an hour in which it is the bottleneck. */
  readonly nanosPerHour: number;
};

const gbps = (ingress: number, egress: number): ProviderLimits => ({
  ingressKilobitsPerSecond: ingress * 1e6,
  egressKilobitsPerSecond: egress * 1e6,
});

/**
 * Of one machine. Source: the instances of the published multicast results (Cloudcast, NSDI'24),
 * which follow what the providers let one machine send to other regions.
 */
export const PROVIDER_LIMITS: Readonly<Record<string, ProviderLimits>> = {
  aws: gbps(10, 5),
  gcp: gbps(16, 7),
  azure: gbps(16, 16),
};

/** As the published multicast results count: two machines at $0.54 an hour, ten partitions. */
export const DEFAULT_MACHINES_PER_REGION = 2;
export const DEFAULT_GRID_MACHINES = 2;
export const DEFAULT_MACHINE_NANOS_PER_HOUR = 540_000_000 as Rate;
export const DEFAULT_PARTITIONS = 10;

export function capacitiesOf({ network, machines }: RouteProblem): Capacities {
  const { perRegion, gridMachines, limits } = machines;
  const { regions, kilobitsPerSecond } = network;
  const ofProvider = (of: (limit: ProviderLimits) => number) =>
    Float64Array.from(regions, (region) => {
      const limit = limits[providerOf(region)];
      return limit === undefined ? Infinity : of(limit) * perRegion;
    });
  return {
    links: kilobitsPerSecond.map((measured) => (measured * perRegion) / gridMachines),
    ingress: ofProvider((limit) => limit.ingressKilobitsPerSecond),
    egress: ofProvider((limit) => limit.egressKilobitsPerSecond),
  };
}

/** The problem in its one form: destinations in order, each once, the source not among them. */
export function routeProblem(parts: RouteProblem): RouteProblem {
  const { source, partitions, bytes, machines } = parts;
  const destinations = [...new Set(parts.destinations)]
    .filter((region) => region !== source)
    .toSorted((one, other) => one - other);
  assert(destinations.length > 0, 'data that is to go nowhere');
  assert(Number.isSafeInteger(bytes) && bytes > 0, `${bytes} bytes to move`);
  assert(Number.isSafeInteger(partitions) && partitions > 0, `${partitions} partitions`);
  assert(machines.perRegion > 0 && machines.gridMachines > 0, 'machines in each region');
  return { ...parts, destinations };
}
