import type { ServingWork } from '../model/problem.ts';
import type { Prices } from './bound-prices.ts';
import {
  ANY,
  leastNanoSeconds,
  type Range,
  type Scope,
  startsOf,
  type TaskLeastOf,
} from './bound-scope.ts';
import { PART_BITS, partsDown } from './grains.ts';
import { NANO_SECONDS_PER_MICRO } from './read-line.ts';
import { BOUND_LOAD_TOLERANCE } from './tolerance.ts';

/*
 * Problem: the least that one task of serving costs, once all requests of each bucket have a price
 * σ: Σ_b σ_b + Σ_options min over whole machines y of (cost · y − the most that y machines can earn).
 * Method: what y machines earn is a fractional knapsack: the buckets by price for load. It grows
 * ever slower in y, so that the least lies at the whole numbers beside where it stops to pay.
 * Complexity: O(options × buckets log buckets).
 * Reference: Dantzig, Discrete-Variable Extremum Problems (1957).
 */

/** Loads are parts of 2^-64 of a machine; values are grains in the same parts. */
const MACHINE = 1n << PART_BITS;

type Option = {
  /** Grains of one machine. */
  readonly cost: bigint;
  readonly cap: number;
  /** What can be earned, dearest for its load first. */
  readonly buckets: readonly Bucket[];
  readonly roundedAway: bigint;
};

type Bucket = { readonly price: bigint; readonly load: bigint };

export const servingLeast: TaskLeastOf<ServingWork> = (scope, { index, work }, prices) => {
  const starts = startsOf(scope.windows[index]!, { hours: work.hours, startS: 0 });
  const total = work.rates.reduce((sum, rate, bucket) => {
    return rate > 0 ? sum + prices.ofTask(index, bucket) : sum;
  }, 0n);
  const options = work.options.map((_, option) =>
    starts === null ? null : optionOf(scope, { index, work, option, starts }, prices),
  );
  const base = options.map((option) => (option === null ? 0n : termOf(option, ANY)!));
  const sum = base.reduce((all, term) => all + term, 0n);
  return (ranges) => {
    const isHired = (option: number): boolean =>
      options[option] !== null &&
      Math.min(options[option]!.cap, ranges.get(option)?.atMost ?? Infinity) > 0;
    if (!isServable(work, isHired)) return null;
    let value = sum;
    for (const [option, range] of ranges) {
      const one = options[option];
      if (one === undefined) continue;
      const term = one === null ? (range.atLeast > 0 ? null : 0n) : termOf(one, range);
      if (term === null) return null;
      value += term - base[option]!;
    }
    return total + (value >> PART_BITS);
  };
};

/** Every bucket that has requests can be taken by something. */
function isServable(work: ServingWork, isHired: (option: number) => boolean): boolean {
  return work.rates.every(
    (rate, bucket) =>
      rate === 0 ||
      work.options.some(({ throughputs }, option) => throughputs[bucket]! > 0 && isHired(option)),
  );
}

function optionOf(
  { problem, caps }: Scope,
  {
    index,
    work,
    option,
    starts,
  }: { index: number; work: ServingWork; option: number; starts: { from: number; to: number } },
  prices: Prices,
): Option | null {
  const { offer, throughputs } = work.options[option]!;
  const hired = problem.offers[offer];
  if (hired === undefined) return null;
  const nanoSeconds = leastNanoSeconds(hired, work.hours, starts);
  const microseconds = BigInt(Math.floor(work.hours * 3.6e9));
  const ofHours = (prices.ofHour[offer]! * microseconds) / 3_600_000_000n;
  const isWhole = hired.laterPrices.length === 0 && nanoSeconds % NANO_SECONDS_PER_MICRO === 0n;
  const buckets = work.rates.flatMap((rate, bucket) => {
    const price = prices.ofTask(index, bucket);
    const throughput = throughputs[bucket] ?? 0;
    if (rate === 0 || throughput <= 0 || price === 0n) return [];
    return [{ price, load: partsDown((rate / throughput) * (1 - BOUND_LOAD_TOLERANCE)) }];
  });
  return {
    cost: prices.cost(nanoSeconds) + prices.ofMachine[offer]! + ofHours,
    cap: caps[offer]!,
    buckets: buckets.toSorted(byPriceForLoad),
    roundedAway: isWhole ? 0n : prices.roundedAway << PART_BITS,
  };
}

function byPriceForLoad(a: Bucket, b: Bucket): number {
  return Number(b.price * a.load > a.price * b.load) - Number(a.price * b.load > b.price * a.load);
}

/** The least over all numbers of machines in a range; null where there is none. */
function termOf(option: Option, { atLeast, atMost }: Range): bigint | null {
  const most = Math.min(atMost, option.cap);
  if (atLeast > most) return null;
  const paying = option.buckets.reduce(
    (sum, { price, load }) => (price * MACHINE > option.cost * load ? sum + load : sum),
    0n,
  );
  const wholes = Number(paying / MACHINE);
  const least = Math.max(1, atLeast);
  const values = [wholes, wholes + 1]
    .map((machines) => Math.min(most, Math.max(least, machines)))
    .filter((machines) => machines > 0)
    .map((machines) => valueOf(option, BigInt(machines)) - option.roundedAway);
  if (atLeast === 0) values.push(0n);
  return values.reduce((one, other) => (other < one ? other : one));
}

/** cost · y − what y machines earn. */
function valueOf({ cost, buckets }: Option, machines: bigint): bigint {
  let value = cost * machines * MACHINE;
  let left = machines * MACHINE;
  for (const { price, load } of buckets) {
    if (load > left) return value - ceilShare(price, left, load);
    value -= price * MACHINE;
    left -= load;
  }
  return value;
}

/** Of a price, the part that a part of the load earns, rounded up. */
function ceilShare(price: bigint, left: bigint, load: bigint): bigint {
  return (price * MACHINE * left) / load + 1n;
}
