import { pathOf, pruned, type ShortestPaths, type Tree, treeOf } from './steiner.ts';

/*
 * Problem: a cheap arborescence to more terminals than an exact search can have, and what none
 * costs less than.
 * Method: for the tree, the terminal that is nearest to what there is joins by a shortest path, one
 * after the other. For the bound, dual ascent: a set that must be entered for a terminal's sake
 * charges the cheapest link into it, and all links into it are that much cheaper from then on.
 * Complexity: O(k² n) for the tree; O(n²) for each of the charges, some k n of them.
 * Reference: Takahashi, Matsuyama, An approximate solution for the Steiner problem in graphs
 * (1980); Wong, A dual ascent approach for Steiner tree problems on a directed graph (1984).
 */

/** Null when a terminal cannot be reached. */
export function nearestFirstTree(
  { size, distance, next }: ShortestPaths,
  source: number,
  terminals: readonly number[],
): Tree | null {
  const edges: (readonly [number, number])[] = [];
  const reached = new Set([source]);
  const open = new Set(terminals);
  while (open.size > 0) {
    let best = { from: -1, to: -1, cost: Infinity };
    for (const to of open) {
      for (const from of reached) {
        const cost = distance[from * size + to]!;
        if (cost < best.cost) best = { from, to, cost };
      }
    }
    if (best.cost === Infinity) return null;
    for (const edge of pathOf({ size, distance, next }, best.from, best.to)) {
      edges.push(edge);
      reached.add(edge[1]);
    }
    for (const terminal of open) if (reached.has(terminal)) open.delete(terminal);
  }
  return pruned(treeOf(source, edges), new Set(terminals));
}

/** Of the largest cost: below it nothing is left of a link. */
const ROUNDING = 1e-12;

/** No tree costs less. Costs are at `from * size + to`; Infinity where a terminal has no way. */
export function treeFloor(
  costs: Float64Array,
  { source, terminals }: { readonly source: number; readonly terminals: readonly number[] },
): number {
  const size = Math.sqrt(costs.length);
  const left = costs.slice();
  const nothing =
    ROUNDING * costs.reduce((most, cost) => (cost < Infinity ? Math.max(most, cost) : most), 0);
  const open = [...terminals];
  let floor = 0;
  for (let terminal = open.shift(); terminal !== undefined; terminal = open.shift()) {
    const inside = leadingTo(left, terminal, nothing);
    if (inside[source] === 1) continue;
    let least = Infinity;
    forEachInto(inside, (link) => {
      least = Math.min(least, left[link]!);
    });
    if (least === Infinity) return Infinity;
    forEachInto(inside, (link) => {
      left[link]! -= least;
    });
    floor += least;
    open.push(terminal);
  }
  return floor;

  function forEachInto(inside: Uint8Array, visit: (link: number) => void): void {
    for (let from = 0; from < size; from++) {
      if (inside[from] === 1) continue;
      for (let to = 0; to < size; to++) if (inside[to] === 1) visit(from * size + to);
    }
  }
}

/** 1 for each vertex from which links of which nothing is left lead to one. */
function leadingTo(left: Float64Array, terminal: number, nothing: number): Uint8Array {
  const size = Math.sqrt(left.length);
  const inside = new Uint8Array(size);
  inside[terminal] = 1;
  const open = [terminal];
  for (let to = open.pop(); to !== undefined; to = open.pop()) {
    for (let from = 0; from < size; from++) {
      if (inside[from] === 1 || left[from * size + to]! > nothing) continue;
      inside[from] = 1;
      open.push(from);
    }
  }
  return inside;
}
