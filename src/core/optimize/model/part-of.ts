import type { Problem } from './problem.ts';

/**
 * The problem of some of the tasks alone, in their order. What couples them with others is left out,
 * and all that is there is there for them, so that no answer to the whole takes less for them than
 * the best answer to this.
 */
export function partOf(problem: Problem, tasks: readonly number[]): Problem {
  if (tasks.length === problem.tasks.length) return problem;
  const places = new Map(tasks.map((task, place) => [task, place]));
  const placesOf = (some: readonly number[]): readonly number[] =>
    some.flatMap((task) => places.get(task) ?? []);
  return {
    ...problem,
    tasks: tasks.map((index) => {
      const task = problem.tasks[index]!;
      return task.needs.length === 0 ? task : { ...task, needs: placesOf(task.needs) };
    }),
    transfers: problem.transfers.flatMap((transfer) => {
      const [from, to] = [places.get(transfer.from), places.get(transfer.to)];
      return from === undefined || to === undefined ? [] : [{ ...transfer, from, to }];
    }),
    apart: problem.apart
      .map((group) => ({ ...group, tasks: placesOf(group.tasks) }))
      .filter((group) => group.tasks.length > 1),
  };
}
