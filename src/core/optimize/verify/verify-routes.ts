import { assert } from '../../../base/assert.ts';
import { asMicros, type Micros } from '../../../base/money.ts';
import type { RouteAnswer, RouteProblem } from '../routes/route-problem.ts';

/*
 * Problem: is a route what it is said to be?
 * Method: each tree is followed from its destinations back to the source; cost and time are summed
 * up anew, for each region in turn, by the formula of the published multicast results.
 * Complexity: O(regions × links).
 * Reference: Wooders et al., Cloudcast (NSDI'24).
 */

export type CheckedRoute = {
  readonly costMicros: Micros;
  readonly egressMicros: Micros;
  readonly vmsMicros: Micros;
  readonly seconds: number;
};

/** Exactly of / per. */
type Ratio = { readonly of: bigint; readonly per: bigint };

type Used = { readonly from: number; readonly to: number; readonly parts: number };

/** What the checker finds; a route that is none is a bug, and says so. */
export function checkRoute(problem: RouteProblem, answer: RouteAnswer): CheckedRoute {
  const parts = answer.groups.reduce((sum, { partitions }) => sum + partitions, 0);
  assert(parts === answer.parts, `${parts} of ${answer.parts} parts have a way`);
  assert(
    answer.split === 'shares' || answer.parts === problem.partitions,
    `${answer.parts} parts are not the ${problem.partitions} that were asked for`,
  );
  for (const { tree } of answer.groups) checkTree(problem, tree);
  const used = usedLinks(answer);
  const time =
    answer.split === 'shares' ? freeTime(problem, answer, used) : equalTime(problem, answer, used);
  const egress = used.reduce((sum, link) => sum + egressOf(problem, answer, link), 0n);
  const regions = new Set(used.flatMap(({ from, to }) => [from, to]));
  const { perRegion, nanosPerHour } = problem.machines;
  const rent = BigInt(perRegion) * BigInt(nanosPerHour) * time.of;
  const vms = rounded({ of: rent, per: time.per * 3_600_000n }) * BigInt(Math.max(1, regions.size));
  return {
    costMicros: asMicros(Number(egress + vms)),
    egressMicros: asMicros(Number(egress)),
    vmsMicros: asMicros(Number(vms)),
    seconds: Number(rounded({ of: time.of * 1_000_000n, per: time.per })) / 1e6,
  };
}

/** From each destination back to the source, over links of the grid and without a circle. */
function checkTree(
  { network, source, destinations }: RouteProblem,
  tree: ReadonlyMap<number, number>,
): void {
  const size = network.regions.length;
  assert(!tree.has(source), 'nothing enters the source');
  const needed = new Set<number>();
  for (const destination of destinations) {
    let steps = 0;
    for (let at = destination; at !== source; ) {
      const from = tree.get(at);
      assert(from !== undefined, `${network.regions[destination]} is not reached`);
      assert(
        network.kilobitsPerSecond[from * size + at]! > 0,
        'a link that the grid does not have',
      );
      needed.add(at);
      at = from;
      assert(++steps <= size, `the way to ${network.regions[destination]} runs in a circle`);
    }
  }
  assert(needed.size === tree.size, 'a branch leads to no destination');
}

function usedLinks({ groups }: RouteAnswer): readonly Used[] {
  const parts = new Map<string, number>();
  for (const group of groups) {
    for (const [to, from] of group.tree) {
      const name = `${from} ${to}`;
      parts.set(name, (parts.get(name) ?? 0) + group.partitions);
    }
  }
  return [...parts].map(([name, count]) => {
    const [from, to] = name.split(' ').map(Number);
    return { from: from!, to: to!, parts: count };
  });
}

function egressOf({ network, bytes }: RouteProblem, { parts }: RouteAnswer, link: Used): bigint {
  const nanos = network.nanosPerGigabyte[link.from * network.regions.length + link.to]!;
  const of = BigInt(nanos) * BigInt(bytes) * BigInt(link.parts);
  return rounded({ of, per: BigInt(parts) * 1_000_000_000_000n });
}

/**
 * Region by region: the links that leave it have as much as each can carry, or, where that is
 * more than may leave, at most an equal share of that; so do those that enter it.
 */
function equalTime(problem: RouteProblem, answer: RouteAnswer, used: readonly Used[]): Ratio {
  const { network, machines } = problem;
  const size = network.regions.length;
  const over = BigInt(machines.gridMachines);
  let slowest: Ratio = { of: 0n, per: 1n };
  const measured = (link: Used) => BigInt(network.kilobitsPerSecond[link.from * size + link.to]!);
  for (const link of used) {
    slowest = larger(slowest, lasting(problem, answer, BigInt(link.parts) * over, measured(link)));
  }
  for (let region = 0; region < size; region++) {
    const { leaving, entering } = machineLimits(problem, region);
    const sides = [
      [leaving, used.filter(({ from }) => from === region)],
      [entering, used.filter(({ to }) => to === region)],
    ] as const;
    for (const [limit, links] of sides) {
      const sum = links.reduce((total, link) => total + measured(link), 0n);
      if (limit === null || sum <= limit * over) continue;
      for (const { parts } of links) {
        const copies = BigInt(parts) * BigInt(links.length);
        slowest = larger(slowest, lasting(problem, answer, copies, limit));
      }
    }
  }
  return slowest;
}

/** Rates are free: no link and no region passes more than it can. */
function freeTime(problem: RouteProblem, answer: RouteAnswer, used: readonly Used[]): Ratio {
  const { network, machines } = problem;
  const size = network.regions.length;
  let slowest: Ratio = { of: 0n, per: 1n };
  for (const link of used) {
    const measured = BigInt(network.kilobitsPerSecond[link.from * size + link.to]!);
    const copies = BigInt(link.parts) * BigInt(machines.gridMachines);
    slowest = larger(slowest, lasting(problem, answer, copies, measured));
  }
  for (let region = 0; region < size; region++) {
    const { leaving, entering } = machineLimits(problem, region);
    const sent = used.reduce((sum, link) => sum + (link.from === region ? link.parts : 0), 0);
    const received = used.reduce((sum, link) => sum + (link.to === region ? link.parts : 0), 0);
    if (leaving !== null)
      slowest = larger(slowest, lasting(problem, answer, BigInt(sent), leaving));
    if (entering !== null)
      slowest = larger(slowest, lasting(problem, answer, BigInt(received), entering));
  }
  return slowest;
}

/** Seconds for so many parts at so many kilobits a second of each machine of a region. */
function lasting(
  { bytes, machines }: RouteProblem,
  { parts }: RouteAnswer,
  copies: bigint,
  kilobits: bigint,
): Ratio {
  const bits = copies * BigInt(bytes) * 8n;
  return { of: bits, per: BigInt(parts) * kilobits * 1000n * BigInt(machines.perRegion) };
}

/** What may leave and enter one machine there, in kilobits a second; null for no limit. */
export function machineLimits({ network, machines }: RouteProblem, region: number) {
  const [provider = ''] = network.regions[region]!.split(':');
  const known = machines.limits[provider];
  return {
    leaving: known === undefined ? null : BigInt(known.egressKilobitsPerSecond),
    entering: known === undefined ? null : BigInt(known.ingressKilobitsPerSecond),
  };
}

function larger(one: Ratio, other: Ratio): Ratio {
  return one.of * other.per >= other.of * one.per ? one : other;
}

/** Half to even. */
function rounded({ of, per }: Ratio): bigint {
  const below = of / per;
  const rest = 2n * (of - below * per);
  return rest > per || (rest === per && below % 2n === 1n) ? below + 1n : below;
}
