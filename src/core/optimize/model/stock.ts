import type { Offer } from '../../../spec/offer.ts';
import type { TaskFile } from '../../../spec/task.ts';
import { MACHINES_MAX } from './machines-max.ts';
import { minimizedBy } from './minimized-by.ts';
import { sharingGroups } from './sharing-groups.ts';
import { divisibleWork, type TaskProblem } from './task-problem.ts';

/** How many of an offer there are for a task, and who takes of the same: tasks with the same name. */
export type Stock = { readonly available: number | null; readonly sharers: string };

export type StockOf = (offer: Offer, task: number) => Stock;

/**
 * What there is of offers for each task of a file. Tasks that may run at the same time share what is
 * limited, but where some are to wait (`isShared` false). Where no end of machines is known divisible
 * work takes a great many; one that is to be done as fast as can be would hire them all: for it only
 * the fastest of these counts, with as many machines as the task has nodes.
 */
export function stockOf(
  file: TaskFile,
  matched: readonly TaskProblem[],
  isShared: boolean,
): StockOf {
  const groups = isShared ? sharingGroups(file.needs) : [...file.tasks.keys()];
  const fastest = new Map(matched.map((one) => [one.index, fastestEndless(one)]));
  return ({ id, available }, task) => {
    if (available !== null) return { available, sharers: `group ${groups[task]}` };
    const asked = file.tasks[task]!;
    if (divisibleWork(asked) === null) return { available, sharers: 'all' };
    const only = fastest.get(task);
    if (only === undefined) return { available: MACHINES_MAX, sharers: `group ${groups[task]}` };
    return { available: id === only.id ? asked.numNodes : 0, sharers: `task ${task}` };
  };
}

/** Of work that is to be done fast; undefined for other work, or where all offers tell an end. */
function fastestEndless({ task, candidates }: TaskProblem): Offer | undefined {
  if (divisibleWork(task) === null || minimizedBy(task) !== 'time') return undefined;
  const endless = candidates.filter(({ offer }) => offer.available === null);
  const [first] = endless.sort(
    (a, b) => b.throughput! - a.throughput! || a.offer.nanosPerHour - b.offer.nanosPerHour,
  );
  return first?.offer;
}
