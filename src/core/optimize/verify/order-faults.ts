import type { Apart, Problem } from '../model/problem.ts';
import { nameOf, type ReadLine } from './read-line.ts';
import { moveBetween, regionOf, routesFrom } from './read-transfer.ts';
import { isAtMost } from './tolerance.ts';

/*
 * Problem: whether tasks wait for what they need, data can be handed over, and tasks that must be
 * apart are.
 * Method: the definitions of model/problem.ts. A task that takes data of another waits for it, and
 * for the data on their way, whether or not it says that it needs it.
 * Complexity: O(lines + needs + transfers + apart).
 */

type Lines = readonly (readonly ReadLine[])[];

export function orderFaults(problem: Problem, byTask: Lines): readonly string[] {
  return [
    ...problem.tasks.flatMap(({ needs }, after) =>
      needs.flatMap((before) => waitFaults(problem, byTask, { before, after, seconds: 0 })),
    ),
    ...transferFaults(problem, byTask),
    ...problem.apart.flatMap((apart) => apartFaults(problem, byTask, apart)),
  ];
}

function waitFaults(
  problem: Problem,
  byTask: Lines,
  wait: { readonly before: number; readonly after: number; readonly seconds: number },
): readonly string[] {
  const [before, after] = [byTask[wait.before] ?? [], byTask[wait.after] ?? []];
  const ready = Math.max(0, ...before.map(({ endS }) => endS)) + wait.seconds;
  const begins = Math.min(Infinity, ...after.map(({ line }) => line.startS));
  if (isAtMost(ready, begins)) return [];
  const [name, needed] = [nameOf(problem, wait.after), nameOf(problem, wait.before)];
  return [`${name} begins at second ${begins}, ${needed} is done and handed over at ${ready}`];
}

function transferFaults(problem: Problem, byTask: Lines): readonly string[] {
  const routes = routesFrom(problem);
  return problem.transfers.flatMap((transfer) => {
    const [source, sink] = [byTask[transfer.from]?.[0], byTask[transfer.to]?.[0]];
    if (source === undefined || sink === undefined) return [];
    const ends = { from: regionOf(source.offer), to: regionOf(sink.offer) };
    const move = moveBetween(routes, transfer, ends);
    const names = `${nameOf(problem, transfer.from)} to ${nameOf(problem, transfer.to)}`;
    if (move === null) return [`no route is known for ${names}: ${ends.from} to ${ends.to}`];
    const wait = { before: transfer.from, after: transfer.to, seconds: move.seconds };
    return waitFaults(problem, byTask, wait);
  });
}

function apartFaults(problem: Problem, byTask: Lines, { tasks, by }: Apart): readonly string[] {
  const takenBy = new Map<string, number>();
  const faults: string[] = [];
  for (const task of tasks) {
    const places = new Set((byTask[task] ?? []).map((line) => placeOf(line, by)));
    for (const place of places) {
      const other = takenBy.get(place);
      if (other === undefined) takenBy.set(place, task);
      else {
        const names = `${nameOf(problem, other)} and ${nameOf(problem, task)}`;
        faults.push(`${names} are both at ${place}, and must be apart by ${by}`);
      }
    }
  }
  return faults;
}

/** Names of regions and zones mean something within what they are part of; no name is one place. */
function placeOf({ offer }: ReadLine, by: Apart['by']): string {
  const { provider, region, zone } = offer;
  if (by === 'provider') return provider;
  return by === 'region' ? regionOf(offer) : `${provider}/${region ?? ''}/${zone ?? ''}`;
}
