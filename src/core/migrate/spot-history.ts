import type { EpochMs } from '../../base/time.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { Attempt } from '../../spec/run.ts';
import { attemptsOf, type LaunchView, nodesOf } from '../launch/launch-view.ts';

/** From then on spot was seen to be there, or not to be. */
type Mark = { readonly at: EpochMs; readonly isAvailable: boolean };

export type SpotHistory = {
  /** By tick, from the first that tells anything to the last that is over: 1 where it was there. */
  readonly past: Uint8Array;
  /** When it was last refused, or taken away; null where it never was. */
  readonly absentAt: EpochMs | null;
};

/**
 * What the attempts of an allocation have seen of its spot offer: there while one ran, gone when one
 * was lost or turned away, and in between as it was seen last.
 */
export function spotHistory(
  view: LaunchView,
  allocation: number,
  { from, tickMs }: { readonly from: EpochMs; readonly tickMs: number },
): SpotHistory {
  const marks = attemptsOf(view.run, allocation)
    .filter((attempt) => lineOf(view.run, view.plan, attempt).spot)
    .flatMap((attempt) => marksOf(view, attempt));
  const ticks = Math.max(0, Math.floor((view.now - from) / tickMs));
  const seen: number[] = [];
  for (let tick = 0; tick < ticks; tick++) {
    const last = marks.findLast(({ at }) => at < from + (tick + 1) * tickMs);
    if (last !== undefined) seen.push(last.isAvailable ? 1 : 0);
  }
  const absentAt = marks.findLast(({ isAvailable }) => !isAvailable)?.at ?? null;
  return { past: Uint8Array.from(seen), absentAt };
}

function marksOf(view: LaunchView, attempt: Attempt): readonly Mark[] {
  const { endedAt, outcome } = attempt;
  const starts = nodesOf(view.run, attempt).flatMap(({ startedAt }) => startedAt ?? []);
  const there = starts.length === 0 ? [] : [{ at: starts[0]!, isAvailable: true }];
  const gone = outcome === 'infra-lost' ? [{ at: endedAt!, isAvailable: false }] : [];
  return [...there, ...gone];
}
