import * as explain from '../core/optimize/explain-plan.ts';
import type { Route } from '../core/optimize/model/problem.ts';
import { optimizePlan } from '../core/optimize/optimize-plan.ts';
import { handsOver } from '../core/optimize/questions.ts';
import type { SolveOptions } from '../core/optimize/search/solve-problem.ts';
import type { Solver } from '../ports/solver.ts';
import type { Plan } from '../spec/plan.ts';
import type { Task, TaskFile } from '../spec/task.ts';
import { type Matched, type MatchRequest, matchTask } from './match-task.ts';
import { steadyClock } from './steady-clock.ts';
import { withSolver } from './with-solver.ts';

/** A file with all that can carry each of its tasks. */
export type MatchedFile = { readonly file: TaskFile; readonly matched: readonly Matched[] };

export type PlanOptions = {
  /** Loaded only where a task needs it, and closed after. */
  readonly solver: () => Promise<Solver>;
  /** All tasks as one problem, by a searcher of this name; left out, the file decides. */
  readonly together?: TogetherOptions;
};

type TogetherOptions = Omit<SolveOptions, 'start' | 'solver'>;

export type PlanRequest = MatchRequest & PlanOptions & { readonly file: TaskFile };

/** Most plans are proven in a blink; tasks that compete may be hard. */
const DEFAULTS: Omit<TogetherOptions, 'clock'> = {
  solverName: 'auto',
  timeLimitMs: 10_000,
  gap: 1e-4,
  seed: 1,
};

/** One task whose plan nobody can prove at once is not worth more of a wait. */
const ONE_TASK_MS = 3000;

/**
 * The best plan of a task file: demand, match, optimize, verify. Errors: `plan.infeasible`,
 * `plan.needs-hours`, `launch.nothing-launchable`, `spec.bad-value` for an unknown accelerator.
 */
export async function planTasks(request: PlanRequest): Promise<Plan> {
  return planMatched(await matchFile(request), request);
}

/** Errors: as `planTasks`, but for those of planning. */
export async function matchFile(
  request: MatchRequest & { readonly file: TaskFile },
): Promise<MatchedFile> {
  const { file } = request;
  const alike = new Map<string, Matched>();
  const matched: Matched[] = [];
  for (const [index, task] of file.tasks.entries()) {
    const key = askedKey(task);
    const known = alike.get(key);
    if (known !== undefined) {
      const { problem, refusals } = known;
      // The very same goal, so that it is solved once as well.
      const alikeTask = { ...task, goal: problem.task.goal };
      matched.push({ problem: { ...problem, index, task: alikeTask }, refusals });
      continue;
    }
    const found = await matchTask(request, task, index);
    // Offers of its own are a task's own.
    if (task.offers.length === 0) alike.set(key, found);
    matched.push(found);
  }
  return { file, matched };
}

/** All that decides which offers carry a task, and how: tasks of a pipeline often ask the same. */
function askedKey({ kind, numNodes, resources, resourcesOrdered, ...task }: Task): string {
  const { model, training, serving, work, offers, goal, placement, checkpoint } = task;
  const asked = { kind, numNodes, resources, resourcesOrdered, model, training, serving, work };
  return JSON.stringify({ ...asked, offers, goal, placement, checkpoint });
}

/** Errors: `plan.infeasible`, `plan.needs-hours`, `solver.failed`, `solver.timeout`. */
export async function planMatched(
  { file, matched }: MatchedFile,
  options: PlanOptions,
): Promise<Plan> {
  const problems = matched.map(({ problem }) => problem);
  const refusals = matched.flatMap((one) => one.refusals);
  const { together } = options;
  const grid = await gridFor(file);
  return withSolver(options, (solver) => {
    const timeLimitMs = file.tasks.length === 1 ? ONE_TASK_MS : DEFAULTS.timeLimitMs;
    const by = together ?? { ...DEFAULTS, timeLimitMs, clock: steadyClock() };
    const isOne = together !== undefined;
    return optimizePlan({ file, problems, refusals }, { ...by, grid, solver, isOne });
  });
}

/** What data cost between regions; empty where no task hands any to another. */
export async function gridFor(file: TaskFile): Promise<readonly Route[]> {
  if (!handsOver(file)) return [];
  const [{ bundledNetwork }, { routesOf }] = await Promise.all([
    import('./network-grid.ts'),
    import('../core/optimize/routes/network.ts'),
  ]);
  return routesOf((await bundledNetwork()).network);
}

/** A plan in words, for a terminal of so many columns. */
export function explainPlan(plan: Plan, options: explain.ExplainOptions): readonly string[] {
  return explain.explainPlan(plan, options);
}
