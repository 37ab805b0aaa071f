import type { Order } from './elimination-order.ts';
import type { Choice, Placement, PlaceNode } from './placement.ts';

/*
 * Problem: the best choice of places of what is left of a placement.
 * Method: dynamic programming over a tree decomposition (bucket elimination): one node after the
 * other is replaced by a table of the best that it can do for each choice of its neighbours.
 * Entries that already cost more than what may be spent are never looked into.
 * Complexity: O(n × places^(w + 1)) for an order of width w.
 * Reference: Dechter, Bucket elimination (Artificial Intelligence 113, 1999); Bertelè, Brioschi,
 * Nonserial Dynamic Programming (1972).
 */

export type Eliminated = { readonly choice: Choice; readonly cost: number };

/** Costs of each choice of a few nodes, the last one changing fastest. */
type Table = {
  readonly scope: readonly number[];
  readonly costs: Float64Array;
};

type Bucket = {
  readonly node: number;
  readonly scope: readonly number[];
  readonly tables: readonly Table[];
};

/** Costs are ≥ 0; the choice of least cost, or null where none costs at most `slack`. */
export function eliminate(
  {
    nodes,
    pairs,
  }: Pick<Placement, 'pairs'> & { readonly nodes: readonly Pick<PlaceNode, 'costs'>[] },
  { nodes: order }: Pick<Order, 'nodes'>,
  slack: number,
): Eliminated | null {
  const sizes = nodes.map(({ costs }) => costs.length);
  let tables: Table[] = [
    ...nodes.map(({ costs }, node): Table => ({ scope: [node], costs })),
    ...pairs.map(({ low, high, costs }) => withoutSingles({ scope: [low, high], costs }, sizes)),
  ];
  const buckets: Bucket[] = [];
  let total = 0;
  for (const node of order) {
    const own = tables.filter(({ scope }) => scope.includes(node));
    const rest = tables.filter(({ scope }) => !scope.includes(node));
    const scope = [...new Set(own.flatMap((table) => table.scope))].filter((one) => one !== node);
    const bucket: Bucket = { node, scope, tables: own };
    const table = bestOf(bucket, { sizes, slack, beside: rest });
    buckets.push(bucket);
    if (scope.length > 0) tables = [...rest, table];
    else {
      tables = rest;
      total += table.costs[0]!;
    }
    if (total > slack || total === Infinity) return null;
  }
  return { choice: choiceOf(buckets, sizes), cost: total };
}

/** A node with one place couples nobody: it need not be in the scope of a pair. */
function withoutSingles({ scope, costs }: Table, sizes: readonly number[]): Table {
  const [low, high] = scope as [number, number];
  if (sizes[high] === 1) return { scope: [low], costs };
  return sizes[low] === 1 ? { scope: [high], costs } : { scope, costs };
}

type Sizes = readonly number[];

function bestOf(
  bucket: Bucket,
  { sizes, slack, beside }: { sizes: Sizes; slack: number; beside: readonly Table[] },
): Table {
  const { node, scope } = bucket;
  const costs = new Float64Array(scope.reduce((all, one) => all * sizes[one]!, 1)).fill(Infinity);
  const own = bucket.tables.map((table) => ({
    costs: table.costs,
    ...steps(table, bucket, sizes),
  }));
  const inside = beside
    .filter((table) => table.scope.every((one) => scope.includes(one)))
    .map((table) => ({ costs: table.costs, ...steps(table, bucket, sizes) }));
  const peeks = scope.map((_, level) => inside.filter(({ last }) => last === level));
  const offsets = new Int32Array(own.length);
  const insideAt = scope.map((_, level) => new Int32Array(peeks[level]!.length));
  const places = sizes[node]!;
  const values = new Int32Array(scope.length);
  descend(0, 0, 0);
  return { scope, costs };

  function descend(level: number, at: number, spent: number): void {
    if (level === scope.length) {
      costs[at] = leastFrom(spent);
      return;
    }
    const size = sizes[scope[level]!]!;
    for (let value = 0; value < size; value++) {
      values[level] = value;
      const seen = spent + peekAt(level);
      if (seen <= slack) descend(level + 1, at * size + value, seen);
      for (let index = 0; index < own.length; index++) offsets[index]! += own[index]!.by[level]!;
    }
    for (let index = 0; index < own.length; index++)
      offsets[index]! -= own[index]!.by[level]! * size;
  }

  /** What tables outside of the bucket will add in any case. */
  function peekAt(level: number): number {
    let sum = 0;
    for (let index = 0; index < insideAt[level]!.length; index++) {
      const { costs: other, by } = peeks[level]![index]!;
      let offset = 0;
      for (let one = 0; one <= level; one++) offset += by[one]! * values[one]!;
      sum += other[offset]!;
    }
    return sum;
  }

  function leastFrom(spent: number): number {
    let best = Infinity;
    for (let place = 0; place < places; place++) {
      let cost = 0;
      for (let index = 0; index < own.length; index++) {
        const table = own[index]!;
        cost += table.costs[offsets[index]! + place * table.ofNode]!;
      }
      if (cost < best) best = cost;
    }
    return spent + best <= slack ? best : Infinity;
  }
}

/** How far apart in a table are entries that differ by one at a node of the bucket. */
function steps(
  { scope }: Table,
  bucket: Pick<Bucket, 'node' | 'scope'>,
  sizes: Sizes,
): { readonly by: readonly number[]; readonly ofNode: number; readonly last: number } {
  const step = new Map<number, number>();
  let size = 1;
  for (const one of scope.toReversed()) {
    step.set(one, size);
    size *= sizes[one]!;
  }
  const by = bucket.scope.map((one) => step.get(one) ?? 0);
  return { by, ofNode: step.get(bucket.node) ?? 0, last: by.findLastIndex((one) => one > 0) };
}

/** From the last eliminated node back: each at its best, given those after it. */
function choiceOf(buckets: readonly Bucket[], sizes: Sizes): Choice {
  const choice = sizes.map(() => 0);
  for (const { node, tables } of buckets.toReversed()) {
    const costs = new Float64Array(sizes[node]!);
    for (const { scope, costs: own } of tables) {
      for (let place = 0; place < costs.length; place++) {
        choice[node] = place;
        const at = scope.reduce((sum, one) => sum * sizes[one]! + choice[one]!, 0);
        costs[place]! += own[at]!;
      }
    }
    choice[node] = costs.indexOf(Math.min(...costs));
  }
  return choice;
}
