import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Answer, AnswerLine } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { type Before, orderOf, topological } from './order.ts';
import { moveOf, regionOf, routesByEnds } from './transfer-rows.ts';

/**
 * The same lines, each task begun as early as its needs, its transfers and its options allow;
 * lines that already wait for a cheaper hour wait on. All lines of a task that waits begin together.
 */
export function scheduled(problem: Problem, lines: readonly AnswerLine[]): Answer {
  const order = orderOf(problem);
  if (order.length === 0) return { lines };
  const byTask = Map.groupBy(lines, ({ task }) => task);
  const waitS = waiting(problem, byTask);
  const ends = problem.tasks.map(() => 0);
  const begun = topological(problem).flatMap((task) => {
    const own = byTask.get(task) ?? [];
    const waits = order.filter(({ after }) => after === task);
    const startS = Math.max(
      0,
      ...own.map((line) => line.startS),
      ...waits.map((pair) => ends[pair.before]! + waitS(pair)),
    );
    const lastingS = Math.max(0, ...own.map(({ hours }) => hours * SECONDS_PER_HOUR));
    ends[task] = startS + lastingS;
    return own.map((line) => ({ ...line, startS }));
  });
  return { lines: begun };
}

/** Seconds that the transfers between two tasks take. */
function waiting(
  { tasks, offers, transfers, routes }: Problem,
  byTask: ReadonlyMap<number, readonly AnswerLine[]>,
): (pair: Before) => number {
  const byEnds = routesByEnds(routes);
  const regionOfTask = (task: number): string | null => {
    const option = byTask.get(task)?.[0]?.option;
    if (option === undefined) return null;
    return regionOf(offers[tasks[task]!.work.options[option]!.offer]!);
  };
  return ({ before, after }) => {
    const [source, sink] = [regionOfTask(before), regionOfTask(after)];
    if (source === null || sink === null) return 0;
    const own = transfers.filter(({ from, to }) => from === before && to === after);
    const seconds = own.map(
      (transfer) => moveOf(transfer, { source, sink, routes: byEnds })?.seconds ?? 0,
    );
    return Math.max(0, ...seconds);
  };
}
