import type { Interval } from '../../spec/demand.ts';

/** An interval whose ends are given as factors of its middle: low ≤ 1 ≤ high. */
export type Spread = { readonly low: number; readonly high: number };

export function exactly(value: number): Interval {
  return { low: value, mid: value, high: value };
}

export function spreadAround(mid: number, { low, high }: Spread): Interval {
  return { low: mid * low, mid, high: mid * high };
}

/** Of quantities that are off together, as parts of one estimate are: ends add to ends. */
export function sum(...parts: readonly Interval[]): Interval {
  const total = { low: 0, mid: 0, high: 0 };
  for (const { low, mid, high } of parts) {
    total.low += low;
    total.mid += mid;
    total.high += high;
  }
  return total;
}

export function times(interval: Interval, factor: Interval): Interval {
  return {
    low: interval.low * factor.low,
    mid: interval.mid * factor.mid,
    high: interval.high * factor.high,
  };
}

/** A positive amount divided by each end of a rate; the slowest rate gives the high end. */
export function dividedBy(amount: number, rate: Interval): Interval {
  return { low: amount / rate.high, mid: amount / rate.mid, high: amount / rate.low };
}
