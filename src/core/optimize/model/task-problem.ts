import type { Candidate } from '../../../spec/match.ts';
import type { Task, Work } from '../../../spec/task.ts';

/** Work that any number of machines can share, in the user's own units. */
export type DivisibleWork = Extract<Work, { readonly units: number }>;

/** What a searcher chooses from for one task of a file: an immutable value. */
export type TaskProblem = {
  /** Of the task in its file. */
  readonly index: number;
  readonly task: Task;
  readonly candidates: readonly Candidate[];
};

/** So many machines of one candidate's offer, each for so long. */
export type Line = {
  readonly candidate: Candidate;
  readonly machines: number;
  /** Of each machine; null when nothing tells. */
  readonly hours: number | null;
};

/** of / per, both whole; per is positive. */
export type Fraction = { readonly of: number; readonly per: number };

/** The work of a task where it is divisible, else null. */
export function divisibleWork({ work }: Pick<Task, 'work'>): DivisibleWork | null {
  return work !== null && 'units' in work ? work : null;
}

/** Nano-dollars an hour of all machines at once. */
export function nanosPerHourOf(lines: readonly Line[]): number {
  return lines.reduce(
    (sum, { candidate, machines }) => sum + candidate.offer.nanosPerHour * machines,
    0,
  );
}

/** Whether something tells how long the task takes, or it is a service, which has no end. */
export function hasHours({ task, candidates }: TaskProblem): boolean {
  return task.kind === 'serve' || divisibleWork(task) !== null || candidates[0]?.hours !== null;
}
