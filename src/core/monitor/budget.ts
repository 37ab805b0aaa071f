import { addMicros, type Micros, showMicros, showRate } from '../../base/money.ts';
import { asEpochMs, type EpochMs, formatDuration, SECOND_MS } from '../../base/time.ts';
import { lineOf } from '../../spec/place-of-attempt.ts';
import type { PlanAllocation } from '../../spec/plan.ts';
import { STOP_GRACE_MS, type Step } from '../launch/attempt-steps.ts';
import { type LaunchView, type NodeId, nodeKey } from '../launch/launch-view.ts';
import { costOf } from './bill.ts';
import { taskCost } from './run-cost.ts';

/**
 * From the look that should stop a task to its end: its grace, and a time for looks that come
 * late, for killing what does not end by itself, and for its last output.
 */
const LATE_MS = 5 * SECOND_MS;
const END_MS = STOP_GRACE_MS + LATE_MS;
/** The earliest next look. */
const LOOK_MS_MIN = 200;
/** As far as a look plans ahead: none comes later. */
const LOOK_MS_MAX = 5 * SECOND_MS;
const LOOK_MS_STEP = 50;

type Budget = { readonly task: number; readonly micros: Micros };

/**
 * The steps as they are while each task's bill stays within its `goal.budget`; else one that stops
 * the run, early enough that the grace in which tasks write their checkpoints, and the billing
 * increments that it begins, are paid too. What could not even be ended within the budget is not
 * started. All lines of a task share its budget, over all attempts; a stop takes the whole run.
 *
 * Holds as long as looks come in time and a place ends what it was told to end: while nobody
 * looks, or a termination is ignored, the bill goes on.
 */
export function keepBudget(view: LaunchView, steps: readonly Step[]): readonly Step[] {
  const { run } = view;
  if (run.stopRequested || run.state === 'ended') return steps;
  for (const budget of budgetsOf(view)) {
    const reason = whyNotOn(view, budget, steps) ?? whyNotStarted(view, budget, steps);
    if (reason === null) continue;
    return [{ intent: [{ type: 'run.stop-requested', data: { reason } }], act: [] }];
  }
  return steps;
}

/** When to look again at the latest, so that no task passes its budget; Infinity where none may. */
export function budgetLookMs(view: LaunchView): number {
  if (view.run.stopRequested) return Number.POSITIVE_INFINITY;
  return Math.min(...budgetsOf(view).map((budget) => lookMs(view, budget)));
}

function lookMs(view: LaunchView, budget: Budget): number {
  const goesOn = goesOnWith(view, budget, []);
  if (!goesOn || isWithin(view, budget, LOOK_MS_MAX)) return Number.POSITIVE_INFINITY;
  // The cost only grows with time: the last moment is found by halving.
  let [within, beyond] = [0, LOOK_MS_MAX];
  while (beyond - within > LOOK_MS_STEP) {
    const middle = (within + beyond) / 2;
    if (isWithin(view, budget, middle)) within = middle;
    else beyond = middle;
  }
  return Math.max(LOOK_MS_STEP, within);
}

function isWithin(view: LaunchView, budget: Budget, afterMs: number): boolean {
  return costIn(view, budget, afterMs + END_MS) <= budget.micros;
}

function costIn({ run, plan, now }: LaunchView, { task }: Budget, ms: number): Micros {
  return taskCost(run, plan, { task, at: later(now, ms) });
}

function budgetsOf({ file }: LaunchView): readonly Budget[] {
  return file.tasks.flatMap(({ goal: { budgetMicros } }, task) =>
    budgetMicros === null ? [] : [{ task, micros: budgetMicros }],
  );
}

/** A node of it lives, and is not being stopped for another reason, which must not be hidden. */
function goesOnWith(view: LaunchView, { task }: Budget, steps: readonly Step[]): boolean {
  const stops = steps.flatMap(({ act }) => act).filter(({ kind }) => kind === 'stop');
  const stopped = new Set(stops.map((action) => ('node' in action ? nodeKey(action.node) : '')));
  return view.run.nodes.some((node) => {
    const isLive = node.state !== 'ended' && node.state !== 'stopping';
    return isLive && isOfTask(view, node.allocation, task) && !stopped.has(nodeKey(node));
  });
}

function whyNotOn(view: LaunchView, budget: Budget, steps: readonly Step[]): string | null {
  const goesOn = goesOnWith(view, budget, steps);
  if (!goesOn || isWithin(view, budget, LOOK_MS_MIN)) return null;
  const spent = showMicros(costIn(view, budget, 0));
  const limit = showMicros(budget.micros);
  return `stopped before it passes its budget: ${spent} of ${limit} spent, the rest is for its end`;
}

/** Creates of nodes that are not known yet; the others have been allowed, and are counted. */
function whyNotStarted(view: LaunchView, budget: Budget, steps: readonly Step[]): string | null {
  const { run, plan } = view;
  const fresh = steps
    .flatMap(({ act }) => act.flatMap((action) => (action.kind === 'create' ? action.node : [])))
    .filter((node) => isOfTask(view, node.allocation, budget.task) && !isKnown(view, node));
  if (fresh.length === 0) return null;
  const lines = fresh.map((node) => lineOf(run, plan, node));
  const spent = costIn(view, budget, END_MS + LOOK_MS_MIN);
  const least = addMicros(...lines.map((line) => costOf(line, END_MS + LOOK_MS_MIN)));
  if (spent + least <= budget.micros) return null;
  const limit = showMicros(budget.micros);
  const before = spent === 0 ? '' : ` after ${showMicros(spent)}`;
  return `its budget of ${limit} does not allow a start${before}: ${termsOf(lines)} costs ${showMicros(least)} at least`;
}

function termsOf(lines: readonly PlanAllocation[]): string {
  const { place, nanosPerHour, billingIncrementS, billingMinimumS } = lines[0]!;
  const leastS = Math.max(billingIncrementS, billingMinimumS);
  const terms = leastS > 1 ? `, billed for ${formatDuration(leastS * SECOND_MS)} at least,` : '';
  return `${lines.length} × ${place} at ${showRate(nanosPerHour)}/h${terms}`;
}

function isKnown({ run }: LaunchView, { allocation, attempt, rank }: NodeId): boolean {
  return run.nodes.some((node) => {
    return node.allocation === allocation && node.attempt === attempt && node.rank === rank;
  });
}

function isOfTask({ plan }: LaunchView, allocation: number, task: number): boolean {
  return plan.allocations[allocation]?.task === task;
}

function later(now: EpochMs, ms: number): EpochMs {
  return asEpochMs(now + ms);
}
