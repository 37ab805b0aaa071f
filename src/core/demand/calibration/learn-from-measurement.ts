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

/** Shares of the variance of an error; what is left of 1 is each set-up's own. */
export type ErrorShares = {
  readonly task: number;
  readonly generation: number;
  readonly device: number;
};

/** What of a task is estimated alike. */
export type ErrorKind = 'training' | 'serving' | 'samples' | 'memory';

/**
 * Most likely for errors of fits that did not see the source (measurements.csv, November 2026: 511
 * rows of training, 912 of serving, 172 of samples), grouped by task: same source, release, model,
 * precision, lengths and method. A task's errors are Student's t of 4 degrees, with a scale for each
 * source and quantity; n rows of a source count as 9n/(n + 9). Left out one by one, sources with
 * several devices move what a generation's errors share in training between 0.54 and 0.84, and what
 * a task's share on all devices between 0.07 and 0.16 (training), 0.1 and 0.34 (serving), 0.31 and
 * 0.63 (samples): few sources measured one task on several devices.
 * Memory was measured on one device alone, so that a task's set-ups tell its share (84 rows of BLOOM,
 * 12 of FasterTransformer); what programs allocate does not depend on the device.
 */
export const ERROR_SHARES: Readonly<Record<ErrorKind, ErrorShares>> = {
  training: { task: 0.08, generation: 0.67, device: 0.09 },
  serving: { task: 0.15, generation: 0.27, device: 0.4 },
  samples: { task: 0.54, generation: 0.07, device: 0.25 },
  memory: { task: 0.45, generation: 0, device: 0 },
};

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
