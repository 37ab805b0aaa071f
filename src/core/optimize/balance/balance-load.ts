import { minimizeSmooth, type SmoothProblem } from '../continuous/minimize-smooth.ts';
import { sharesProjection } from '../continuous/projections.ts';
import { meanLatency } from './mean-latency.ts';
import { type Balance, type LatencyOfShares, loadsOfKinds } from './replica-load.ts';
import { tailLatency } from './tail-latency.ts';

/*
 * Problem: given replicas of unlike speed and a mix of requests, which share of each bucket goes
 * where, so that the mean latency, or the one that 95 % of the requests stay below, is least.
 * Method: latencies by M/G/c approximations (replica-load.ts, tail-latency.ts), which are smooth in
 * the shares; projected L-BFGS on the simplices of the buckets, from several splits, the
 * proportional one and, of a few kinds and buckets, the best of all coarse ones among them. Where that overloads a kind, the rates begin smaller and grow with
 * the split: a latency near saturation pushes load to where there is room.
 * Complexity: O(kinds × buckets) for each of some hundred values. The global optimum for one bucket
 * (the mean is convex there), a local one for several, where to part short requests from long ones
 * can be better than to mix them.
 * Reference: for one bucket on single servers the optimum is closed (Bell, Stidham, Individual
 * versus Social Optimization in the Allocation of Customers to Alternative Servers, 1983).
 */

export type BalanceGoal = { readonly minimize: 'mean' | 'p95' };

export type Balanced =
  | {
      readonly kind: 'balanced';
      /** By bucket, then by kind: of a bucket they sum to 1. */
      readonly shares: readonly (readonly number[])[];
      readonly latency: Latency;
      /** Of each kind: the share of the time that a replica is busy. */
      readonly utilization: readonly number[];
    }
  /** The replicas can take this share of the requests, or less. */
  | { readonly kind: 'overloaded'; readonly possible: number };

export type Latency = { readonly meanS: number; readonly p95S: number };

const TOLERANCE = 1e-7;
const STEPS_MAX = 200;
const MODEL_STEPS_MAX = 12;
/** Of the latency: less than a measurement could ever tell. */
const PROGRESS_MIN = 1e-8;
/** While the rates still grow, a step downhill is enough to see where there is room. */
const ROUGH = { stepsMax: 10, progressMin: 1e-3 };
/** From each start. */
const BEGUN = { stepsMax: 20, progressMin: 1e-3 };
/** Of what would overload a kind, the rates begin with this share. */
const BEGIN = 0.9;
/** Of the way to saturation, the rates grow by this each time. */
const GROWTH = 0.7;
const GROWTHS_MAX = 60;
/** Splits that are looked at, and how many of them are begun with. */
const [CORNERS_MAX, CORNERS_BEGUN] = [400, 12];
/** Rates that can no more be raised by this have met what is possible. */
const STUCK = 1e-4;

/** The split with the least latency; overloaded where there is none in which all waits end. */
export function balanceLoad(balance: Balance, { minimize }: BalanceGoal): Balanced {
  const used = usedOf(balance);
  if (!isTaken(used)) return { kind: 'overloaded', possible: 0 };
  const starts = startsOf(used.balance).map((start) => roomy(used.balance, start));
  const possible = starts.filter(({ scale }) => scale === 1).map(({ shares }) => shares);
  if (possible.length === 0) {
    return { kind: 'overloaded', possible: Math.max(...starts.map(({ scale }) => scale)) };
  }
  const best = descendFrom(used.balance, meanLatency, possible);
  if (minimize === 'mean') return balanced(balance, used, best);
  return balanced(balance, used, descendFrom(used.balance, tailLatency, [best, ...possible]));
}

/** Some steps from each start, and on from the best two. */
function descendFrom(
  balance: Balance,
  latency: LatencyOf,
  starts: readonly Float64Array[],
): Float64Array {
  const value = (split: Float64Array): number => valueOf(balance, latency, split);
  const corners = cornersOf(balance).filter((start) => value(start) < Infinity);
  const best = corners.toSorted((a, b) => value(a) - value(b)).slice(0, CORNERS_BEGUN);
  const all = [...starts, ...best];
  const begun = [...all, ...all.map((start) => descend(balance, latency, start, BEGUN))];
  const [first, second] = begun.toSorted((a, b) => value(a) - value(b));
  const ends = [first!, second!].map((split) => descend(balance, latency, split));
  return [...ends, first!].reduce((least, end) => (value(end) < value(least) ? end : least));
}

