import type { Task } from '../../spec/task.ts';

const USUAL = [1, 2, 4, 8, 16, 32, 64, 128];
/** For what would take a hundred large devices more than a week or so. */
const MANY = [256, 512, 1024];
const MANY_FLOPS = 1e22;

/**
 * Numbers of devices to lay a training out on, ascending: powers of two, and what the task itself
 * asks for on all its nodes or has in its own offers.
 */
export function deviceCounts(task: Task, flops: number): readonly number[] {
  const asked = task.resources
    .flatMap(({ accelerators }) => accelerators)
    .map(({ count }) => count * task.numNodes);
  const offered = task.offers.map(({ acceleratorCount }) => acceleratorCount * task.numNodes);
  const stated = [...asked, ...offered].filter((count) => Number.isInteger(count) && count > 0);
  const all = [...USUAL, ...(flops > MANY_FLOPS ? MANY : []), ...stated];
  return [...new Set(all)].sort((one, other) => one - other);
}
