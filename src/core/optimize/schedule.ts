import { asRate, type Rate } from '../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../base/time.ts';
import type { PlanAllocation } from '../../spec/plan.ts';
import type { TaskFile } from '../../spec/task.ts';

type Hired = Pick<PlanAllocation, 'task' | 'count' | 'nanosPerHour' | 'hours' | 'startS'>;

/** How long a file's tasks take one after the other where they need each other, and at what rate. */
export type Schedule = {
  /** To the end of the last task; null when a task's hours are not known. */
  readonly hours: number | null;
  /** Of all machines at the busiest moment. */
  readonly nanosPerHour: Rate;
};

/**
 * Each task starts when all that it needs have ended. Without hours, tasks of the same depth are
 * taken to run at the same time.
 */
export function scheduleOf(file: TaskFile, allocations: readonly Hired[]): Schedule {
  const durations = file.tasks.map((_, index) => durationOf(allocations, index));
  const isKnown = durations.every((hours) => hours !== null);
  const lengths = durations.map((hours) => (isKnown ? hours! : 1));
  const starts = startsOf(file, lengths);
  const ends = starts.map((start, index) => start + lengths[index]!);
  return {
    hours: isKnown ? Math.max(...ends) : null,
    nanosPerHour: asRate(Math.max(...starts.map((start) => rateAt(start)))),
  };

  /** The busiest moment is always a start. */
  function rateAt(moment: number): number {
    return allocations
      .filter(({ task }) => starts[task]! <= moment && moment < ends[task]!)
      .reduce((sum, { count, nanosPerHour }) => sum + count * nanosPerHour, 0);
  }
}

function durationOf(allocations: readonly Hired[], task: number): number | null {
  const own = allocations.filter((line) => line.task === task);
  if (own.some(({ hours }) => hours === null)) return null;
  return Math.max(...own.map(({ hours, startS = 0 }) => startS / SECONDS_PER_HOUR + hours!));
}

function startsOf({ tasks, needs }: TaskFile, lengths: readonly number[]): readonly number[] {
  const starts: (number | undefined)[] = tasks.map(() => undefined);
  const startOf = (task: number): number => {
    starts[task] ??= Math.max(
      0,
      ...needs[task]!.map((needed) => startOf(needed) + lengths[needed]!),
    );
    return starts[task];
  };
  return tasks.map((_, task) => startOf(task));
}