/**
 * Every way to give each bucket to some kinds, in proportion to what they take of it: the best
 * splits are mostly near one of them. None where they are too many.
 */
function cornersOf(balance: Balance): readonly Float64Array[] {
  const { rates, replicas } = balance;
  if ((2 ** replicas.length - 1) ** rates.length > CORNERS_MAX) return [];
  let corners: readonly (readonly number[])[] = [[]];
  for (const row of proportionalShares(balance)) {
    const rows = row.reduce<readonly (readonly number[])[]>(
      (some, share) =>
        some.flatMap((one) =>
          share > 0
            ? [
                [...one, share],
                [...one, 0],
              ]
            : [[...one, 0]],
        ),
      [[]],
    );
    const shared = rows.map((one) => one.map((share) => share / totalOf(one)));
    const taken = shared.filter(([first]) => !Number.isNaN(first));
    corners = corners.flatMap((corner) => taken.map((one) => [...corner, ...one]));
  }
  return corners.map((corner) => Float64Array.from(corner));
}

/** The kinds of which there are any, and the buckets that anybody asks for. */
type Used = {
  readonly balance: Balance;
  readonly kinds: readonly number[];
  readonly buckets: readonly number[];
};

function usedOf({ replicas, rates }: Balance): Used {
  const kinds = [...replicas.keys()].filter((kind) => replicas[kind]!.count > 0);
  const buckets = [...rates.keys()].filter((bucket) => rates[bucket]! > 0);
  return {
    kinds,
    buckets,
    balance: {
      rates: buckets.map((bucket) => rates[bucket]!),
      replicas: kinds.map((kind) => ({
        count: replicas[kind]!.count,
        throughputs: buckets.map((bucket) => replicas[kind]!.throughputs[bucket]!),
      })),
    },
  };
}

function isTaken({ balance: { replicas, rates } }: Used): boolean {
  return (
    rates.length > 0 &&
    rates.every((_, bucket) => replicas.some(({ throughputs }) => throughputs[bucket]! > 0))
  );
}

type LatencyOf = (balance: Balance) => LatencyOfShares;

/** Latencies of a split that is given; shares by bucket, then by kind. */
export function latencyOf(balance: Balance, shares: readonly (readonly number[])[]): Latency {
  const flat = Float64Array.from(shares.flat());
  return {
    meanS: valueOf(balance, meanLatency, flat),
    p95S: valueOf(balance, tailLatency, flat),
  };
}

/** Each bucket by what each kind could take of it: what a balancer does that knows no more. */
export function proportionalShares({ replicas, rates }: Balance): readonly (readonly number[])[] {
  return rates.map((_, bucket) => {
    const able = replicas.map(({ count, throughputs }) => count * throughputs[bucket]!);
    const all = able.reduce((sum, one) => sum + one, 0);
    return able.map((one) => one / all);
  });
}

/**
 * Proportional; each bucket to where it is fastest; and the buckets in order of their size, either
 * way, to the kinds in order of their speed, each as much as it has room for.
 */
function startsOf(balance: Balance): readonly Float64Array[] {
  const { replicas, rates } = balance;
  const proportional = Float64Array.from(proportionalShares(balance).flat());
  const fastest = new Float64Array(proportional.length);
  rates.forEach((_, bucket) => {
    const speeds = replicas.map(({ throughputs }) => throughputs[bucket]!);
    fastest[bucket * replicas.length + speeds.indexOf(Math.max(...speeds))] = 1;
  });
  return [proportional, fastest, bySize(balance, 'smallest'), bySize(balance, 'largest')];
}

