import { estimateDemand } from '../core/demand/estimate-demand.ts';
import { inlineOffers } from '../core/match/inline-offers.ts';
import { matchOffers } from '../core/match/match-offers.ts';
import { unknownAccelerator } from '../core/match/unknown-accelerator.ts';
import * as explain from '../core/optimize/explain-plan.ts';
import { needsHours, nothingFits } from '../core/optimize/infeasible.ts';
import type { TaskProblem } from '../core/optimize/model/task-problem.ts';
import { optimizePlan } from '../core/optimize/optimize-plan.ts';
import type { Solver } from '../ports/solver.ts';
import type { Demand } from '../spec/demand.ts';
import type { Refusal } from '../spec/match.ts';
import type { Offer } from '../spec/offer.ts';
import type { Plan } from '../spec/plan.ts';
import type { Task, TaskFile } from '../spec/task.ts';

export type PlanRequest = {
  readonly file: TaskFile;
  /** What is for hire; a task that brings its own offers looks at none of these. */
  readonly offers: readonly Offer[];
  /** Loaded only where a task needs it, and closed after. */
  readonly solver: () => Promise<Solver>;
  /** Only places that this installation can launch on. */
  readonly launchableOnly: boolean;
};

/**
 * The best plan of a task file: demand, match, optimize, verify. Errors: `plan.infeasible`,
 * `plan.needs-hours`, `launch.nothing-launchable`, `spec.bad-value` for an unknown accelerator.
 */
export async function planTasks(request: PlanRequest): Promise<Plan> {
  const { file } = request;
  const matched = file.tasks.map((task, index) => matchTask(request, task, index));
  const loaded: Solver[] = [];
  const solver = async (): Promise<Solver> => {
    loaded[0] ??= await request.solver();
    return loaded[0];
  };
  try {
    const problems = matched.map(({ problem }) => problem);
    const refusals = matched.flatMap((one) => one.refusals);
    return (await optimizePlan({ file, problems, refusals, solver })).plan;
  } finally {
    await loaded[0]?.close();
  }
}

/** A plan in words, for a terminal of so many columns. */
export function explainPlan(plan: Plan, options: explain.ExplainOptions): readonly string[] {
  return explain.explainPlan(plan, options);
}

type Matched = { readonly problem: TaskProblem; readonly refusals: readonly Refusal[] };

function matchTask(
  { offers: all, launchableOnly }: PlanRequest,
  task: Task,
  index: number,
): Matched {
  const offers = task.offers.length > 0 ? inlineOffers(task) : all;
  requireDevices(task, offers);
  const demand = estimateDemand(task);
  const missing = hasHours(task, demand) ? null : needsHours(task);
  if (missing !== null) throw missing;
  const { candidates, refusals } = matchOffers({ task, demand, offers, launchableOnly });
  if (candidates.length === 0) throw nothingFits(task, refusals, launchableOnly);
  return { problem: { index, task, candidates }, refusals };
}

/** Whether something tells how long the task takes. */
function hasHours({ kind }: Task, { basis }: Demand): boolean {
  return basis === 'work' || (basis === 'model' && kind !== 'serve');
}

function requireDevices(task: Task, offers: readonly Offer[]): void {
  for (const { name } of task.resources.flatMap(({ accelerators }) => accelerators)) {
    const error = unknownAccelerator(name, offers);
    if (error !== null) throw error;
  }
}
