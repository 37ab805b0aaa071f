import type { Interval } from '../../../spec/demand.ts';
import { exactly } from '../interval.ts';

/** A part of what a device holds, as `--explain` prints it. */
export type MemoryLine = {
  readonly name: string;
  readonly bytes: Interval;
  /** The arithmetic in words and numbers, put together when asked for. */
  readonly formula: () => string;
  /** The paper, equation or page that it is from. */
  readonly source: string;
};

/**
 * What a device holds. The total's middle is the sum of the lines; lines are uncertain for unlike
 * reasons, so that the distances to its ends add as their squares do.
 */
export type MemoryEstimate = {
  readonly lines: readonly MemoryLine[];
  readonly total: Interval;
};

export function estimateOf(lines: readonly (MemoryLine | null)[]): MemoryEstimate {
  const held = lines.filter((line) => line !== null);
  const mid = middleOf(held);
  const below = Math.hypot(...held.map(({ bytes }) => bytes.mid - bytes.low));
  const above = Math.hypot(...held.map(({ bytes }) => bytes.high - bytes.mid));
  return { lines: held, total: { low: mid - below, mid, high: mid + above } };
}

/** Of their sum, the middle. */
export function middleOf(lines: readonly (MemoryLine | null)[]): number {
  return lines.reduce((sum, line) => sum + (line?.bytes.mid ?? 0), 0);
}

/** A line whose bytes are one number, or an interval; null for one of no bytes, which says nothing. */
export function memoryLine(
  name: string,
  bytes: Interval | number,
  { formula, source }: { readonly formula: () => string; readonly source: string },
): MemoryLine | null {
  const interval = typeof bytes === 'number' ? exactly(bytes) : bytes;
  return interval.high > 0 ? { name, bytes: interval, formula, source } : null;
}

/** Decimal, three digits: `4.49 GB`, `181 B`. */
export function formatBytes(bytes: number): string {
  const units: readonly [number, string][] = [
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ];
  const [size, unit] = units.find(([least]) => bytes >= least) ?? [1, 'B'];
  return `${Number((bytes / size).toPrecision(3))} ${unit}`;
}
