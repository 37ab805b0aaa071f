import type { Goal, Task } from '../../../spec/task.ts';
import type { Objective } from './problem.ts';
import { divisibleWork } from './task-problem.ts';

type Wish = Pick<Task, 'goal' | 'work'>;

/** What is minimized for a task: where every way takes the same time, the fastest is the cheapest. */
export function minimizedBy(task: Wish): Goal['minimize'] {
  const { minimize } = task.goal;
  return minimize === 'time' && divisibleWork(task)?.per === 'machine' ? 'cost' : minimize;
}

/** The same as a problem says it. */
export function objectiveOf(task: Wish): Objective {
  const minimize = minimizedBy(task);
  return minimize === 'weighted' ? { minimize, ...task.goal.worth! } : { minimize };
}
