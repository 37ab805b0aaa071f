import { hoursLeftOf, measuredOf } from '../core/monitor/run-outlook.ts';
import type { RunNow } from '../ports/planner.ts';
import type { Store, StoredRun } from '../ports/store.ts';
import type { NewEvent } from '../spec/event.ts';
import type { PlanAllocation } from '../spec/plan.ts';
import type { Run } from '../spec/run.ts';

/** A run with what is known of how it goes, for a re-plan. */
export async function runNow(store: Store, { run, request }: StoredRun): Promise<RunNow> {
  const [now, series] = [await store.now(), await store.readSamples(run)];
  const [measured, hoursLeft] = [measuredOf(series), hoursLeftOf(run, series, now)];
  return { run, request, now, measured, hoursLeft };
}

export type Wish = {
  readonly allocation: number;
  readonly line: PlanAllocation;
  readonly reason: string;
};

/** The wish to haul allocations elsewhere, as the next moves of their run. */
export function movesRequested(
  { moves }: Pick<Run, 'moves'>,
  wishes: readonly Wish[],
): readonly NewEvent[] {
  const first = (moves.at(-1)?.move ?? 0) + 1;
  return wishes.map((wish, index) => {
    return { type: 'move.requested', data: { move: first + index, ...wish } };
  });
}
