import { asEpochMs, type EpochMs } from '../../base/time.ts';
import type { ProgressPoint } from '../../spec/sample.ts';
import type { Progress } from '../../spec/top.ts';

/** When there are more, every second one is forgotten. */
const POINTS_MAX = 64;
/** What wobbles by less than this goes on; what falls by more has begun anew. */
const WOBBLE = 0.02;
/** The rate is that of the later half of what was seen, of so many points at least. */
const POINTS_MIN = 5;
/** Uncertainty of a rate from two points; it falls with the root of their number. */
const DOUBT = 0.3;
const DOUBT_MAX = 0.9;

/** Keeps the moments at which progress was first seen to be so far: plateaus have only a start. */
export function addProgress(
  points: readonly ProgressPoint[],
  point: ProgressPoint,
): ProgressPoint[] {
  const last = points.at(-1);
  if (last !== undefined && point.done < last.done - WOBBLE) return [point];
  if (last !== undefined && (point.done <= last.done || point.timeMs <= last.timeMs)) {
    return [...points];
  }
  const all = [...points, point];
  if (all.length <= POINTS_MAX) return all;
  // The first and the last one stay.
  return all.filter((_, index) => index === 0 || index % 2 === 0 || index === all.length - 1);
}

/**
 * When a task will be done, by the rate of its recent progress: the median of the slopes between
 * points (Theil 1950, Sen 1968), which a slow start, a resumption or a few outliers do not move.
 * The interval is that of the tenths of the slopes, and wider the fewer there are. Null before
 * two different values were seen. O(n²) of at most 64 points.
 */
export function expectedEnd(points: readonly ProgressPoint[], now: EpochMs): Progress | null {
  const last = points.at(-1);
  if (last === undefined) return null;
  const done = last.done;
  if (done >= 1) {
    const at = asEpochMs(last.timeMs);
    return { done: 1, endsAt: at, lowAt: at, highAt: at };
  }
  const slopes = slopesOf(recent(points), now);
  const middle = quantile(slopes, 0.5);
  if (middle === null || middle <= 0) return { done, endsAt: null, lowAt: null, highAt: null };
  const doubt = Math.min(DOUBT_MAX, DOUBT / Math.sqrt(Math.max(1, points.length - 1)));
  const slow = Math.min(quantile(slopes, 0.1)!, middle * (1 - doubt));
  const fast = Math.max(quantile(slopes, 0.9)!, middle * (1 + doubt));
  const endBy = (rate: number): EpochMs =>
    asEpochMs(Math.max(now, last.timeMs + (1 - done) / rate));
  const slowest = Math.max(slow, middle * (1 - DOUBT_MAX));
  return { done, endsAt: endBy(middle), lowAt: endBy(fast), highAt: endBy(slowest) };
}

function recent(points: readonly ProgressPoint[]): readonly ProgressPoint[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  const middleMs = (first.timeMs + last.timeMs) / 2;
  const from = points.findIndex(({ timeMs }) => timeMs >= middleMs);
  return points.slice(Math.max(0, Math.min(from, points.length - POINTS_MIN)));
}

/** Sorted. A stand longer than the longest so far, twice over, is a part of the rate too. */
function slopesOf(points: readonly ProgressPoint[], now: number): readonly number[] {
  const [first, last] = [points[0]!, points.at(-1)!];
  const gaps = points.slice(1).map(({ timeMs }, index) => timeMs - points[index]!.timeMs);
  const isStuck = gaps.length > 0 && now - last.timeMs > 2 * Math.max(...gaps);
  const seen = isStuck ? [...points, { timeMs: now, done: last.done }] : points;
  // Points close together tell of their steps, not of the rate.
  const spanMs = (seen.at(-1)!.timeMs - first.timeMs) / 4;
  const slopes: number[] = [];
  for (const [index, a] of seen.entries()) {
    for (const b of seen.slice(index + 1)) {
      const ms = b.timeMs - a.timeMs;
      if (ms > 0 && ms >= spanMs) slopes.push((b.done - a.done) / ms);
    }
  }
  return slopes.sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.round(share * (sorted.length - 1))] ?? null;
}
