import type { TaskFile } from '../../spec/task.ts';
import { servingMix } from '../demand/serving-mix.ts';
import { minimizedBy, objectiveOf } from './model/minimized-by.ts';
import type { TaskProblem } from './model/task-problem.ts';

/** Some tasks of a file that are one problem. */
export type Question = readonly TaskProblem[];

/**
 * The problems that a file asks for. Costs add up, so that all tasks of which cost is minimized, or
 * whatever else they all wish, are one;
 * a task that is to be done as fast as can be is one by itself. Tasks that hand over data, are spread
 * or serve a mix of requests are one problem with all others.
 */
export function questionsOf(file: TaskFile, problems: readonly TaskProblem[]): readonly Question[] {
  if (isBound(file) || problems.some(({ task }) => servingMix(task) !== null)) return [problems];
  const isOfTime = ({ task }: TaskProblem): boolean => minimizedBy(task) === 'time';
  const alone = problems.filter(isOfTime).map((one) => [one]);
  const others = problems.filter((one) => !isOfTime(one));
  const byGoal = Map.groupBy(others, ({ task }) => JSON.stringify(objectiveOf(task)));
  return [...byGoal.values(), ...alone];
}

/** Where tasks lie matters to others, or how they are spread. */
export function isBound(file: TaskFile): boolean {
  return handsOver(file) || file.tasks.some(({ spread }) => spread !== null);
}

/** Whether a task gives data to one that needs it. */
export function handsOver({ tasks, needs }: TaskFile): boolean {
  return needs.some((needed) => needed.some((task) => (tasks[task]!.outputBytes ?? 0) > 0));
}
