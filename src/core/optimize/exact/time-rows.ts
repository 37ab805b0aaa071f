import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Problem } from '../model/problem.ts';
import { type LinearBuilder, type Term, times } from './linear-builder.ts';
import { orderOf } from './order.ts';
import type { Part } from './part.ts';
import type { TransferParts } from './transfer-rows.ts';

/** Whether the model must know when tasks begin: else any answer can be put in order afterwards. */
export function isTimed(problem: Problem): boolean {
  const { objective, limits, tasks } = problem;
  if (objective.minimize === 'time') return true;
  if (objective.minimize === 'weighted' && objective.microsPerHour > 0) return true;
  const hasDeadline =
    limits.deadlineS !== null || tasks.some((one) => one.limits.deadlineS !== null);
  return hasDeadline && orderOf(problem).length > 0;
}

/** Seconds from now to the last moment at which a task may end; infinite for none. */
export function windowOf({ limits, tasks }: Problem, task: number): number {
  return Math.min(limits.deadlineS ?? Infinity, tasks[task]!.limits.deadlineS ?? Infinity);
}

/**
 * Start times: after what a task waits for, and so early that it ends in its window. Durations are
 * sums of columns, so no row needs a large constant. Gives the end of all, as a sum of columns.
 */
export function timeRows(
  builder: LinearBuilder,
  problem: Problem,
  made: {
    readonly parts: readonly Part[];
    readonly transfers: readonly TransferParts[];
    /** Of each task, the column of its seconds; null where its kind of work tells them. */
    readonly durations: readonly (number | null)[];
  },
): readonly Term[] {
  const begins = problem.tasks.map((_, task) => ({
    column: builder.column({ upper: windowOf(problem, task), whole: false }),
    value: 1,
  }));
  const lasts = problem.tasks.map((_, task) => lasting(builder, problem, { ...made, task }));
  const end = [{ column: builder.column({ upper: Infinity, whole: false }), value: 1 }];
  for (const task of problem.tasks.keys()) {
    const [begin, last] = [begins[task]!, lasts[task]!];
    const windowS = windowOf(problem, task);
    if (Number.isFinite(windowS)) builder.row([begin, ...last], { upper: windowS });
    builder.row([...end, ...times([begin, ...last], -1)], { lower: 0 });
    const earliest = made.parts.flatMap(({ task: of, hired }) =>
      of === task && hired.kind === 'choice' && hired.startS > 0
        ? [{ column: hired.column, value: -hired.startS }]
        : [],
    );
    if (earliest.length > 0) builder.row([begin, ...earliest], { lower: 0 });
  }
  for (const { before, after } of orderOf(problem)) {
    const moved = made.transfers.filter(
      ({ transfer: { from, to } }) => from === before && to === after,
    );
    // Transfers between the same two tasks run side by side: each is waited for.
    for (const seconds of moved.length === 0 ? [[]] : moved.map((one) => one.seconds)) {
      const waits = times([begins[before]!, ...lasts[before]!, ...seconds], -1);
      builder.row([begins[after]!, ...waits], { lower: 0 });
    }
  }
  return end;
}

function lasting(
  builder: LinearBuilder,
  { tasks }: Problem,
  {
    parts,
    durations,
    task,
  }: {
    readonly parts: readonly Part[];
    readonly durations: readonly (number | null)[];
    readonly task: number;
  },
): readonly Term[] {
  const { work } = tasks[task]!;
  if (work.kind === 'choice') {
    return parts.flatMap(({ task: of, hired }) =>
      of === task && hired.kind === 'choice'
        ? [{ column: hired.column, value: hired.hours * SECONDS_PER_HOUR }]
        : [],
    );
  }
  const column = durations[task];
  if (column !== null && column !== undefined) return [{ column, value: 1 }];
  const hours = work.kind === 'serving' ? work.hours : 1;
  const fixed = hours * SECONDS_PER_HOUR;
  return [{ column: builder.column({ lower: fixed, upper: fixed, whole: false }), value: 1 }];
}
