import type { Problem } from '../model/problem.ts';

/** `after` begins when `before` has ended, and what it hands over has arrived. */
export type Before = { readonly before: number; readonly after: number };

/** Pairs of tasks of which one waits for the other: by its needs, or for data. */
export function orderOf({ tasks, transfers }: Problem): readonly Before[] {
  const pairs = new Map<string, Before>();
  const add = (before: number, after: number) => pairs.set(`${before} ${after}`, { before, after });
  for (const [after, { needs }] of tasks.entries()) for (const before of needs) add(before, after);
  for (const { from, to } of transfers) add(from, to);
  return [...pairs.values()];
}

/** For each task all that come before it, at any distance. */
export function ancestorsOf(problem: Problem): readonly ReadonlySet<number>[] {
  const before = problem.tasks.map(() => new Set<number>());
  for (const pair of orderOf(problem)) before[pair.after]!.add(pair.before);
  const known = new Map<number, ReadonlySet<number>>();
  const all = (task: number): ReadonlySet<number> => {
    const seen = known.get(task);
    if (seen !== undefined) return seen;
    const found = new Set<number>();
    known.set(task, found);
    for (const one of before[task]!) {
      found.add(one);
      for (const other of all(one)) found.add(other);
    }
    return found;
  };
  return problem.tasks.map((_, task) => all(task));
}

/** Tasks such that each comes after all that it waits for. */
export function topological(problem: Problem): readonly number[] {
  const ancestors = ancestorsOf(problem);
  const tasks = problem.tasks.map((_, task) => task);
  return tasks.toSorted((a, b) => ancestors[a]!.size - ancestors[b]!.size || a - b);
}
