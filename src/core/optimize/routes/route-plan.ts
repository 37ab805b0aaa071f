import { assert } from '../../../base/assert.ts';
import { asMicros } from '../../../base/money.ts';
import type { RoutePlan } from '../../../spec/route.ts';
import { egressFloor, routeBound } from '../verify/verify-route-bound.ts';
import { checkRoute } from '../verify/verify-routes.ts';
import { type FindRouteOptions, findRoute } from './find-route.ts';
import { cheapestPathsTree, directTree } from './plain-trees.ts';
import type { Group, RouteAnswer, RouteCertificate, RouteProblem } from './route-problem.ts';
import { type Settled, settle } from './settle.ts';
import { shortestPaths, type Tree } from './steiner.ts';

const KILOBITS_PER_GIGABIT = 1e6;
const BYTES_PER_GIGABYTE = 1e9;
const NANOS_PER_USD = 1e9;

/**
 * The cheapest route that is found, checked, with its bound and what plain routes cost. With
 * `frontier`, the cheapest for each time too. Errors: `route.infeasible`, `solver.failed`.
 */
export async function planRoute(
  problem: RouteProblem,
  options: FindRouteOptions,
): Promise<RoutePlan> {
  const found = await findRoute(problem, options);
  const { answer, certificate } = found;
  const settled = checked(problem, answer);
  const { network, machines } = problem;
  const name = (region: number): string => network.regions[region]!;
  const bound = boundOf(problem, certificate, settled);
  const { costMicros, egressMicros, vmsMicros, seconds } = settled;
  return {
    schema: 'kedge.route/v1',
    from: name(problem.source),
    to: problem.destinations.map(name),
    gigabytes: problem.bytes / BYTES_PER_GIGABYTE,
    partitions: isWhole(answer) ? problem.partitions : null,
    withinS: problem.withinS,
    vmsPerRegion: machines.perRegion,
    vmNanosPerHour: machines.nanosPerHour,
    costMicros,
    egressMicros,
    vmsMicros,
    seconds,
    bound,
    gap: costMicros === 0 ? 0 : (costMicros - bound.micros) / costMicros,
    ...waysOf(problem, answer, settled),
    regions: settled.regions.map(name),
    baselines: baselinesOf(problem),
    frontier: options.frontier ? frontierOf(problem, found.frontier) : [],
  };
}

/** Settled and checked, which agree on every micro-dollar. */
function checked(problem: RouteProblem, answer: RouteAnswer): Settled {
  const settled = settle(problem, answer);
  const { costMicros, egressMicros, vmsMicros, seconds } = checkRoute(problem, answer);
  assert(costMicros === settled.costMicros, 'the checker finds another cost');
  assert(egressMicros === settled.egressMicros, 'the checker finds another cost of egress');
  assert(vmsMicros === settled.vmsMicros, 'the checker finds another cost of machines');
  assert(seconds === settled.seconds, 'the checker finds another time');
  return settled;
}

/** Each line of a bill may be rounded down by half a micro-dollar, of which the bound knows nothing. */
function boundOf(problem: RouteProblem, certificate: RouteCertificate, settled: Settled) {
  const { costMicros, egressMicros, links, regions } = settled;
  const lines = links.length + regions.length;
  const bound = routeBound(problem, certificate);
  const floor = egressFloor(problem);
  assert(bound <= costMicros + lines && floor <= egressMicros + lines, 'a bound above the cost');
  return {
    micros: asMicros(Math.min(bound, costMicros)),
    egressMicros: asMicros(Math.min(floor, egressMicros)),
    proof: 'dp' as const,
  };
}

/** Whether partitions can be named: shares can when all data takes one path. */
function isWhole({ split, groups }: RouteAnswer): boolean {
  return split === 'partitions' || groups.length === 1;
}

function waysOf(problem: RouteProblem, answer: RouteAnswer, settled: Settled) {
  const { network, bytes } = problem;
  const { groups, parts } = answer;
  const name = (region: number): string => network.regions[region]!;
  const numbered = numberedOf(problem, answer);
  const edges = settled.links.map(({ edge, load, costMicros, kilobitsPerSecond, seconds }) => {
    const [from, to] = edge;
    const nanos = network.nanosPerGigabyte[from * network.regions.length + to]!;
    const passes = ({ tree }: Group) => tree.get(to) === from;
    return {
      from: name(from),
      to: name(to),
      partitions: numbered?.filter((_, index) => passes(groups[index]!)).flat() ?? null,
      share: load / parts,
      gigabytes: (bytes * load) / parts / BYTES_PER_GIGABYTE,
      gigabitsPerSecond: Math.round(kilobitsPerSecond) / KILOBITS_PER_GIGABIT,
      seconds,
      usdPerGigabyte: nanos / NANOS_PER_USD,
      costMicros,
    };
  });
  const trees = groups.map(({ tree, partitions }, index) => ({
    partitions: numbered === null ? null : numbered[index]!,
    share: partitions / parts,
    edges: [...tree].map(([to, from]) => ({ from: name(from), to: name(to) })),
  }));
  return { edges, trees };
}

/** The numbers of the partitions of each group, from 0; null where they have none. */
function numberedOf(problem: RouteProblem, answer: RouteAnswer): readonly number[][] | null {
  if (!isWhole(answer)) return null;
  let next = 0;
  return answer.groups.map(({ partitions }) => {
    const count = answer.split === 'shares' ? problem.partitions : partitions;
    const numbers = Array.from({ length: count }, (_, index) => next + index);
    next += count;
    return numbers;
  });
}

function baselinesOf(problem: RouteProblem): RoutePlan['baselines'] {
  const { network } = problem;
  const paths = shortestPaths(network.nanosPerGigabyte, network.regions.length);
  const plain = (tree: Tree | null) => {
    if (tree === null) return null;
    const { partitions } = problem;
    const groups = [{ tree, partitions }];
    const { costMicros, seconds } = settle(problem, {
      split: 'partitions',
      parts: partitions,
      groups,
    });
    return { costMicros, seconds };
  };
  return {
    direct: plain(directTree(problem)),
    dijkstra: plain(cheapestPathsTree(problem, paths)),
  };
}

/** Of times that are nearly the same, the cheapest alone. */
const NEARLY = 1e-4;

function frontierOf(problem: RouteProblem, answers: readonly RouteAnswer[]) {
  const points = answers.map((answer) => {
    const { costMicros, seconds } = checked(problem, answer);
    return { costMicros, seconds };
  });
  return points.filter(({ seconds }, index) => {
    const slower = points[index + 1];
    return slower === undefined || slower.seconds > seconds * (1 + NEARLY);
  });
}
