import { type EpochMs, HOUR_MS } from '../../base/time.ts';
import type { Measured } from '../../spec/advice.ts';
import type { Interval } from '../../spec/demand.ts';
import type { Span } from '../../spec/reservation.ts';
import type { Run } from '../../spec/run.ts';
import type { NodeSeries } from '../../spec/sample.ts';
import { lastAttempt } from '../launch/launch-view.ts';
import { expectedEnd } from './progress.ts';
import { usageOf } from './usage.ts';

/** A rate from fewer points is a guess, which moves nothing. */
const POINTS_SURE = 6;

/** By allocation: the most that any of its nodes has used, in all attempts. */
export function measuredOf(all: readonly NodeSeries[]): ReadonlyMap<number, Measured> {
  const byAllocation = Map.groupBy(all, ({ allocation }) => allocation);
  return new Map(
    [...byAllocation].map(([allocation, series]) => {
      const usages = series.map(usageOf);
      const measured: Measured = {
        cpuPeakCores: highest(usages.map(({ cpuPeakCores }) => cpuPeakCores)),
        memoryPeakBytes: highest(usages.map(({ memoryPeakBytes }) => memoryPeakBytes)),
        overMs: Math.max(...usages.map(({ sampledMs }) => sampledMs)),
      };
      return [allocation, measured];
    }),
  );
}

/** By allocation: hours left, where the nodes of its latest attempt tell how far they are. */
export function hoursLeftOf(
  run: Run,
  all: readonly NodeSeries[],
  now: EpochMs,
): ReadonlyMap<number, Interval> {
  const hours = new Map<number, Interval>();
  for (const [allocation, series] of Map.groupBy(all, (one) => one.allocation)) {
    const last = lastAttempt(run, allocation);
    const ends = series
      .filter(({ attempt, progress }) => {
        return attempt === last?.attempt && progress.length >= POINTS_SURE;
      })
      .flatMap(({ progress }) => endOf(progress, now) ?? []);
    if (ends.length === 0) continue;
    const left = (at: EpochMs): number => Math.max(0, at - now) / HOUR_MS;
    // A gang ends with the slowest of its nodes.
    hours.set(allocation, {
      low: Math.max(...ends.map(({ lowAt }) => left(lowAt))),
      mid: Math.max(...ends.map(({ endsAt }) => left(endsAt))),
      high: Math.max(...ends.map(({ highAt }) => left(highAt))),
    });
  }
  return hours;
}

function endOf(progress: NodeSeries['progress'], now: EpochMs) {
  const end = expectedEnd(progress, now);
  if (end === null || end.endsAt === null || end.lowAt === null || end.highAt === null) return null;
  const { lowAt, endsAt, highAt } = end;
  return { lowAt, endsAt, highAt };
}

/** How long an attempt holds what it holds, from then on: by its nodes' own word of their progress. */
export function spanByProgress(
  series: readonly NodeSeries[],
  { heldAt, now }: { readonly heldAt: EpochMs; readonly now: EpochMs },
): Span | null {
  const ends = series
    .filter(({ progress }) => progress.length >= POINTS_SURE)
    .flatMap(({ progress }) => endOf(progress, now) ?? []);
  if (ends.length === 0) return null;
  const lasts = (at: EpochMs): number => Math.max(now, at) - heldAt;
  return {
    lowMs: Math.max(...ends.map(({ lowAt }) => lasts(lowAt))),
    midMs: Math.max(...ends.map(({ endsAt }) => lasts(endsAt))),
    highMs: Math.max(...ends.map(({ highAt }) => lasts(highAt))),
  };
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