function bySize({ replicas, rates }: Balance, toSlowest: 'smallest' | 'largest'): Float64Array {
  const shares = new Float64Array(rates.length * replicas.length);
  const speed = (kind: number): number => mean(replicas[kind]!.throughputs);
  const size = (bucket: number): number =>
    1 / mean(replicas.map((one) => one.throughputs[bucket]!));
  const slowestFirst = [...replicas.keys()].sort((a, b) => speed(a) - speed(b));
  const sign = toSlowest === 'smallest' ? 1 : -1;
  const inOrder = [...rates.keys()].sort((a, b) => sign * (size(a) - size(b)));
  const all = loadsOfKinds(
    { replicas, rates },
    Float64Array.from(proportionalShares({ replicas, rates }).flat()),
  );
  const utilization =
    all.reduce((sum, { busy }) => sum + busy, 0) /
    replicas.reduce((sum, { count }) => sum + count, 0);
  const room = replicas.map(({ count }) => count * utilization);
  for (const bucket of inOrder) {
    let left = 1;
    const able = slowestFirst.filter((kind) => replicas[kind]!.throughputs[bucket]! > 0);
    for (const kind of able) {
      const each = rates[bucket]! / replicas[kind]!.throughputs[bucket]!;
      const share = kind === able.at(-1) ? left : Math.min(left, Math.max(0, room[kind]!) / each);
      shares[bucket * replicas.length + kind] = share;
      room[kind] = room[kind]! - share * each;
      left -= share;
    }
  }
  return shares;
}

function mean(numbers: readonly number[]): number {
  return totalOf(numbers) / numbers.length;
}

function totalOf(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** A split near the start in which every wait ends, and the share of the rates for which it does. */
function roomy(
  { replicas, rates }: Balance,
  start: Float64Array,
): { readonly shares: Float64Array; readonly scale: number } {
  let shares = start;
  let scale = Math.min(1, BEGIN / utilizationMax({ replicas, rates }, shares));
  for (let growth = 0; growth < GROWTHS_MAX && scale < 1; growth++) {
    const less = { replicas, rates: rates.map((rate) => rate * scale) };
    shares = descend(less, meanLatency, shares, ROUGH);
    const more = 1 + GROWTH * (1 / utilizationMax(less, shares) - 1);
    if (more - 1 < STUCK) break;
    scale = Math.min(1, scale * more);
  }
  return { shares, scale };
}

function utilizationMax(balance: Balance, shares: Float64Array): number {
  const loads = loadsOfKinds(balance, shares);
  return Math.max(...loads.map(({ busy }, kind) => busy / balance.replicas[kind]!.count));
}

/** Downhill from a split, in units of its own latency. */
function descend(
  balance: Balance,
  latency: LatencyOf,
  start: Float64Array,
  limits = { stepsMax: STEPS_MAX, progressMin: PROGRESS_MIN },
): Float64Array {
  const { replicas, rates } = balance;
  const of = latency(balance);
  const unit = of(start, new Float64Array(start.length));
  const problem: SmoothProblem = {
    value: (point, gradient) => {
      const value = of(point, gradient) / unit;
      for (let at = 0; at < gradient.length; at++) gradient[at] = gradient[at]! / unit;
      return value;
    },
    project: sharesProjection(
      rates.length,
      replicas.length,
      (bucket, kind) => replicas[kind]!.throughputs[bucket]! > 0,
    ),
  };
  return minimizeSmooth(problem, {
    ...limits,
    start,
    tolerance: TOLERANCE,
    modelStepsMax: MODEL_STEPS_MAX,
  }).point;
}

function valueOf(balance: Balance, latency: LatencyOf, shares: Float64Array): number {
  return latency(balance)(shares, new Float64Array(shares.length));
}

/** With what was left out: nobody's requests are the first kind's that takes them. */
function balanced(all: Balance, { balance, kinds, buckets }: Used, shares: Float64Array): Balanced {
  const loads = loadsOfKinds(balance, shares);
  return {
    kind: 'balanced',
    shares: all.rates.map((_, bucket) => {
      const row = buckets.indexOf(bucket);
      if (row < 0) {
        const first = all.replicas.findIndex((one) => one.count * one.throughputs[bucket]! > 0);
        return all.replicas.map((__, kind) => (kind === Math.max(0, first) ? 1 : 0));
      }
      const own = all.replicas.map((__, kind) => kinds.indexOf(kind));
      return own.map((at) => (at < 0 ? 0 : shares[row * kinds.length + at]!));
    }),
    latency: {
      meanS: valueOf(balance, meanLatency, shares),
      p95S: valueOf(balance, tailLatency, shares),
    },
    utilization: all.replicas.map(({ count }, kind) => {
      const at = kinds.indexOf(kind);
      return at < 0 ? 0 : loads[at]!.busy / count;
    }),
  };
}
