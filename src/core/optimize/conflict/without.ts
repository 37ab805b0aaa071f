import type { Limits, Problem, ProblemTask } from '../model/problem.ts';
import type { Constraint } from './constraints.ts';

const LIMIT_KEYS = {
  deadline: 'deadlineS',
  budget: 'budgetMicros',
  'hourly-cost': 'nanosPerHourMax',
} as const;

/** The same problem without some of its constraints: every answer to it is one to this as well. */
export function without(problem: Problem, dropped: readonly Constraint[]): Problem {
  const indices = (kind: Constraint['kind']): ReadonlySet<number> =>
    new Set(dropped.flatMap((one) => (one.kind === kind ? [one.index ?? one.task!] : [])));
  const [pools, available] = [indices('pool'), indices('available')];
  const [apart, transfers] = [indices('apart'), indices('transfer')];
  const loosened: Problem = {
    ...problem,
    limits: limitsWithout(problem.limits, dropped, null),
    offers: problem.offers.map((offer, index) => ({
      ...offer,
      available: available.has(index) ? null : offer.available,
      uses: offer.uses.filter(({ pool }) => !pools.has(pool)),
    })),
    tasks: problem.tasks.map((task, index) => taskWithout(task, dropped, index)),
    transfers: problem.transfers.filter((_, index) => !transfers.has(index)),
    apart: problem.apart.filter((_, index) => !apart.has(index)),
  };
  return withoutTasks(loosened, indices('work'));
}

function taskWithout(
  task: ProblemTask,
  dropped: readonly Constraint[],
  index: number,
): ProblemTask {
  const own = dropped.filter((one) => one.task === index);
  if (own.length === 0) return task;
  const isDropped = (kind: Constraint['kind']): boolean => own.some((one) => one.kind === kind);
  const needs = new Set(own.flatMap((one) => (one.kind === 'needs' ? [one.index!] : [])));
  return {
    ...task,
    limits: limitsWithout(task.limits, own, index),
    needs: task.needs.filter((need) => !needs.has(need)),
    providersMin: isDropped('providers') ? 1 : task.providersMin,
    shareMax: isDropped('share') ? 1 : task.shareMax,
  };
}

function limitsWithout(
  limits: Limits,
  dropped: readonly Constraint[],
  task: number | null,
): Limits {
  const left = { ...limits };
  for (const { kind, task: of } of dropped) {
    if (of !== task) continue;
    if (kind in LIMIT_KEYS) left[LIMIT_KEYS[kind as keyof typeof LIMIT_KEYS]] = null;
  }
  return left;
}

/** Tasks that need not be done at all; what others do with them goes as well. */
function withoutTasks(problem: Problem, gone: ReadonlySet<number>): Problem {
  if (gone.size === 0) return problem;
  const left = [...problem.tasks.keys()].filter((task) => !gone.has(task));
  const renamed = new Map(left.map((task, index) => [task, index]));
  const kept = (tasks: readonly number[]): number[] =>
    tasks.flatMap((task) => (gone.has(task) ? [] : [renamed.get(task)!]));
  return {
    ...problem,
    tasks: left.map((index) => {
      const task = problem.tasks[index]!;
      return { ...task, needs: kept(task.needs) };
    }),
    transfers: problem.transfers
      .filter(({ from, to }) => !gone.has(from) && !gone.has(to))
      .map((one) => ({ ...one, from: renamed.get(one.from)!, to: renamed.get(one.to)! })),
    apart: problem.apart
      .map((one) => ({ ...one, tasks: kept(one.tasks) }))
      .filter(({ tasks }) => tasks.length > 1),
  };
}
