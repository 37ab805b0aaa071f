import { assert } from '../../../base/assert.ts';
import { KedgeError } from '../../../base/errors.ts';
import { greatestCommonDivisor } from '../../../base/greatest-common-divisor.ts';
import { SECOND_MS, SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { DivisibleWork } from './task-problem.ts';

/**
 * Divisible work as a covering problem in whole numbers: minimize Σ cost·x subject to
 * Σ units·x ≥ need, x = 0 or least ≤ x ≤ cap, x whole. An item is what can be bought once more: a machine, or
 * one billing increment of a machine.
 */
export type CoverProblem = {
  /** Units of work, scaled to be whole like the items' own. */
  readonly need: number;
  readonly items: readonly CoverItem[];
  /** Costs are micro-dollars × this: seconds in an hour for `per: hour`, 1 for `per: machine`. */
  readonly costScale: number;
};

export type CoverItem = {
  /** Index of its candidate. */
  readonly candidate: number;
  readonly cost: number;
  readonly units: number;
  readonly cap: number;
  /** The least that is billed when it is bought at all, a machine's minimum charge: 1 or more. */
  readonly least: number;
  /** `rest`: the increment that a deadline cuts off; one for each machine. */
  readonly kind: 'machine' | 'increment' | 'rest' | 'until-deadline';
};

const NANOS_PER_MICRO = 1000;
/** Of one offer that does not tell how many can be had: more than anybody hands out at once. */
export const MACHINES_MAX = 10_000;
/** Throughputs and units are read to six decimals. */
const DECIMALS_MAX = 6;

/** The problem of some work on its candidates; the deadline counts for `per: hour` alone. */
export function coverProblem(
  work: DivisibleWork,
  candidates: readonly Candidate[],
  deadlineMs: number | null,
): CoverProblem {
  const scale = wholeScale([work.units, ...candidates.map((one) => one.throughput!)]);
  const perHour = work.per === 'hour';
  const costScale = perHour ? SECONDS_PER_HOUR : 1;
  const need = Math.ceil(work.units * scale * costScale - 1e-6);
  const limitS = deadlineMs === null ? Infinity : Math.floor(deadlineMs / SECOND_MS);
  const items = candidates.flatMap((candidate, index) => {
    const units = Math.floor(candidate.throughput! * scale + 1e-6);
    const offered = { candidate, index, units };
    if (perHour) return incrementItems(offered, limitS);
    return limitS >= SECONDS_PER_HOUR ? [machineItem(offered)] : [];
  });
  return reduced({ need, items: items.map((item) => capped(item, need)), costScale });
}

type Offered = { readonly candidate: Candidate; readonly index: number; readonly units: number };

function machineItem({ candidate, index, units }: Offered): CoverItem {
  const { offer } = candidate;
  const cap = offer.available ?? MACHINES_MAX;
  return {
    candidate: index,
    cost: microsPerHour(candidate),
    units,
    cap,
    least: 1,
    kind: 'machine',
  };
}

/**
 * Whole increments, and the one that the deadline cuts off, which costs as much. Where the deadline
 * comes before the minimum charge is used up, a machine until the deadline, at that charge.
 */
function incrementItems({ candidate, index, units }: Offered, limitS: number): CoverItem[] {
  const { available, billingIncrementS: increment, billingMinimumS } = candidate.offer;
  const machines = available ?? MACHINES_MAX;
  const cost = microsPerHour(candidate) * increment;
  const least = Math.max(1, Math.ceil(billingMinimumS / increment));
  const wholes = Math.floor(limitS / increment);
  const restS = limitS === Infinity ? 0 : limitS % increment;
  const whole = {
    candidate: index,
    cost,
    units: units * increment,
    least,
    kind: 'increment' as const,
  };
  if (least > wholes && limitS > 0) {
    const kind = 'until-deadline' as const;
    const [price, work] = [cost * least, units * limitS];
    return [{ candidate: index, cost: price, units: work, cap: machines, least: 1, kind }];
  }
  const rest = { candidate: index, cost, units: units * restS, least: 1, kind: 'rest' as const };
  return [
    ...(wholes > 0 ? [{ ...whole, cap: machines * wholes }] : []),
    ...(restS > 0 ? [{ ...rest, cap: machines }] : []),
  ];
}

/** More than covers the need alone is never bought, but for a minimum. */
function capped(item: CoverItem, need: number): CoverItem {
  return { ...item, cap: Math.min(item.cap, Math.ceil(need / item.units)) };
}

/** The same problem in the smallest whole numbers of work. */
function reduced({ need, items, costScale }: CoverProblem): CoverProblem {
  const useful = items.filter((item) => item.units > 0 && item.cap > 0);
  const common = useful.reduce((divisor, item) => greatestCommonDivisor(divisor, item.units), 0);
  const divisor = Math.max(1, common);
  return {
    need: Math.ceil(need / divisor),
    items: useful.map((item) => ({ ...item, units: item.units / divisor })),
    costScale,
  };
}

function microsPerHour({ offer }: Candidate): number {
  assert(offer.nanosPerHour % NANOS_PER_MICRO === 0, 'prices are whole micro-dollars an hour');
  return offer.nanosPerHour / NANOS_PER_MICRO;
}

/** The power of ten that makes all the numbers whole, as far as six decimals tell. */
function wholeScale(numbers: readonly number[]): number {
  let decimals = 0;
  while (
    decimals < DECIMALS_MAX &&
    numbers.some(
      (number) => Math.abs(number * 10 ** decimals - Math.round(number * 10 ** decimals)) > 1e-9,
    )
  ) {
    decimals++;
  }
  const scale = 10 ** decimals;
  if (Math.max(...numbers) * scale * SECONDS_PER_HOUR < Number.MAX_SAFE_INTEGER / 2) return scale;
  throw new KedgeError('spec.bad-value', 'work.units or a throughput is too large to count in', {
    hint: 'state both in a larger unit, as millions',
  });
}
