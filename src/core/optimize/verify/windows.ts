import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Problem, ProblemTask } from '../model/problem.ts';
import { deadlineOf } from './read-line.ts';
import { BOUND_TOLERANCE } from './tolerance.ts';

/*
 * Problem: when each task can begin at the earliest and must end at the latest, whoever plans it.
 * Method: the longest way of needs and transfers that leads to it, each task as short as it can be.
 * Complexity: O(tasks + needs + transfers + options).
 */

export type Window = {
  /** Seconds from now; a little early, as comparisons have a tolerance. */
  readonly earliestS: number;
  /** Infinite for no deadline. */
  readonly deadlineS: number;
  /** The earliest end. */
  readonly endS: number;
};

/** Of each task; `capOf` tells how many machines of an offer there can be. */
export function windowsOf(problem: Problem, capOf: (offer: number) => number): readonly Window[] {
  const before: Set<number>[] = problem.tasks.map(({ needs }) => new Set(needs));
  for (const { from, to } of problem.transfers) before[to]?.add(from);
  const windows: (Window | undefined)[] = problem.tasks.map(() => undefined);
  for (const index of inOrder(before)) {
    const task = problem.tasks[index]!;
    const ready = Math.max(0, ...[...before[index]!].map((one) => windows[one]?.endS ?? 0));
    const earliestS = ready * (1 - BOUND_TOLERANCE);
    const endS = earliestEnd(task, earliestS, capOf);
    windows[index] = { earliestS, deadlineS: deadlineOf(problem, task), endS };
  }
  return windows.map((window, index) => {
    return (
      window ?? { earliestS: 0, deadlineS: deadlineOf(problem, problem.tasks[index]!), endS: 0 }
    );
  });
}

/** Those before first; what waits for itself is left out. */
function inOrder(before: readonly ReadonlySet<number>[]): readonly number[] {
  const waits = before.map(({ size }) => size);
  const after: number[][] = before.map(() => []);
  before.forEach((needed, index) => {
    for (const one of needed) after[one]?.push(index);
  });
  const order = waits.flatMap((count, index) => (count === 0 ? [index] : []));
  for (const index of order) {
    for (const next of after[index]!) if (--waits[next]! === 0) order.push(next);
  }
  return order;
}

function earliestEnd(
  { work }: ProblemTask,
  earliestS: number,
  capOf: (offer: number) => number,
): number {
  if (work.kind === 'serving') return earliestS + work.hours * SECONDS_PER_HOUR;
  if (work.kind === 'divisible') {
    if (work.per === 'machine') return earliestS + (work.units > 0 ? SECONDS_PER_HOUR : 0);
    const together = work.options.reduce(
      (sum, { offer, throughput }) => sum + throughput * capOf(offer),
      0,
    );
    const hours = together > 0 ? (work.units * (1 - BOUND_TOLERANCE)) / together : 0;
    return earliestS + hours * SECONDS_PER_HOUR;
  }
  const ends = work.options
    .filter(({ offer, machines }) => machines <= capOf(offer))
    .map(({ startS, hours }) => Math.max(earliestS, startS) + hours * SECONDS_PER_HOUR);
  return ends.length === 0 ? earliestS : Math.min(...ends);
}
