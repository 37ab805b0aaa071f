import type { DivisibleWork, ProblemOffer } from '../model/problem.ts';
import type { Prices } from './bound-prices.ts';
import {
  ANY,
  leastNanoSeconds,
  leastRate,
  type Range,
  type Scope,
  startsOf,
  type TaskLeastOf,
} from './bound-scope.ts';
import { floorOf, PART_BITS, partsDown, partsUp } from './grains.ts';
import { NANO_SECONDS_PER_MICRO } from './read-line.ts';
import { BOUND_TOLERANCE } from './tolerance.ts';
import { wholeCoverLeast } from './verify-cover-whole.ts';
import type { Window } from './windows.ts';

/*
 * Problem: the least that one task of divisible work costs, once all that couples and each unit of
 * work has a price λ: λ·need + Σ_options min (cost of its machines − λ · what they do).
 * Method: what one machine is worth by itself is a chain of straight pieces over its increments,
 * flat up to the minimum charge, cut off by the deadline: least at an end of a piece. As many
 * machines as there can be, but no more than the need asks for: an answer that does more with one
 * option can do less for no more money, and still meets the need.
 * Complexity: O(options); one of a few is done again where a search restricts it.
 * Reference: Geoffrion, Lagrangean relaxation for integer programming (1974).
 */

/** Values are grains × 2^64 × microseconds in an hour, so that all are whole. */
const HOUR = 3_600_000_000n;
const SECOND = 1_000_000n;

type Option = {
  /** Of one machine that is used: the least, with λ · its work taken off. */
  readonly least: bigint;
  /** The same for each part of work × microseconds that it does, where that is negative: of/per. */
  readonly perWork: { readonly of: bigint; readonly per: bigint };
  /** More is of no use, in parts × microseconds, however many machines do it. */
  readonly workMax: bigint;
  /** What one machine does at most, in parts × microseconds; null for no limit. */
  readonly workEach: bigint | null;
  /** As many machines as there can be, and as are of any use. */
  readonly cap: number;
  readonly useful: number;
  readonly roundedAway: bigint;
};

export const divisibleLeast: TaskLeastOf<DivisibleWork> = (scope, { index, work }, prices) => {
  const price = prices.ofTask(index, 0);
  if (price === 0n && work.per === 'machine') {
    const whole = wholeCoverLeast(scope, { index, work }, prices);
    return () => whole;
  }
  const need = needParts(work) * HOUR;
  const options = work.options.map((option) => {
    const one = { work, option, window: scope.windows[index]!, price };
    return work.per === 'machine'
      ? machineOption(scope, one, prices)
      : hourOption(scope, one, prices);
  });
  const base = options.map((option) => termOf(option, ANY));
  const sum = base.reduce<bigint>((all, term) => all + (term ?? 0n), 0n);
  const works = options.map((option) => workOf(option, ANY));
  const unlimited = works.filter((all) => all === null).length;
  const worked = works.reduce<bigint>((all, one) => all + (one ?? 0n), 0n);
  return (ranges) => {
    let [value, most, free] = [sum, worked, unlimited];
    for (const [option, range] of ranges) {
      const one = options[option];
      if (one === undefined) continue;
      const term = termOf(one, range);
      if (term === null) return null;
      value += term - base[option]!;
      const [before, after] = [works[option]!, workOf(one, range)];
      most += (after ?? 0n) - (before ?? 0n);
      free += Number(after === null) - Number(before === null);
    }
    if (free === 0 && most < need) return null;
    return floorOf(value + price * need, HOUR << PART_BITS);
  };
};

/** Units that must be done, in parts; whole where machines can do no other number. */
function needParts({ per, units, options }: DivisibleWork): bigint {
  const least = units * (1 - BOUND_TOLERANCE);
  const isWhole =
    per === 'machine' &&
    Number.isInteger(units) &&
    options.every(({ throughput }) => Number.isInteger(throughput));
  return partsDown(isWhole ? Math.ceil(least) : least);
}

type Given = {
  readonly work: DivisibleWork;
  readonly option: DivisibleWork['options'][number];
  readonly window: Window;
  readonly price: bigint;
};

const NOTHING: Option = {
  least: 0n,
  perWork: { of: 0n, per: 1n },
  workMax: 0n,
  workEach: 0n,
  cap: 0,
  useful: 0,
  roundedAway: 0n,
};

