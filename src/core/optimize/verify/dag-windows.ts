import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { ChoiceWork, Problem, ProblemTask } from '../model/problem.ts';
import { BOUND_TOLERANCE } from './tolerance.ts';

/*
 * Problem: which options of a task could be part of an answer that ends in time, for the checker.
 * Method: earliest starts and latest ends are pushed along what waits for what, until nothing
 * moves; each task as short as its shortest option. Loosened by more than what answers may lack.
 * Complexity: O(tasks × (needs + transfers)) at worst.
 */

type Option = ChoiceWork['options'][number];

/** Says of an option of a task whether it can be; null where nothing has a deadline. */
export function inTimeOf(problem: Problem): ((task: number, option: Option) => boolean) | null {
  const { tasks, limits, transfers } = problem;
  const latest = tasks.map((task) =>
    Math.min(limits.deadlineS ?? Infinity, task.limits.deadlineS ?? Infinity),
  );
  if (latest.every((end) => end === Infinity)) return null;
  const shortest = tasks.map(({ work }) => {
    const hours = work.kind === 'choice' ? work.options.map((option) => option.hours) : [];
    return hours.length === 0 ? 0 : Math.min(...hours) * SECONDS_PER_HOUR;
  });
  const waits = [
    ...tasks.flatMap(({ needs }, to) => needs.map((from) => ({ from, to }))),
    ...transfers,
  ];
  const earliest = tasks.map(() => 0);
  // As often as there are tasks: in a circle, nothing would ever come to rest.
  for (let round = 0; round < tasks.length; round++) {
    for (const { from, to } of waits) {
      earliest[to] = Math.max(earliest[to]!, endAfter(tasks[from]!, earliest[from]!));
      latest[from] = Math.min(latest[from]!, latest[to]! - shortest[to]!);
    }
  }
  return (task, { startS, hours }) => {
    const end = Math.max(earliest[task]!, startS) + hours * SECONDS_PER_HOUR;
    const deadline = limits.deadlineS ?? Infinity;
    const slack = BOUND_TOLERANCE * tasks.length * Math.max(end, latest[task]!, finite(deadline));
    return end <= latest[task]! + slack;
  };
}

/** The earliest end of a task that begins at that second or later. */
function endAfter({ work }: ProblemTask, earliest: number): number {
  if (work.kind !== 'choice' || work.options.length === 0) return earliest;
  let least = Infinity;
  for (const { startS, hours } of work.options) {
    least = Math.min(least, Math.max(earliest, startS) + hours * SECONDS_PER_HOUR);
  }
  return least;
}

function finite(value: number): number {
  return value === Infinity ? 0 : value;
}
