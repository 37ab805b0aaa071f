import { greatestCommonDivisor } from '../../../base/greatest-common-divisor.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { DivisibleWork, Problem, ProblemOffer } from '../model/problem.ts';
import { wholeAbove, wholeBelow, wholeScale } from './whole-scale.ts';

/** Something that can be bought once more for a task: a machine, or a billing increment of one. */
export type CoverItem = {
  /** Index into the options of the work. */
  readonly option: number;
  /** Micro-dollars. */
  readonly cost: number;
  /** Work, in whole numbers. */
  readonly units: number;
  readonly cap: number;
  /** The least that is billed when it is bought at all: a minimum charge. */
  readonly least: number;
  /**
   * `rest`: the increment that a deadline cuts off, one for each machine. `until-deadline`: a
   * machine for all the time there is, at its minimum charge.
   */
  readonly kind: 'machine' | 'increment' | 'rest' | 'until-deadline';
};

/** One task of divisible work, as a covering knapsack with minimum purchases. */
export type CoverTask = {
  readonly need: number;
  /** The same, not rounded up to what all items are multiples of. */
  readonly needExact: number;
  readonly items: readonly CoverItem[];
  /** So many of these units of work are one of the problem's. */
  readonly scale: number;
};

const NANOS_PER_MICRO = 1000;

/** What can be bought for one task; more of an item than the need asks for is never bought. */
export function coverTask(problem: Problem, work: DivisibleWork, deadlineS: number): CoverTask {
  const scale = wholeScale([work.units, ...work.options.map(({ throughput }) => throughput)]);
  const isByHour = work.per === 'hour';
  const items = work.options.flatMap(({ offer: index, throughput }, option) => {
    const offer = problem.offers[index]!;
    const units = wholeBelow(throughput * scale);
    const machines = machinesMax(problem, offer);
    if (units <= 0 || machines <= 0) return [];
    const given = { option, offer, units, machines };
    if (isByHour) return hourItems(given, deadlineS);
    return deadlineS >= SECONDS_PER_HOUR ? [machineItem(given)] : [];
  });
  const need = wholeAbove(work.units * scale) * (isByHour ? SECONDS_PER_HOUR : 1);
  const common =
    items.reduce((divisor, { units }) => greatestCommonDivisor(divisor, units), 0) || 1;
  const needed = Math.max(0, Math.ceil(need / common));
  return {
    need: needed,
    needExact: Math.max(0, need / common),
    scale: (scale * (isByHour ? SECONDS_PER_HOUR : 1)) / common,
    items: items.map((item) => {
      const units = item.units / common;
      return { ...item, units, cap: Math.min(item.cap, Math.ceil(needed / units)) };
    }),
  };
}

/** By what is available, and by pools of machines, for this task alone. */
function machinesMax({ pools }: Problem, { available, uses }: ProblemOffer): number {
  return uses.reduce((least, { pool, amount }) => {
    const { per, limit } = pools[pool]!;
    if (per !== 'machine' || amount === 0) return least;
    return Math.min(least, Math.floor(limit / amount));
  }, available ?? Infinity);
}

type Given = {
  readonly option: number;
  readonly offer: ProblemOffer;
  readonly units: number;
  readonly machines: number;
};

function machineItem({ option, offer, units, machines }: Given): CoverItem {
  return { option, cost: machineMicros(offer), units, cap: machines, least: 1, kind: 'machine' };
}

/** Micro-dollars of one machine that is hired for an hour, as `per: machine` has it. */
export function machineMicros(offer: ProblemOffer): number {
  return costOf(offer, billedSeconds(offer, SECONDS_PER_HOUR));
}

function hourItems({ option, offer, units, machines }: Given, deadlineS: number): CoverItem[] {
  const { billingIncrementS: increment, billingMinimumS } = offer;
  const least = Math.max(1, Math.ceil(billingMinimumS / increment));
  const wholes = deadlineS === Infinity ? Infinity : Math.floor(deadlineS / increment);
  const seconds = deadlineS === Infinity ? 0 : Math.floor(deadlineS);
  const cost = costOf(offer, increment);
  if (least > wholes) {
    if (seconds === 0) return [];
    const all = { units: units * seconds, cost: costOf(offer, billedSeconds(offer, seconds)) };
    return [{ option, ...all, cap: machines, least: 1, kind: 'until-deadline' }];
  }
  const whole = { option, cost, units: units * increment, cap: machines * wholes, least };
  const restS = wholes === Infinity ? 0 : seconds - wholes * increment;
  const rest = { option, cost, units: units * restS, cap: machines, least: 1 };
  return [
    { ...whole, kind: 'increment' },
    ...(restS > 0 ? [{ ...rest, kind: 'rest' as const }] : []),
  ];
}

/** Whole increments, at least the minimum. */
function billedSeconds({ billingIncrementS, billingMinimumS }: ProblemOffer, used: number): number {
  return Math.max(billingMinimumS, Math.ceil(used / billingIncrementS) * billingIncrementS);
}

function costOf({ nanosPerHour }: ProblemOffer, seconds: number): number {
  return (nanosPerHour * (seconds / SECONDS_PER_HOUR)) / NANOS_PER_MICRO;
}
