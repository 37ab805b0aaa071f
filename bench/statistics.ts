import { assert } from '../src/base/assert.ts';

/** The smallest and the largest of some measurements. */
export type Spread = readonly [min: number, max: number];

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const upper = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[upper]!;
  return (sorted[upper - 1]! + sorted[upper]!) / 2;
}

/**
 * By nearest rank: the smallest value that at least this share of all is not above. With fewer
 * than 20 values the 95th percentile is the largest.
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = ascending(values);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1]!;
}

export function p95(values: readonly number[]): number {
  return percentile(values, 0.95);
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = ascending(values);
  return [sorted[0]!, sorted.at(-1)!];
}

/** Of measurements made in pairs, one after the other: noise that lasts hits both of a pair. */
export function ratios(values: readonly number[], baselines: readonly number[]): number[] {
  assert(values.length === baselines.length, 'each measurement has its baseline');
  return values.map((value, index) => value / baselines[index]!);
}

function ascending(values: readonly number[]): number[] {
  assert(values.length > 0, 'a statistic needs a measurement');
  return values.toSorted((a, b) => a - b);
}
