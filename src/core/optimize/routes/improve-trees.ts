import type { Random } from '../../../base/rng.ts';
import type { Frontier } from './frontier.ts';
import { isSameTree } from './pack-trees.ts';
import type { Capacities, Group, RouteProblem } from './route-problem.ts';
import { pruned, type Tree } from './steiner.ts';
import { TreeValuer } from './tree-value.ts';

/*
 * Problem: a tree for each partition, so that egress and the machines' time cost least together;
 * links share their regions' limits equally, which makes the time a step function of the trees.
 * Method: simulated annealing over groups of partitions that share a tree. A move gives some
 * partitions of a group another tree: one vertex hangs elsewhere, or two do, or it changes places
 * with the one above; a vertex on the way is left out or put in; or a tree is taken from those that the fractional optimum is made of.
 * Complexity: a move costs O(links in use); as many moves as asked.
 * Reference: Kirkpatrick, Gelatt, Vecchi, Optimization by simulated annealing (1983).
 */

export type ImproveOptions = {
  readonly random: Random;
  readonly moves: number;
  /** Trees that are worth a try. */
  readonly pool: readonly Tree[];
  readonly isOver: () => boolean;
  /** Of a gigabyte; Infinity for no limit. */
  readonly secondsMax: number;
  /** Takes whatever it looks at. */
  readonly frontier: Frontier;
};

/** Of the value: what a move may lose at first, and at last. */
const HOT = 3e-3;
const COLD = 1e-6;
/** Beyond the limit, a second more costs this many times the machines' price. */
const LATE = 200;
const CLOCK_EVERY = 512;
/** Of the numbers that pick a move: above it, two steps of which the first may be dear are one. */
const REHUNG_TWICE = 0.85;

type Searching = {
  readonly problem: RouteProblem;
  readonly capacities: Capacities;
  readonly terminals: ReadonlySet<number>;
  readonly random: Random;
  readonly pool: readonly Tree[];
  /** Regions that a tree may lead over. */
  readonly regions: readonly number[];
};

/** Looks for better groups than those it starts from; what it finds is in the frontier. */
export function improveTrees(
  problem: RouteProblem,
  capacities: Capacities,
  start: readonly Group[],
  options: ImproveOptions,
): void {
  const { random, moves, pool, isOver, secondsMax, frontier } = options;
  const valuer = new TreeValuer(problem, capacities);
  const value = (groups: readonly Group[]): number => {
    const { total, seconds } = valuer.value(groups);
    frontier.offer({ seconds, total, groups });
    return seconds <= secondsMax ? total : total * (1 + LATE * (seconds / secondsMax - 1));
  };
  const searching = searchingOf(problem, capacities, { start, pool, random });
  let groups = start;
  let current = value(start);
  const scale = current;
  for (let move = 0; move < moves; move++) {
    if (move % CLOCK_EVERY === 0 && isOver()) break;
    const next = moved(groups, searching);
    if (next === null) continue;
    const after = value(next);
    const heat = scale * HOT * (COLD / HOT) ** (move / moves);
    if (after > current && random() >= Math.exp((current - after) / heat)) continue;
    groups = next;
    current = after;
  }
}

function searchingOf(
  problem: RouteProblem,
  capacities: Capacities,
  {
    start,
    pool,
    random,
  }: {
    readonly start: readonly Group[];
    readonly pool: readonly Tree[];
    readonly random: Random;
  },
): Searching {
  const regions = new Set([problem.source, ...problem.destinations]);
  for (const tree of [...pool, ...start.map((group) => group.tree)])
    for (const region of tree.keys()) regions.add(region);
  return {
    problem,
    capacities,
    terminals: new Set(problem.destinations),
    random,
    pool,
    regions: [...regions],
  };
}

/** Groups after a random move; null where the move makes no sense. */
function moved(groups: readonly Group[], searching: Searching): readonly Group[] | null {
  const { random, pool } = searching;
  const group = groups[pick(random, groups.length)]!;
  const many = random() < 0.5 ? group.partitions : 1 + pick(random, group.partitions);
  const kind = random();
  let tree: Tree | null;
  if (kind < 0.15 && pool.length > 0) tree = pool[pick(random, pool.length)]!;
  else if (kind < 0.3 && groups.length > 1) tree = groups[pick(random, groups.length)]!.tree;
  else if (kind < 0.4) tree = withoutOne(group.tree, searching);
  else if (kind < 0.5) tree = swapped(group.tree, searching);
  else tree = rehung(group.tree, searching);
  if (tree !== null && kind > REHUNG_TWICE) tree = rehung(tree, searching);
  if (tree === null || tree === group.tree) return null;
  return regrouped(groups, { group, many, tree });
}

