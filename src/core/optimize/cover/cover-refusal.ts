import type { Limits, Problem, ProblemTask } from '../model/problem.ts';

/**
 * Why searchers for covers do not take a problem, in words; null when they do: they minimize the
 * cost of divisible work at prices that stay, by tasks that need not wait for each other.
 */
export function coverRefusal(problem: Problem): string | null {
  const { objective, tasks, offers } = problem;
  if (tasks.length === 0) return 'there is no task';
  if (objective.minimize !== 'cost') return `it minimizes ${objective.minimize}, not cost`;
  if (offers.some(({ laterPrices }) => laterPrices.length > 0)) return 'prices change with time';
  if (problem.apart.length > 0) return 'tasks must be apart';
  if (problem.transfers.length > 0) return 'tasks hand data to each other';
  for (const task of tasks) {
    const why = taskRefusal(task);
    if (why !== null) return why;
  }
  return null;
}

function taskRefusal({ work, needs, providersMin, shareMax }: ProblemTask): string | null {
  if (work.kind !== 'divisible') return `a task is of kind ${work.kind}, not divisible`;
  if (needs.length > 0) return 'a task waits for another';
  if (providersMin > 1) return 'a task must be spread over providers';
  if (shareMax < 1) return 'a provider may carry only a share of a task';
  return null;
}

export function isLimited({ deadlineS, budgetMicros, nanosPerHourMax }: Limits): boolean {
  return deadlineS !== null || budgetMicros !== null || nanosPerHourMax !== null;
}
