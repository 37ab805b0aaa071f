import type { Problem } from '../model/problem.ts';
import { type Coupling, couplingsOf, type Hired, type Rates, ratesOf } from './couplings.ts';
import { type Way, waysOf } from './ways.ts';

/*
 * Problem: a pipeline with deadlines: ways to do each task, what waits for what, and how late each
 * may end.
 * Method: a value that is made once, for all that look at it.
 * Complexity: O(options + tasks²).
 */

export type Timed = {
  readonly problem: Problem;
  readonly ways: readonly (readonly Way[])[];
  readonly waits: readonly Wait[];
  readonly couplings: readonly Coupling[];
  /** Of tasks: none before one that it waits for. */
  readonly order: readonly number[];
  /** Of each task, in seconds from now; infinite for none. */
  readonly deadlinesS: readonly number[];
};

/** One task begins when another has ended and what it hands over is there. */
export type Wait = {
  readonly from: number;
  readonly to: number;
  /** Decimal gigabytes of the largest transfer; 0 for none. */
  readonly gigabytes: number;
  readonly secondsBetween: (from: Hired, to: Hired) => number;
};

/** Tasks must not wait for each other in a circle. */
export function timedOf(problem: Problem): Timed {
  const { tasks, limits } = problem;
  const rates = ratesOf(problem);
  const waits = waitsOf(problem, rates);
  const couplings = couplingsOf(problem, rates, 0);
  return {
    problem,
    ways: waysOf(problem),
    waits,
    couplings,
    order: orderOf(tasks.length, { waits, couplings }),
    deadlinesS: tasks.map((task) =>
      Math.min(limits.deadlineS ?? Infinity, task.limits.deadlineS ?? Infinity),
    ),
  };
}

function waitsOf(
  { tasks, transfers }: Problem,
  { regions, secondsPerGigabyte }: Rates,
): readonly Wait[] {
  const largest = new Map<string, Pick<Wait, 'from' | 'to' | 'gigabytes'>>();
  const needed = tasks.flatMap(({ needs }, to) =>
    needs.map((from) => ({ from, to, gigabytes: 0 })),
  );
  for (const { from, to, gigabytes } of [...needed, ...transfers]) {
    const key = `${from} ${to}`;
    const most = Math.max(gigabytes, largest.get(key)?.gigabytes ?? 0);
    largest.set(key, { from, to, gigabytes: most });
  }
  return [...largest.values()].map((wait) => ({
    ...wait,
    secondsBetween: (source, sink) =>
      source.region === sink.region
        ? 0
        : wait.gigabytes * secondsPerGigabyte[source.region * regions + sink.region]!,
  }));
}

/** Of the tasks that could be next, the one after which the fewest are open. */
function orderOf(
  count: number,
  { waits, couplings }: Pick<Timed, 'waits' | 'couplings'>,
): readonly number[] {
  const around = Array.from({ length: count }, () => new Set<number>());
  for (const { from, to } of [...waits, ...couplings]) {
    around[from]!.add(to);
    around[to]!.add(from);
  }
  const before = Array.from({ length: count }, (_, task) =>
    waits.filter(({ to }) => to === task).map(({ from }) => from),
  );
  const placed = new Set<number>();
  while (placed.size < count) {
    let [best, fewest] = [-1, Infinity];
    for (let task = 0; task < count; task++) {
      if (placed.has(task) || before[task]!.some((one) => !placed.has(one))) continue;
      const done = new Set([...placed, task]);
      const isOpen = (one: number) => [...around[one]!].some((other) => !done.has(other));
      const open = [...done].filter(isOpen).length;
      if (open >= fewest) continue;
      [best, fewest] = [task, open];
    }
    placed.add(best);
  }
  return [...placed];
}

/** When each task ends at the earliest, in seconds from now; `chosen` by task. */
export function endsOf(
  { order, waits }: Pick<Timed, 'order' | 'waits'>,
  chosen: readonly Way[],
): Float64Array {
  const ends = new Float64Array(chosen.length);
  for (const task of order) {
    let start = chosen[task]!.startS;
    for (const { from, to, secondsBetween } of waits) {
      if (to !== task) continue;
      start = Math.max(start, ends[from]! + secondsBetween(chosen[from]!, chosen[to]!));
    }
    ends[task] = start + chosen[task]!.seconds;
  }
  return ends;
}

/** The tasks that one waits for longest, it being the last of them. */
export function longestWay(
  timed: Pick<Timed, 'order' | 'waits'>,
  chosen: readonly Way[],
  last: number,
): readonly number[] {
  const ends = endsOf(timed, chosen);
  const way = [last];
  for (;;) {
    const [task] = way;
    let [before, latest] = [-1, 0];
    for (const { from, to, secondsBetween } of timed.waits) {
      const ready = ends[from]! + secondsBetween(chosen[from]!, chosen[to]!);
      if (to === task && ready > latest) [before, latest] = [from, ready];
    }
    if (before < 0) return way;
    way.unshift(before);
  }
}
