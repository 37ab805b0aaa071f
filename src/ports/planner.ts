import type { EpochMs } from '../base/time.ts';
import type { Advice, Measured } from '../spec/advice.ts';
import type { Interval } from '../spec/demand.ts';
import type { PlanAllocation } from '../spec/plan.ts';
import type { Run } from '../spec/run.ts';
import type { RunRequest } from './store.ts';

/** A run as it is, and what is known of how it goes. */
export type RunNow = {
  readonly run: Run;
  readonly request: RunRequest;
  readonly now: EpochMs;
  /** By allocation: what its nodes have used at most. */
  readonly measured: ReadonlyMap<number, Measured>;
  /** By allocation: hours left by the task's own word of its progress. */
  readonly hoursLeft: ReadonlyMap<number, Interval>;
};

export type Placement = {
  readonly line: PlanAllocation;
  /** What it loses by going there, one sentence each. */
  readonly losses: readonly string[];
};

/** Plans anew what already runs, over the places that can be launched on now. */
export interface Planner {
  /** What a re-plan would do with each allocation that has not ended. */
  advise(now: RunNow): Promise<Advice>;
  /**
   * What places an allocation at a place, or at one that a pattern names.
   * Errors: `plan.infeasible` when nothing there carries it.
   */
  lineAt(
    now: RunNow,
    options: { readonly allocation: number; readonly place: string },
  ): Promise<Placement>;
}
