import type { Interval } from '../../../spec/demand.ts';

/*
 * Problem: what one measurement of a task on one device says of the same task elsewhere.
 * Method: the error ln(measured / estimated) of a task on a device is the sum of independent parts:
 * one of the task wherever it runs (what its framework does, what the description leaves out), one of
 * the device's generation, one of the device, and one of the very set-up. Errors of two set-ups are
 * then correlated by the parts that they share, and the estimate of one given the error of the other
 * is a Gaussian process's: the middle moves by ρ times the error, the interval narrows to √(1 − ρ²).
 * Reference: kriging with nested random effects (Rasmussen, Williams, Gaussian Processes for Machine
 * Learning, 2006, equations 2.23 and 2.24; Robinson, That BLUP is a good thing, 1991).
 */

/**
 * Shares of the variance of an error; what is left of 1 is each set-up's own. `npm run calibrate` finds
 * the most likely ones.
 */
export type ErrorShares = {
  readonly task: number;
  readonly generation: number;
  readonly device: number;
};

/** Of errors that have nothing in common. */
export const NO_SHARES: ErrorShares = { task: 0, generation: 0, device: 0 };

/** How near another set-up of the task is to the measured one. */
export type Kinship = 'set-up' | 'device' | 'generation' | 'task';

/** Of errors of two set-ups of one task. */
export function errorCorrelation(
  { task, generation, device }: ErrorShares,
  kinship: Kinship,
): number {
  switch (kinship) {
    case 'set-up':
      return 1;
    case 'device':
      return task + generation + device;
    case 'generation':
      return task + generation;
    case 'task':
      return task;
  }
}

/**
 * Standard deviation, in the logarithm, of one set-up measured again: 0.03 for the steps of 16 pairs
 * of rows (Megatron-Bridge, BLOOM), 0.02 for the memory of 8.
 */
const REPEATED = 0.03;
/** Of a normal distribution: a tenth lies beyond. */
const TENTH = 1.2816;

/**
 * An estimate once the error ln(measured / estimated) of another of the same task is known, which is
 * correlated with its own by so much; both count upwards. Never wider than before, and never surer
 * than a repeated measurement unless it was so before.
 */
export function learnFromError(
  { low, mid, high }: Interval,
  { error, correlation }: { readonly error: number; readonly correlation: number },
): Interval {
  const moved = mid * Math.exp(correlation * error);
  const narrower = Math.sqrt(1 - correlation * correlation);
  const narrowed = (end: number): number =>
    Math.max(narrower * end, Math.min(end, TENTH * REPEATED));
  return {
    low: moved * Math.exp(-narrowed(Math.log(mid / low))),
    mid: moved,
    high: moved * Math.exp(narrowed(Math.log(high / mid))),
  };
}
