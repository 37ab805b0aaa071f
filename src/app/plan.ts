import { type ErrorCode, KedgeError } from '../base/errors.ts';
import * as explain from '../core/optimize/explain-plan.ts';
import type { Route } from '../core/optimize/model/problem.ts';
import type { TaskProblem } from '../core/optimize/model/task-problem.ts';
import { type OptimizeRequest, optimizePlan } from '../core/optimize/optimize-plan.ts';
import { isOverbooked } from '../core/optimize/overbooked.ts';
import type { TogetherOptions } from '../core/optimize/plan-by-problem.ts';
import type { Solver } from '../ports/solver.ts';
import type { Plan } from '../spec/plan.ts';
import type { Task, TaskFile } from '../spec/task.ts';
import { type Matched, type MatchRequest, matchTask } from './match-task.ts';
import { steadyClock } from './steady-clock.ts';

/** A file with all that can carry each of its tasks. */
export type MatchedFile = { readonly file: TaskFile; readonly matched: readonly Matched[] };

export type PlanOptions = {
  /** Loaded only where a task needs it, and closed after. */
  readonly solver: () => Promise<Solver>;
  /** A searcher by name for all tasks as one problem; left out, each task is solved by itself. */
  readonly together?: TogetherOptions;
};

export type PlanRequest = MatchRequest & PlanOptions & { readonly file: TaskFile };

/** Tasks that compete are one problem, which may be hard. */
const TOGETHER: Omit<TogetherOptions, 'clock'> = {
  solverName: 'auto',
  timeLimitMs: 10_000,
  gap: 1e-4,
  seed: 1,
};

/** A plan that is there already may wait so long for a better proof. */
const SECOND_LOOK_MS = 3000;

/**
 * The best plan of a task file: demand, match, optimize, verify. Errors: `plan.infeasible`,
 * `plan.needs-hours`, `launch.nothing-launchable`, `spec.bad-value` for an unknown accelerator.
 */
export async function planTasks(request: PlanRequest): Promise<Plan> {
  return planMatched(matchFile(request), request);
}

/** Errors: as `planTasks`, but for those of planning. */
export function matchFile(request: MatchRequest & { readonly file: TaskFile }): MatchedFile {
  const { file } = request;
  const alike = new Map<string, Matched>();
  const matched = file.tasks.map((task, index) => {
    const key = askedKey(task);
    const known = alike.get(key);
    if (known !== undefined) {
      const { problem, refusals } = known;
      // The very same goal, so that it is solved once as well.
      const alikeTask = { ...task, goal: problem.task.goal };
      return { problem: { ...problem, index, task: alikeTask }, refusals };
    }
    const found = matchTask(request, task, index);
    // Offers of its own are a task's own.
    if (task.offers.length === 0) alike.set(key, found);
    return found;
  });
  return { file, matched };
}

/** All that decides which offers carry a task, and how: tasks of a pipeline often ask the same. */
function askedKey({ kind, numNodes, resources, resourcesOrdered, ...task }: Task): string {
  const { model, training, serving, work, offers, goal, placement } = task;
  const asked = { kind, numNodes, resources, resourcesOrdered, model, training, serving, work };
  return JSON.stringify({ ...asked, offers, goal, placement });
}

/** Errors: `plan.infeasible`, `plan.needs-hours`, `solver.failed`, `solver.timeout`. */
export async function planMatched(
  { file, matched }: MatchedFile,
  options: PlanOptions,
): Promise<Plan> {
  const loaded: Solver[] = [];
  const solver = async (): Promise<Solver> => {
    loaded[0] ??= await options.solver();
    return loaded[0];
  };
  const problems = matched.map(({ problem }) => problem);
  const refusals = matched.flatMap((one) => one.refusals);
  const clock = steadyClock();
  const request = { file, problems, refusals, clock, solver };
  try {
    if (options.together !== undefined) return await together(request, options.together);
    const isSpread = file.tasks.some(({ spread }) => spread !== null);
    const isCoupled = isSpread || handsOver(file) || problems.some(isPaid);
    const planned = (parts: Partial<TogetherOptions> = {}) =>
      together(request, { ...TOGETHER, clock, explains: isCoupled, ...parts });
    if (isSpread) return await planned();
    const alone = () => optimizePlan(request);
    if (isCoupled) return await orElse(planned(), async () => (await alone()).plan, NEEDS_HOURS);
    const { plan, solved } = await alone();
    if (isOverbooked(file.needs, solved)) {
      return await orElse(planned(), async () => plan, ALONE_WILL_DO);
    }
    if (!isOpen(plan)) return plan;
    const looked = planned({ timeLimitMs: SECOND_LOOK_MS });
    return closer(plan, await orElse(looked, async () => plan, ALONE_WILL_DO));
  } finally {
    await loaded[0]?.close();
  }
}

/** Whether it is not proven as near to the best as it could be. */
function isOpen({ minimize, gap }: Plan): boolean {
  return minimize === 'cost' && gap !== null && gap > TOGETHER.gap;
}

/** Of two plans for the same the cheaper one; of two as cheap the one that is proven better. */
function closer(one: Plan, other: Plan): Plan {
  const [cost, otherCost] = [one.costMicros ?? 0, other.costMicros ?? 0];
  if (cost !== otherCost) return cost < otherCost ? one : other;
  return (other.gap ?? 1) < (one.gap ?? 1) ? other : one;
}

async function together(request: OptimizeRequest, options: TogetherOptions): Promise<Plan> {
  const { planByProblem } = await import('../core/optimize/plan-by-problem.ts');
  return planByProblem(request, { ...options, grid: await gridFor(request.file) });
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

function handsOver({ tasks, needs }: TaskFile): boolean {
  return needs.some((needed) => needed.some((task) => (tasks[task]!.outputBytes ?? 0) > 0));
}

/** Of what is paid for there is only so much. */
function isPaid({ candidates }: TaskProblem): boolean {
  return candidates.some(({ offer }) => offer.paid !== undefined);
}

/** Without hours nothing has a cost, that of data neither. */
const NEEDS_HOURS: readonly ErrorCode[] = ['plan.needs-hours'];
/** Where there is not enough for all at once, some of them wait. */
const ALONE_WILL_DO: readonly ErrorCode[] = [
  ...NEEDS_HOURS,
  'plan.infeasible',
  'solver.failed',
  'solver.timeout',
];

async function orElse(
  planned: Promise<Plan>,
  alone: () => Promise<Plan>,
  codes: readonly ErrorCode[],
): Promise<Plan> {
  try {
    return await planned;
  } catch (error) {
    if (error instanceof KedgeError && codes.includes(error.code)) return await alone();
    throw error;
  }
}

/** A plan in words, for a terminal of so many columns. */
export function explainPlan(plan: Plan, options: explain.ExplainOptions): readonly string[] {
  return explain.explainPlan(plan, options);
}
