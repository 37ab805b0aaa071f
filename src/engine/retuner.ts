import { showMicros, showRate } from '../base/money.ts';
import { asEpochMs, type EpochMs, MINUTE_MS } from '../base/time.ts';
import type { Planner, RunNow } from '../ports/planner.ts';
import type { AllocationAdvice } from '../spec/advice.ts';
import type { NewEvent } from '../spec/event.ts';
import { isUnderWay } from '../spec/place-of-attempt.ts';
import type { PlanAllocation } from '../spec/plan.ts';
import type { Run } from '../spec/run.ts';
import { movesRequested, type Wish } from './run-now.ts';

/** Between two re-plans of one run: prices move slowly, and so do measurements. */
export const RETUNE_MS = MINUTE_MS;

/**
 * Moves runs whose users allow it, whenever that pays. That it never happens more often than it
 * pays is core's part (`movesAgainAt`), by the moves in the run itself: what is remembered here
 * only spares work.
 */
export class Retuner {
  readonly #planner: Planner;
  readonly #dueAtByRun = new Map<string, EpochMs>();

  constructor(planner: Planner) {
    this.#planner = planner;
  }

  /** What to ask for now; mostly nothing. */
  async retune(
    { runId, state, moves }: Run,
    { now, load }: { readonly now: EpochMs; readonly load: () => Promise<RunNow> },
  ): Promise<readonly NewEvent[]> {
    if (state !== 'running' || moves.some(isUnderWay)) return [];
    if (now < (this.#dueAtByRun.get(runId) ?? 0)) return [];
    this.#dueAtByRun.set(runId, asEpochMs(now + RETUNE_MS));
    const loaded = await load();
    const { allocations } = await this.#planner.advise(loaded);
    return movesRequested(loaded.run, allocations.flatMap(wishOf));
  }

  /** It has ended. */
  forget(runId: string): void {
    this.#dueAtByRun.delete(runId);
  }
}

function wishOf(advice: AllocationAdvice): readonly Wish[] {
  const { allocation, to } = advice;
  return to === null ? [] : [{ allocation, line: to, reason: reasonOf(advice, to) }];
}

function reasonOf(advice: AllocationAdvice, to: PlanAllocation): string {
  const { here, savesMicros, savesNanosPerHour, fitted } = advice;
  const hourly = savesNanosPerHour === null ? 'time' : `${showRate(savesNanosPerHour)} an hour`;
  const saves = savesMicros === null ? hourly : `${showMicros(savesMicros)} for the rest of it`;
  const why = fitted === null ? '' : ', for it uses less than it has';
  return `retuned: ${to.offerId} in place of ${here.offerId} saves ${saves}${why}`;
}