function machineOption(
  { problem, caps }: Scope,
  { work, option, window, price }: Given,
  prices: Prices,
): Option {
  const offer = problem.offers[option.offer];
  const starts = startsOf(window, { hours: 1, startS: 0 });
  if (offer === undefined || starts === null || option.throughput <= 0) return NOTHING;
  const nanoSeconds = leastNanoSeconds(offer, 1, starts);
  const grains =
    prices.cost(nanoSeconds) + prices.ofMachine[option.offer]! + prices.ofHour[option.offer]!;
  const done = partsUp(option.throughput) * HOUR;
  const least = ((grains * HOUR) << PART_BITS) - price * done;
  const useful = Math.ceil(work.units / option.throughput);
  return {
    least,
    perWork: { of: least, per: done },
    workMax: done * BigInt(useful),
    workEach: done,
    cap: caps[option.offer]!,
    useful,
    roundedAway: roundedAway([nanoSeconds], offer, prices),
  };
}

function hourOption(
  { problem, caps }: Scope,
  { work, option, window, price }: Given,
  prices: Prices,
): Option {
  const offer = problem.offers[option.offer];
  const leftS = window.deadlineS - window.earliestS;
  if (offer === undefined || leftS <= 0 || option.throughput <= 0) return NOTHING;
  const { billingIncrementS: increment } = offer;
  const throughput = partsUp(option.throughput);
  const neededS = (work.units / option.throughput) * 3600;
  const rate = BigInt(leastRate(offer, window.earliestS));
  const slope = throughput * price - (prices.ofHour[option.offer]! << PART_BITS);
  const uses = usefulIncrements(offer, { leftS, neededS }).map((count) => {
    const billed = Math.max(offer.billingMinimumS, count * increment);
    const micro = BigInt(Math.ceil(Math.min(count * increment, leftS) * 1e6));
    const grains = prices.cost(rate * BigInt(billed)) + prices.ofMachine[option.offer]!;
    const value = ((grains * HOUR) << PART_BITS) - (slope > 0n ? slope * micro : 0n);
    return { value, done: throughput * micro };
  });
  const least = uses.reduce((one, other) => (other.value < one.value ? other : one));
  const best = uses.reduce((one, other) =>
    other.value * one.done < one.value * other.done ? other : one,
  );
  const workMax = throughput * (BigInt(Math.ceil((neededS + increment) * 1e6)) + SECOND);
  return {
    least: least.value,
    perWork: { of: best.value, per: best.done },
    workMax,
    workEach: leftS === Infinity ? null : throughput * BigInt(Math.ceil(leftS * 1e6)),
    cap: caps[option.offer]!,
    useful: Infinity,
    roundedAway: roundedAway(
      [increment, offer.billingMinimumS].map((seconds) => rate * BigInt(seconds)),
      offer,
      prices,
    ),
  };
}

/** Increments of one machine at which its value can be least: where pieces end. */
function usefulIncrements(
  { billingIncrementS: increment, billingMinimumS: minimum }: ProblemOffer,
  { leftS, neededS }: { readonly leftS: number; readonly neededS: number },
): readonly number[] {
  const most = Math.max(1, Math.ceil(Math.min(leftS, neededS + increment) / increment));
  const charged = Math.max(1, Math.floor(minimum / increment));
  const wholes = Math.max(1, Math.floor(leftS / increment));
  return [charged, charged + 1, wholes, most].map((count) => Math.min(count, most));
}

/** Nothing where every possible bill is a whole number of micro-dollars anyway. */
function roundedAway(
  bills: readonly bigint[],
  { laterPrices }: ProblemOffer,
  prices: Prices,
): bigint {
  const areWhole = bills.every((bill) => bill % NANO_SECONDS_PER_MICRO === 0n);
  if (laterPrices.length === 0 && areWhole) return 0n;
  return (prices.roundedAway * HOUR) << PART_BITS;
}

/** The least over all numbers of machines in a range; null where there is none. */
function termOf(option: Option, { atLeast, atMost }: Range): bigint | null {
  if (atLeast > Math.min(atMost, option.cap)) return null;
  const most = Math.max(atLeast, Math.min(atMost, option.cap, option.useful));
  const others = othersTerm(option, most - atLeast);
  if (atLeast > 0) return BigInt(atLeast) * option.least + others - option.roundedAway;
  const one = most > 0 ? option.least - option.roundedAway : 0n;
  const all = others < 0n ? others - option.roundedAway : 0n;
  return one < all ? one : all;
}

/** Of so many more machines, or fewer: as many as are worth it, of which no more than the need. */
function othersTerm({ least, perWork, workMax }: Option, machines: number): bigint {
  if (least >= 0n || machines === 0) return 0n;
  const byNeed = perWork.of < 0n ? floorOf(workMax * perWork.of, perWork.per) : 0n;
  if (machines === Infinity) return byNeed;
  const byCount = BigInt(machines) * least;
  return byCount > byNeed ? byCount : byNeed;
}

/** What can be done at most, in parts × microseconds; null for no limit. */
function workOf({ workEach, cap }: Option, { atMost }: Range): bigint | null {
  const machines = Math.min(cap, atMost);
  if (machines === 0) return 0n;
  return workEach === null || machines === Infinity ? null : workEach * BigInt(machines);
}
