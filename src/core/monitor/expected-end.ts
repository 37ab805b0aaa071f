import { asEpochMs, type EpochMs, HOUR_MS } from '../../base/time.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Run } from '../../spec/run.ts';
import type { NodeSeries } from '../../spec/sample.ts';
import { attemptsOf, lastAttempt, nodeKey, nodesOf } from '../launch/launch-view.ts';
import { expectedEnd } from './progress.ts';

/** A rate from fewer points is a guess: it counts by its early end, so that it alarms nobody. */
const POINTS_SURE = 6;

/**
 * When an allocation will end: by the progress that its nodes tell, the latest of them; else by
 * the hours that the plan has for it, from its start. Null where neither tells.
 */
export function endOfAllocation(
  { run, plan, now }: { readonly run: Run; readonly plan: Plan; readonly now: EpochMs },
  allocation: number,
  seriesByNode: ReadonlyMap<string, NodeSeries>,
): EpochMs | null {
  const last = lastAttempt(run, allocation);
  if (last === undefined || last.state === 'ended') return null;
  const ends = nodesOf(run, last).flatMap((node) => {
    const progress = seriesByNode.get(nodeKey(node))?.progress ?? [];
    const end = expectedEnd(progress, now);
    return (progress.length < POINTS_SURE ? end?.lowAt : end?.endsAt) ?? [];
  });
  if (ends.length > 0) return asEpochMs(Math.max(...ends));
  const hours = plan.allocations[allocation]?.hours ?? null;
  const started = attemptsOf(run, allocation)
    .flatMap((attempt) => nodesOf(run, attempt))
    .flatMap(({ startedAt }) => startedAt ?? []);
  if (hours === null || started.length === 0) return null;
  return asEpochMs(Math.max(now, Math.min(...started) + hours * HOUR_MS));
}
