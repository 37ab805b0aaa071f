import type { Random } from '../../../base/rng.ts';
import { allGroups, allTrees } from './all-trees.ts';
import { Frontier } from './frontier.ts';
import { improveTrees } from './improve-trees.ts';
import { isSameTree } from './pack-trees.ts';
import type { Capacities, Group, RouteProblem } from './route-problem.ts';
import type { Tree } from './steiner.ts';
import { TreeValuer } from './tree-value.ts';

/*
 * Problem: for each time, a tree for each partition so that all of it costs least.
 * Method: annealing (improve-trees) from plain trees and from the fractional optimum in whole
 * partitions, first for cost alone, then under time limits between the fastest and the cheapest.
 * Of a network of a few regions every way is looked at before (all-trees).
 * Whatever any of them looks at may enter the frontier. No limit of the user's plays a part, so
 * that more time never costs more, nor do more machines in the same time.
 * Complexity: CHAINS + LIMITS annealings.
 */

export type SearchTreesOptions = {
  readonly random: Random;
  readonly isOver: () => boolean;
  /** Of one annealing. */
  readonly moves: number;
  /** Single trees that are worth a try. */
  readonly trees: readonly Tree[];
  /** Shares of trees that no whole partitions can beat. */
  readonly packings: readonly (readonly { readonly tree: Tree; readonly share: number }[])[];
  /** Of a gigabyte: none is faster. */
  readonly secondsMin: number;
};

/** Annealings for cost alone. */
const CHAINS = 4;
/** Annealings under a limit each. */
const LIMITS = 6;
/** Of a share that is no rounding error. */
const SHARE_MIN = 1e-6;

export function searchTrees(
  problem: RouteProblem,
  capacities: Capacities,
  options: SearchTreesOptions,
): Frontier {
  const { random, isOver, moves, secondsMin } = options;
  const frontier = new Frontier();
  const valuer = new TreeValuer(problem, capacities);
  const starts = startsOf(problem, options);
  for (const groups of starts) frontier.offer({ ...valuer.value(groups), groups });
  for (const groups of allGroups(allTrees(problem, capacities), problem.partitions))
    frontier.offer({ ...valuer.value(groups), groups });
  const pool = poolOf(options);
  const improve = (start: readonly Group[], secondsMax: number) =>
    improveTrees(problem, capacities, start, { random, moves, pool, isOver, secondsMax, frontier });
  const cheapest = () => frontier.points.at(-1)!;
  for (let chain = 0; chain < CHAINS; chain++) {
    improve(chain % 2 === 0 ? cheapest().groups : starts[chain % starts.length]!, Infinity);
  }
  const slowest = cheapest().seconds;
  for (let step = LIMITS - 1; step >= 0; step--) {
    const limit = secondsMin * (slowest / secondsMin) ** (step / LIMITS);
    const from = frontier.within(limit) ?? frontier.points[0]!;
    improve(from.groups, limit);
  }
  improve(cheapest().groups, Infinity);
  return frontier;
}

/** All partitions on one tree, and each packing in whole partitions. */
function startsOf({ partitions }: RouteProblem, { trees, packings }: SearchTreesOptions) {
  return [
    ...packings.map((packing) => wholePartitions(packing, partitions)),
    ...trees.map((tree): readonly Group[] => [{ tree, partitions }]),
  ].filter((groups) => groups.length > 0);
}

/** By largest remainder. */
function wholePartitions(
  packing: readonly { readonly tree: Tree; readonly share: number }[],
  partitions: number,
): readonly Group[] {
  const exact = packing.map(({ share }) => share * partitions);
  const counts = exact.map((count) => Math.floor(count + SHARE_MIN));
  const left = partitions - counts.reduce((sum, count) => sum + count, 0);
  const byRemainder = exact
    .map((count, index) => ({ index, remainder: count - counts[index]! }))
    .toSorted((one, other) => other.remainder - one.remainder);
  for (const { index } of byRemainder.slice(0, Math.max(0, left))) counts[index]! += 1;
  return packing.flatMap(({ tree }, index) =>
    counts[index]! > 0 ? { tree, partitions: counts[index]! } : [],
  );
}

function poolOf({ trees, packings }: SearchTreesOptions): readonly Tree[] {
  const pool: Tree[] = [];
  for (const tree of [...packings.flat().map((one) => one.tree), ...trees]) {
    if (!pool.some((known) => isSameTree(known, tree))) pool.push(tree);
  }
  return pool;
}
