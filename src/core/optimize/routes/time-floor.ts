import { KILOBITS_PER_GIGABYTE } from './load.ts';
import { type Capacities, type RouteProblem } from './route-problem.ts';

/**
 * Seconds for a gigabyte that no transfer is faster than: all of it leaves the source and enters
 * each destination, over all links there are and within the limits of both. Infinity where one
 * has no link.
 */
export function secondsFloor(
  { network, source, destinations }: RouteProblem,
  { links, egress, ingress }: Capacities,
): number {
  const size = network.regions.length;
  let leaving = 0;
  for (let to = 0; to < size; to++) leaving += links[source * size + to]!;
  let slowest = Math.min(leaving, egress[source]!);
  for (const destination of destinations) {
    let entering = 0;
    for (let from = 0; from < size; from++) entering += links[from * size + destination]!;
    slowest = Math.min(slowest, entering, ingress[destination]!);
  }
  return KILOBITS_PER_GIGABYTE / slowest;
}
