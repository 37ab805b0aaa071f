/*
 * Problem: the cheapest arborescence from a source that reaches every terminal of a directed
 * graph (the directed Steiner tree problem).
 * Method: dynamic programming over subsets of terminals: the best tree from v to a subset is a
 * shortest path to some u and two best trees from there, of parts of the subset.
 * Complexity: O(3^k n + 2^k n² + n³) time and O(2^k n) room, for k terminals and n vertices.
 * Reference: Dreyfus, Wagner, The Steiner problem in graphs (1971); in the directed form of
 * Erickson, Monma, Veinott, Send-and-split method for minimum-concave-cost network flows (1987).
 */

/** Ways of least cost between all pairs; `next` is the vertex after the first. */
export type ShortestPaths = {
  readonly size: number;
  readonly distance: Float64Array;
  readonly next: Int32Array;
};

export type Edge = readonly [from: number, to: number];

/** A tree as the parent of each vertex that it reaches; the source has none. */
export type Tree = ReadonlyMap<number, number>;

export type SteinerTree = { readonly cost: number; readonly tree: Tree };

/** 3^10 × 71 steps take some hundredths of a second, a hundred times in a search. */
export const EXACT_TERMINALS_MAX = 10;

/** All pairs, by Floyd and Warshall. Costs are at `from * size + to`; Infinity for no edge. */
export function shortestPaths(costs: Float64Array, size: number): ShortestPaths {
  const distance = costs.slice();
  const next = new Int32Array(size * size);
  for (let from = 0; from < size; from++) {
    distance[from * size + from] = 0;
    for (let to = 0; to < size; to++) next[from * size + to] = to;
  }
  for (let via = 0; via < size; via++) {
    for (let from = 0; from < size; from++) {
      const first = distance[from * size + via]!;
      if (first === Infinity || from === via) continue;
      for (let to = 0; to < size; to++) {
        const through = first + distance[via * size + to]!;
        if (through >= distance[from * size + to]!) continue;
        distance[from * size + to] = through;
        next[from * size + to] = next[from * size + via]!;
      }
    }
  }
  return { size, distance, next };
}

/** For each subset of terminals: the cost from each vertex, and how it comes about. */
type Table = {
  readonly cost: Float64Array[];
  /** Where the tree splits, when it begins at a vertex. */
  readonly splitAt: Int32Array[];
  /** One part of the subset, when it splits at a vertex. */
  readonly part: Int32Array[];
};

/** The cheapest tree; null when a terminal cannot be reached. */
export function steinerTree(
  paths: ShortestPaths,
  source: number,
  terminals: readonly number[],
): SteinerTree | null {
  const all = 2 ** terminals.length - 1;
  if (all === 0) return { cost: 0, tree: new Map() };
  const table = fillTable(paths, terminals);
  const cost = table.cost[all]![source]!;
  if (cost === Infinity) return null;
  const edges = edgesOf(table, paths, { source, terminals });
  return { cost, tree: pruned(treeOf(source, edges), new Set(terminals)) };
}

function fillTable(paths: ShortestPaths, terminals: readonly number[]): Table {
  const { size, distance } = paths;
  const table: Table = { cost: [], splitAt: [], part: [] };
  for (let subset = 1; subset < 2 ** terminals.length; subset++) {
    if ((subset & (subset - 1)) === 0) {
      const terminal = terminals[31 - Math.clz32(subset)]!;
      table.cost[subset] = Float64Array.from(
        { length: size },
        (_, from) => distance[from * size + terminal]!,
      );
      continue;
    }
    const split = splits(table, subset, size);
    const cost = new Float64Array(size).fill(Infinity);
    const splitAt = new Int32Array(size);
    for (let from = 0; from < size; from++) {
      for (let at = 0; at < size; at++) {
        const total = distance[from * size + at]! + split.cost[at]!;
        if (total >= cost[from]!) continue;
        cost[from] = total;
        splitAt[from] = at;
      }
    }
    table.cost[subset] = cost;
    table.splitAt[subset] = splitAt;
    table.part[subset] = split.part;
  }
  return table;
}

/** The best two parts of a subset, when the tree splits at each vertex. */
function splits({ cost }: Table, subset: number, size: number) {
  const best = new Float64Array(size).fill(Infinity);
  const part = new Int32Array(size);
  const lowest = subset & -subset;
  for (let one = (subset - 1) & subset; one > 0; one = (one - 1) & subset) {
    // Of both ways to name the parts, the one that has the first terminal.
    if ((one & lowest) === 0) continue;
    const [ours, theirs] = [cost[one]!, cost[subset ^ one]!];
    for (let at = 0; at < size; at++) {
      const total = ours[at]! + theirs[at]!;
      if (total >= best[at]!) continue;
      best[at] = total;
      part[at] = one;
    }
  }
  return { cost: best, part };
}

function edgesOf(
  { splitAt, part }: Table,
  paths: ShortestPaths,
  { source, terminals }: { readonly source: number; readonly terminals: readonly number[] },
): readonly Edge[] {
  const edges: Edge[] = [];
  const open: [subset: number, from: number][] = [[2 ** terminals.length - 1, source]];
  for (let last = open.pop(); last !== undefined; last = open.pop()) {
    const [subset, from] = last;
    if ((subset & (subset - 1)) === 0) {
      edges.push(...pathOf(paths, from, terminals[31 - Math.clz32(subset)]!));
      continue;
    }
    const at = splitAt[subset]![from]!;
    edges.push(...pathOf(paths, from, at));
    const one = part[subset]![at]!;
    open.push([one, at], [subset ^ one, at]);
  }
  return edges;
}

/** The edges of a shortest path. */
export function pathOf({ size, next }: ShortestPaths, from: number, to: number): readonly Edge[] {
  const edges: Edge[] = [];
  for (let at = from; at !== to; ) {
    const after = next[at * size + to]!;
    edges.push([at, after]);
    at = after;
  }
  return edges;
}

/**
 * Edges as a tree, given in an order in which each one begins where others have led. Where two
 * enter a vertex (paths of equal cost, or over edges that cost nothing) the first one stays.
 */
export function treeOf(source: number, edges: readonly Edge[]): Tree {
  const tree = new Map<number, number>();
  for (const [from, to] of edges) if (to !== source && !tree.has(to)) tree.set(to, from);
  return tree;
}

/** The tree without branches that lead to no terminal. */
export function pruned(tree: Tree, terminals: ReadonlySet<number>): Tree {
  const left = new Map(tree);
  const children = new Map<number, number>();
  for (const parent of left.values()) children.set(parent, (children.get(parent) ?? 0) + 1);
  for (const [vertex] of tree) {
    for (let at = vertex; left.has(at) && !terminals.has(at) && (children.get(at) ?? 0) === 0; ) {
      const parent = left.get(at)!;
      left.delete(at);
      children.set(parent, children.get(parent)! - 1);
      at = parent;
    }
  }
  return left;
}
