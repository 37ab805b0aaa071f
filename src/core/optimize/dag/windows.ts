import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { ChoiceWork, Problem } from '../model/problem.ts';

/*
 * Problem: options that cannot be part of any answer that ends in time.
 * Method: a task begins no earlier than its predecessors can end, and must leave its successors the
 * least that they need; the longest ways there and from there, each task as short as it can be.
 * Complexity: O(options + needs + transfers).
 */

export type Window = {
  /** Seconds from now. */
  readonly earliestS: number;
  /** Infinite without a deadline. */
  readonly latestS: number;
};

/** More than what the check lets pass, on each of many ways to the end. */
const TOLERANCE = 1e-6;

/** Of each task; null where nothing has a deadline. Tasks must not wait for each other in a circle. */
export function windowsOf(problem: Problem): readonly Window[] | null {
  const { tasks, transfers, limits } = problem;
  const deadlines = tasks.map((task) =>
    Math.min(limits.deadlineS ?? Infinity, task.limits.deadlineS ?? Infinity),
  );
  if (deadlines.every((deadline) => deadline === Infinity)) return null;
  const before = tasks.map(({ needs }) => new Set(needs));
  for (const { from, to } of transfers) before[to]!.add(from);
  const after = tasks.map((_, task) =>
    [...tasks.keys()].filter((other) => before[other]!.has(task)),
  );
  const options = tasks.map(({ work }) => (work.kind === 'choice' ? work.options : []));
  const earliest = remembered((task) => Math.max(0, ...[...before[task]!].map(endOf)));
  const latest = remembered((task) =>
    Math.min(deadlines[task]!, ...after[task]!.map((next) => latest(next) - shortest(next))),
  );
  return tasks.map((_, task) => ({ earliestS: earliest(task), latestS: latest(task) }));

  function endOf(task: number): number {
    const start = earliest(task);
    return Math.min(...options[task]!.map((option) => Math.max(start, option.startS) + of(option)));
  }

  function shortest(task: number): number {
    return Math.min(...options[task]!.map(of));
  }
}

export function isInTime(option: Option, { earliestS, latestS }: Window): boolean {
  const end = Math.max(earliestS, option.startS) + of(option);
  return end <= latestS + Math.abs(latestS) * TOLERANCE;
}

type Option = ChoiceWork['options'][number];

function of({ hours }: Option): number {
  return hours * SECONDS_PER_HOUR;
}

function remembered(reckon: (task: number) => number): (task: number) => number {
  const known = new Map<number, number>();
  return (task) => {
    const value = known.get(task) ?? reckon(task);
    known.set(task, value);
    return value;
  };
}
