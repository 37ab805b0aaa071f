import type { Capacities, Group, RouteProblem } from './route-problem.ts';
import type { Tree } from './steiner.ts';

/*
 * Problem: every way to move the data, where the network is so small that all can be looked at.
 * Method: each region but the source hangs on another or, where it is no destination, is left out;
 * circles and branches to no destination are dropped. Then all ways to share the partitions out.
 * Complexity: O(nⁿ) trees, O(trees^partitions) ways: nothing is listed beyond the limits.
 */

/** Parents that are tried for all regions together. */
const TRIED_MAX = 20_000;
/** Ways that are looked at. */
const WAYS_MAX = 50_000;

/** All trees of a small network to its destinations; none of a larger one. */
export function allTrees(
  { network, source, destinations }: RouteProblem,
  { links }: Capacities,
): readonly Tree[] {
  const size = network.regions.length;
  const others = network.regions.flatMap((_, region) => (region === source ? [] : [region]));
  const parents = others.map((region) => {
    const linked = network.regions.flatMap((_, from) =>
      from !== region && links[from * size + region]! > 0 ? [from] : [],
    );
    return destinations.includes(region) ? linked : [null, ...linked];
  });
  if (parents.reduce((tried, { length }) => tried * length, 1) > TRIED_MAX) return [];
  let trees: Tree[] = [new Map()];
  for (const [index, region] of others.entries()) {
    trees = trees.flatMap((tree) =>
      parents[index]!.map((from) => (from === null ? tree : new Map([...tree, [region, from]]))),
    );
  }
  return trees.filter((tree) => isTree(tree, source, destinations));
}

/** All destinations are reached, and nothing else is but on the way to them. */
function isTree(tree: Tree, source: number, destinations: readonly number[]): boolean {
  const needed = new Set<number>();
  for (const destination of destinations) {
    let at = destination;
    for (let steps = 0; at !== source; steps++) {
      const from = tree.get(at);
      if (from === undefined || steps > tree.size) return false;
      needed.add(at);
      at = from;
    }
  }
  return needed.size === tree.size;
}

/** All ways to give so many partitions a tree each; with too many of them, those with one tree. */
export function* allGroups(
  trees: readonly Tree[],
  partitions: number,
): Generator<readonly Group[]> {
  const isFew = waysOf(trees.length, partitions) <= WAYS_MAX;
  if (isFew) yield* sharedOut(trees, partitions, 0);
  else for (const tree of trees) yield [{ tree, partitions }];
}

function* sharedOut(
  trees: readonly Tree[],
  left: number,
  first: number,
): Generator<readonly Group[]> {
  if (left === 0) {
    yield [];
    return;
  }
  for (let at = first; at < trees.length; at++) {
    for (let partitions = left; partitions > 0; partitions--) {
      for (const others of sharedOut(trees, left - partitions, at + 1))
        yield [{ tree: trees[at]!, partitions }, ...others];
    }
  }
}

/** Multisets: (trees + partitions − 1) over partitions. */
function waysOf(trees: number, partitions: number): number {
  let ways = 1;
  for (let one = 1; one <= partitions; one++) ways *= (trees - 1 + one) / one;
  return ways;
}
