/*
 * Problem: an order in which to eliminate nodes such that few neighbours are left at each.
 * Method: greedily the node whose table is smallest (with few places or few neighbours); of equals,
 * the one that adds the fewest pairs between its neighbours. Exact for trees.
 * Complexity: O(n² × degree²).
 * Reference: Koller, Friedman, Probabilistic Graphical Models (2009), section 9.4.3.2.
 */

export type Order = {
  readonly nodes: readonly number[];
  /** Entries of all tables that elimination in this order looks at. */
  readonly work: number;
  /** Of all tables that are kept. */
  readonly entries: number;
};

/** `sizes`: places of each node; `pairs`: which are coupled. */
export function eliminationOrder(
  sizes: readonly number[],
  pairs: readonly { readonly low: number; readonly high: number }[],
): Order {
  const neighbours = sizes.map(() => new Set<number>());
  for (const { low, high } of pairs) {
    // With one place there is nothing to decide: such a node couples nobody.
    if (sizes[low] === 1 || sizes[high] === 1) continue;
    neighbours[low]!.add(high);
    neighbours[high]!.add(low);
  }
  const left = new Set(sizes.keys());
  const nodes: number[] = [];
  let [work, entries] = [0, 0];
  while (left.size > 0) {
    const node = nextNode(left, { sizes, neighbours });
    const table = tableOf(neighbours[node]!, sizes);
    work += table * sizes[node]!;
    entries += table;
    for (const one of neighbours[node]!) {
      for (const other of neighbours[node]!) if (other !== one) neighbours[one]!.add(other);
      neighbours[one]!.delete(node);
    }
    left.delete(node);
    nodes.push(node);
  }
  return { nodes, work, entries };
}

type Graph = {
  readonly sizes: readonly number[];
  readonly neighbours: readonly ReadonlySet<number>[];
};

function nextNode(left: ReadonlySet<number>, { sizes, neighbours }: Graph): number {
  let best = -1;
  let [bestTable, bestFill] = [Infinity, Infinity];
  for (const node of left) {
    const table = tableOf(neighbours[node]!, sizes) * sizes[node]!;
    if (table > bestTable) continue;
    const fill = fillOf(neighbours[node]!, neighbours);
    if (best >= 0 && table === bestTable && fill >= bestFill) continue;
    best = node;
    bestTable = table;
    bestFill = fill;
  }
  return best;
}

function tableOf(nodes: ReadonlySet<number>, sizes: readonly number[]): number {
  let entries = 1;
  for (const node of nodes) entries *= sizes[node]!;
  return entries;
}

function fillOf(nodes: ReadonlySet<number>, neighbours: readonly ReadonlySet<number>[]): number {
  let missing = 0;
  for (const one of nodes) {
    for (const other of nodes) if (one < other && !neighbours[one]!.has(other)) missing++;
  }
  return missing;
}
