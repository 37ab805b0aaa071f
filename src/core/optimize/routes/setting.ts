import { type Bottlenecks, bottlenecksOf } from './load.ts';
import { nearestFirstTree } from './many-terminals.ts';
import type { Packing } from './pack-trees.ts';
import { cheapestPathsTree, directTree } from './plain-trees.ts';
import { type Capacities, capacitiesOf, type RouteProblem } from './route-problem.ts';
import {
  EXACT_TERMINALS_MAX,
  type ShortestPaths,
  shortestPaths,
  steinerTree,
  type Tree,
} from './steiner.ts';
import { secondsFloor } from './time-floor.ts';
import { regionSecondNanos } from './tree-value.ts';

/** A problem with what every search in it needs; amounts are of one gigabyte. */
export type Setting = {
  readonly problem: RouteProblem;
  readonly capacities: Capacities;
  readonly bottlenecks: Bottlenecks;
  /** By price. */
  readonly paths: ShortestPaths;
  /** None is faster. */
  readonly secondsMin: number;
  /** Nano-dollars for the machines of one region. */
  readonly regionSecond: number;
  /** Trees that need no search; the one of least egress comes first. */
  readonly plainTrees: readonly Tree[];
};

const BYTES_PER_GIGABYTE = 1e9;

/** Null when a destination has no way. */
export function settingOf(problem: RouteProblem): Setting | null {
  const { network, source, destinations, machines } = problem;
  const capacities = capacitiesOf(problem);
  const paths = shortestPaths(network.nanosPerGigabyte, network.regions.length);
  const cheapest = cheapestPathsTree(problem, paths);
  if (cheapest === null) return null;
  const isExact = destinations.length <= EXACT_TERMINALS_MAX;
  const best = isExact
    ? (steinerTree(paths, source, destinations)?.tree ?? null)
    : nearestFirstTree(paths, source, destinations);
  const plainTrees = [best, cheapest, directTree(problem)];
  return {
    problem,
    capacities,
    bottlenecks: bottlenecksOf(problem, capacities),
    paths,
    secondsMin: secondsFloor(problem, capacities),
    regionSecond: regionSecondNanos(machines),
    plainTrees: plainTrees.filter((tree) => tree !== null),
  };
}

/**
 * Which routes a fractional problem stands for. `all`: each region on the way costs its machines
 * for the shortest time there is, once for all data that takes it, which is never more than in the
 * end. `straight`: there are none. `relayed`: there is one or more, which costs as much as an end.
 */
export type RouteKind = 'all' | 'straight' | 'relayed';

/** The fractional problem of such routes under a time limit. */
export function packingOf(setting: Setting, secondsMax: number, kind: RouteKind = 'all'): Packing {
  const { problem, bottlenecks, secondsMin, regionSecond } = setting;
  const { network, source, destinations } = problem;
  const ends = new Set([source, ...destinations]);
  const size = network.regions.length;
  const extra = { all: regionSecond * secondsMin, straight: Infinity, relayed: 0 }[kind];
  return {
    source,
    destinations,
    bottlenecks,
    costs: network.nanosPerGigabyte.map((price, link) =>
      ends.has(link % size) ? price : price + extra,
    ),
    secondCost: regionSecond * (ends.size + (kind === 'relayed' ? 1 : 0)),
    secondsMin,
    secondsMax,
  };
}

/** The user's limit, of a gigabyte; Infinity for none. */
export function secondsMaxOf({ withinS, bytes }: RouteProblem): number {
  return withinS === null ? Infinity : (withinS / bytes) * BYTES_PER_GIGABYTE;
}
