import { HOUR_MS, SECOND_MS } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { DivisibleWork, TaskProblem } from '../model/task-problem.ts';
import { coverWork, linesCost } from './cover-work.ts';

/*
 * Problem: the least time in which divisible work can be done within its budget.
 * Method: bisection over the deadline, to the second: with more time no cover costs more.
 * Complexity: O(log T) covers.
 */

/**
 * The problem with its deadline set to the least time that the budget allows. Offers that do not
 * tell how many can be had would make any time possible: of those, only the fastest counts,
 * with as many machines as the task has nodes.
 */
export async function fastestProblem(
  problem: TaskProblem,
  work: DivisibleWork,
  clock: Clock,
): Promise<TaskProblem> {
  const limited = { ...problem, candidates: withCapacity(problem) };
  const { budgetMicros, deadlineMs } = problem.task.goal;
  const together = limited.candidates.reduce(
    (sum, { offer, throughput }) => sum + throughput! * offer.available!,
    0,
  );
  let low = Math.max(1, Math.ceil(((work.units / together) * HOUR_MS) / SECOND_MS - 1e-6));
  const slowest = Math.min(...limited.candidates.map(({ throughput }) => throughput!));
  let high = Math.max(low, Math.ceil(((work.units / slowest) * HOUR_MS) / SECOND_MS));
  if (deadlineMs !== null) high = Math.max(low, Math.min(high, Math.floor(deadlineMs / SECOND_MS)));
  const isAffordable = async (seconds: number): Promise<boolean> => {
    if (budgetMicros === null) return true;
    const answer = await coverWork(withDeadline(limited, seconds), work, clock);
    return answer.kind === 'solved' && linesCost(answer.solution.lines) <= budgetMicros;
  };
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isAffordable(middle)) high = middle;
    else low = middle + 1;
  }
  return withDeadline(limited, low);
}

function withDeadline(problem: TaskProblem, seconds: number): TaskProblem {
  const { task } = problem;
  return { ...problem, task: { ...task, goal: { ...task.goal, deadlineMs: seconds * SECOND_MS } } };
}

function withCapacity({ task, candidates }: TaskProblem): readonly Candidate[] {
  const limited = candidates.filter(({ offer }) => offer.available !== null);
  const [fastest] = candidates
    .filter(({ offer }) => offer.available === null)
    .sort((a, b) => b.throughput! - a.throughput! || a.offer.nanosPerHour - b.offer.nanosPerHour);
  if (fastest === undefined) return limited;
  const offer = { ...fastest.offer, available: task.numNodes };
  return [...limited, { ...fastest, offer }];
}
