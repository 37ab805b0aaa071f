import type { RouteProblem } from './route-problem.ts';
import { pathOf, pruned, type ShortestPaths, type Tree, treeOf } from './steiner.ts';

/** Straight from the source to each destination; null where a link is missing. */
export function directTree({ network, source, destinations }: RouteProblem): Tree | null {
  const { kilobitsPerSecond, regions } = network;
  const isLinked = destinations.every((to) => kilobitsPerSecond[source * regions.length + to]! > 0);
  return isLinked
    ? treeOf(
        source,
        destinations.map((to) => [source, to] as const),
      )
    : null;
}

/** To each destination over the links that cost least together (Dijkstra); null where none lead there. */
export function cheapestPathsTree(
  { source, destinations }: RouteProblem,
  paths: ShortestPaths,
): Tree | null {
  const isReached = destinations.every(
    (to) => paths.distance[source * paths.size + to]! < Infinity,
  );
  if (!isReached) return null;
  const tree = treeOf(
    source,
    destinations.flatMap((to) => pathOf(paths, source, to)),
  );
  return pruned(tree, new Set(destinations));
}
