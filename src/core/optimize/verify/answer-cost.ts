import type { Problem } from '../model/problem.ts';
import type { ReadLine } from './read-line.ts';
import { FREE, moveBetween, regionOf, routesFrom } from './read-transfer.ts';

/**
 * Micro-dollars of each task: its lines, each rounded once, what its options cost beside machines,
 * and the data that it takes from others: who takes them pays for them.
 */
export function costsOfTasks(
  problem: Problem,
  byTask: readonly (readonly ReadLine[])[],
): readonly bigint[] {
  const costs = byTask.map((lines) =>
    lines.reduce((sum, { micros, extraMicros }) => sum + micros + BigInt(extraMicros), 0n),
  );
  const routes = routesFrom(problem);
  for (const transfer of problem.transfers) {
    const [source, sink] = [byTask[transfer.from]?.[0], byTask[transfer.to]?.[0]];
    if (source === undefined || sink === undefined) continue;
    const ends = { from: regionOf(source.offer), to: regionOf(sink.offer) };
    costs[transfer.to]! += (moveBetween(routes, transfer, ends) ?? FREE).micros;
  }
  return costs;
}
