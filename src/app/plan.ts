import * as explain from '../core/optimize/explain-plan.ts';
import { optimizePlan } from '../core/optimize/optimize-plan.ts';
import type { Solver } from '../ports/solver.ts';
import type { Plan } from '../spec/plan.ts';
import type { TaskFile } from '../spec/task.ts';
import { type MatchRequest, matchTask } from './match-task.ts';

export type PlanRequest = MatchRequest & {
  readonly file: TaskFile;
  /** Loaded only where a task needs it, and closed after. */
  readonly solver: () => Promise<Solver>;
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
