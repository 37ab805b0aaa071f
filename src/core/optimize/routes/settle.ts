import { asMicros, divideHalfEven, type Micros } from '../../../base/money.ts';
import { providerOf } from './network.ts';
import type { RouteAnswer, RouteProblem } from './route-problem.ts';
import type { Edge } from './steiner.ts';

/** One link of an answer, with what passes it. */
export type SettledLink = {
  readonly edge: Edge;
  /** Of `answer.parts`. */
  readonly load: number;
  readonly costMicros: Micros;
  readonly kilobitsPerSecond: number;
  readonly seconds: number;
};

export type Settled = {
  readonly links: readonly SettledLink[];
  readonly regions: readonly number[];
  readonly egressMicros: Micros;
  readonly vmsMicros: Micros;
  readonly costMicros: Micros;
  readonly seconds: number;
};

/** Seconds, exactly: of / per. */
type Time = { readonly of: bigint; readonly per: bigint };

const BYTES_PER_GIGABYTE = 1_000_000_000n;
const NANOS_PER_MICRO = 1000n;
const SECONDS_PER_HOUR = 3600n;
/** Bits of a byte over bits of a kilobit. */
const [BITS_PER_BYTE, BITS_PER_KILOBIT] = [8n, 1000n];

/**
 * What an answer costs, in exact integers: each link a line of egress, each region a line of
 * machines for as long as the slowest link takes, each line rounded once to a micro-dollar.
 */
export function settle(problem: RouteProblem, answer: RouteAnswer): Settled {
  const { network, bytes, source } = problem;
  const size = network.regions.length;
  const loads = loadsOf(answer, size);
  const regions = [...new Set([source, ...loads.map(({ edge }) => edge[1])])];
  const times = loads.map((one) => timeOf(problem, answer, loads, one));
  const longest = times.reduce(later, { of: 0n, per: 1n });
  const links = loads.map(({ edge, load }, index) => {
    const price = BigInt(network.nanosPerGigabyte[edge[0] * size + edge[1]]!);
    const cost = price * BigInt(load) * BigInt(bytes);
    const per = BigInt(answer.parts) * BYTES_PER_GIGABYTE * NANOS_PER_MICRO;
    return {
      edge,
      load,
      costMicros: asMicros(Number(divideHalfEven(cost, per))),
      ...speedOf(problem, answer, {
        load,
        time: answer.split === 'shares' ? longest : times[index]!,
      }),
    };
  });
  const egressMicros = asMicros(links.reduce((sum, { costMicros }) => sum + costMicros, 0));
  const vmsMicros = asMicros(machineMicros(problem, longest) * regions.length);
  const costMicros = asMicros(egressMicros + vmsMicros);
  return { links, regions, egressMicros, vmsMicros, costMicros, seconds: secondsOf(longest) };
}

type Load = { readonly edge: Edge; readonly load: number };

function loadsOf({ groups }: RouteAnswer, size: number): readonly Load[] {
  const loads = new Map<number, Load>();
  for (const { tree, partitions } of groups) {
    for (const [to, from] of tree) {
      const before = loads.get(from * size + to)?.load ?? 0;
      loads.set(from * size + to, { edge: [from, to], load: before + partitions });
    }
  }
  return [...loads.values()];
}

/**
 * How long a link takes. In partitions, links share the limit of their region equally where they
 * could carry more than it; shares of any size are sent at rates that fill the limits.
 */
function timeOf(
  problem: RouteProblem,
  answer: RouteAnswer,
  loads: readonly Load[],
  { edge, load }: Load,
): Time {
  const { network, machines } = problem;
  const size = network.regions.length;
  const [from, to] = edge;
  const measured = ([one, other]: Edge) => network.kilobitsPerSecond[one * size + other]!;
  const times = [
    moving(problem, answer, { load, kilobits: measured(edge), over: machines.gridMachines }),
  ];
  const sides = [
    { at: from, limit: limitsOf(problem, from)?.egressKilobitsPerSecond, side: 0 },
    { at: to, limit: limitsOf(problem, to)?.ingressKilobitsPerSecond, side: 1 },
  ] as const;
  for (const { at, limit, side } of sides) {
    if (limit === undefined) continue;
    const beside = loads.filter((one) => one.edge[side] === at);
    if (answer.split === 'shares') {
      const all = beside.reduce((sum, one) => sum + one.load, 0);
      times.push(moving(problem, answer, { load: all, kilobits: limit, over: 1 }));
      continue;
    }
    const together = beside.reduce((sum, one) => sum + measured(one.edge), 0);
    if (together > limit * machines.gridMachines)
      times.push(moving(problem, answer, { load, kilobits: limit, over: beside.length }));
  }
  return times.reduce(later);
}

/** So much of the data at so many kilobits a second of one machine, over so many alike. */
function moving(
  { bytes, machines }: RouteProblem,
  { parts }: RouteAnswer,
  {
    load,
    kilobits,
    over,
  }: { readonly load: number; readonly kilobits: number; readonly over: number },
): Time {
  return {
    of: BigInt(load) * BigInt(bytes) * BITS_PER_BYTE * BigInt(over),
    per: BigInt(parts) * BigInt(kilobits) * BITS_PER_KILOBIT * BigInt(machines.perRegion),
  };
}

function later(one: Time, other: Time): Time {
  return other.of * one.per > one.of * other.per ? other : one;
}

function speedOf(
  { bytes }: RouteProblem,
  { parts }: RouteAnswer,
  { load, time }: { readonly load: number; readonly time: Time },
) {
  const seconds = secondsOf(time);
  const kilobits = (bytes * (load / parts) * Number(BITS_PER_BYTE)) / Number(BITS_PER_KILOBIT);
  return { seconds, kilobitsPerSecond: kilobits / seconds };
}

function machineMicros({ machines }: RouteProblem, { of, per }: Time): number {
  const rate = BigInt(machines.perRegion) * BigInt(machines.nanosPerHour);
  return Number(divideHalfEven(rate * of, per * SECONDS_PER_HOUR * NANOS_PER_MICRO));
}

/** To a millionth of a second, for people and programs. */
function secondsOf({ of, per }: Time): number {
  return Number(divideHalfEven(of * 1_000_000n, per)) / 1e6;
}

function limitsOf({ network, machines }: RouteProblem, region: number) {
  return machines.limits[providerOf(network.regions[region]!)];
}