function regrouped(
  groups: readonly Group[],
  { group, many, tree }: { readonly group: Group; readonly many: number; readonly tree: Tree },
): readonly Group[] {
  const next: Group[] = [];
  let hasJoined = false;
  for (const one of groups) {
    const left = one === group ? one.partitions - many : one.partitions;
    const joins: boolean = !hasJoined && isSameTree(one.tree, tree);
    hasJoined ||= joins;
    const partitions = joins ? left + many : left;
    if (partitions > 0) next.push(partitions === one.partitions ? one : { ...one, partitions });
  }
  if (!hasJoined) next.push({ tree, partitions: many });
  return next;
}

/** One vertex hangs on another one, which may have to join the tree first. */
function rehung(tree: Tree, searching: Searching): Tree | null {
  const { random, regions, problem, terminals } = searching;
  const vertices = [...tree.keys()];
  const vertex = vertices[pick(random, vertices.length)]!;
  const parent = regions[pick(random, regions.length)]!;
  if (parent === tree.get(vertex) || !isLink(searching, parent, vertex)) return null;
  if (isBelow(tree, parent, vertex)) return null;
  const next = new Map(tree);
  if (parent !== problem.source && !tree.has(parent)) {
    const grandparent = hook(tree, { parent, vertex }, searching);
    if (grandparent === null) return null;
    next.set(parent, grandparent);
  }
  next.set(vertex, parent);
  return pruned(next, terminals);
}

/** Where a vertex that joins the tree hangs: mostly where that is cheapest. */
function hook(
  tree: Tree,
  { parent, vertex }: { readonly parent: number; readonly vertex: number },
  searching: Searching,
): number | null {
  const { problem, random } = searching;
  const { network, source } = problem;
  const size = network.regions.length;
  const open = [source, ...tree.keys()].filter(
    (at) => isLink(searching, at, parent) && !isBelow(tree, at, vertex),
  );
  if (open.length === 0) return null;
  if (random() < 0.3) return open[pick(random, open.length)]!;
  let best = open[0]!;
  for (const at of open) {
    const price = network.nanosPerGigabyte[at * size + parent]!;
    if (price < network.nanosPerGigabyte[best * size + parent]!) best = at;
  }
  return best;
}

/** A vertex takes the place of the one that it hangs on, which hangs on it. */
function swapped(tree: Tree, searching: Searching): Tree | null {
  const { random, terminals } = searching;
  const below = [...tree.keys()].filter((vertex) => tree.has(tree.get(vertex)!));
  if (below.length === 0) return null;
  const vertex = below[pick(random, below.length)]!;
  const parent = tree.get(vertex)!;
  const above = tree.get(parent)!;
  if (!isLink(searching, above, vertex) || !isLink(searching, vertex, parent)) return null;
  return pruned(new Map([...tree, [vertex, above], [parent, vertex]]), terminals);
}

/** A vertex on the way is left out; what hung on it hangs one higher. */
function withoutOne(tree: Tree, searching: Searching): Tree | null {
  const { random, terminals } = searching;
  const onTheWay = [...tree.keys()].filter((vertex) => !terminals.has(vertex));
  if (onTheWay.length === 0) return null;
  const out = onTheWay[pick(random, onTheWay.length)]!;
  const above = tree.get(out)!;
  const next = new Map(tree);
  next.delete(out);
  for (const [to, from] of tree) {
    if (from !== out) continue;
    if (!isLink(searching, above, to)) return null;
    next.set(to, above);
  }
  return next;
}

function isLink({ problem, capacities }: Searching, from: number, to: number): boolean {
  return from !== to && capacities.links[from * problem.network.regions.length + to]! > 0;
}

/** Whether the way from the source to a vertex leads over another one, or is it. */
function isBelow(tree: Tree, vertex: number, above: number): boolean {
  for (let at: number | undefined = vertex; at !== undefined; at = tree.get(at)) {
    if (at === above) return true;
  }
  return false;
}

function pick(random: Random, count: number): number {
  return Math.floor(random() * count);
}
