import type { Order } from './elimination-order.ts';
import type { Choice, Placement, PlaceNode } from './placement.ts';

/*
 * Problem: the best choice of places of what is left of a placement.
 * Method: dynamic programming over a tree decomposition (bucket elimination): one node after the
 * other is replaced by a table of the best that it can do for each choice of its neighbours. The
 * neighbours are chosen one by one; what already costs more than may be spent, by tables outside of
 * the bucket as well, is never looked into, and of the node only the places are kept that are not
 * too dear with those chosen so far.
 * Complexity: O(n × places^(w + 1)) for an order of width w; far less where little may be spent.
 * Reference: Dechter, Bucket elimination (Artificial Intelligence 113, 1999); Bertelè, Brioschi,
 * Nonserial Dynamic Programming (1972).
 */

/** The best choice; or that none costs so little; or that to find out takes too many sums. */
export type Eliminated =
  | { readonly kind: 'best'; readonly choice: Choice; readonly cost: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'too-long' };

export type EliminationLimits = {
  /** What a choice may cost. */
  readonly slack: number;
  /** Sums that may be made. */
  readonly sumsMax: number;
};

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

/** Costs are ≥ 0. */
export function eliminate(
  {
    nodes,
    pairs,
  }: Pick<Placement, 'pairs'> & { readonly nodes: readonly Pick<PlaceNode, 'costs'>[] },
  { nodes: order }: Pick<Order, 'nodes'>,
  { slack, sumsMax }: EliminationLimits,
): Eliminated {
  const sizes = nodes.map(({ costs }) => costs.length);
  let tables: Table[] = [
    ...nodes.map(({ costs }, node): Table => ({ scope: [node], costs })),
    ...pairs.map(({ low, high, costs }) => withoutSingles({ scope: [low, high], costs }, sizes)),
  ];
  const buckets: Bucket[] = [];
  let [total, sumsLeft] = [0, sumsMax];
  for (const node of order) {
    const own = tables.filter(({ scope }) => scope.includes(node));
    const rest = tables.filter(({ scope }) => !scope.includes(node));
    const scope = [...new Set(own.flatMap((table) => table.scope))].filter((one) => one !== node);
    const bucket: Bucket = { node, scope, tables: own };
    const descent = new Descent(bucket, { sizes, beside: rest, slack, sumsLeft });
    const costs = descent.costs();
    sumsLeft = descent.sumsLeft;
    if (sumsLeft < 0) return { kind: 'too-long' };
    buckets.push(bucket);
    if (scope.length > 0) tables = [...rest, { scope, costs }];
    else {
      tables = rest;
      total += costs[0]!;
    }
    if (total > slack || total === Infinity) return { kind: 'none' };
  }
  return { kind: 'best', choice: choiceOf(buckets, sizes), cost: total };
}

/** A node with one place couples nobody: it need not be in the scope of a pair. */
function withoutSingles({ scope, costs }: Table, sizes: readonly number[]): Table {
  const [low, high] = scope as [number, number];
  if (sizes[high] === 1) return { scope: [low], costs };
  return sizes[low] === 1 ? { scope: [high], costs } : { scope, costs };
}

type Sizes = readonly number[];

/** Where a table has its entry for the places of a bucket's scope, of which `last` is the last. */
type Placed = {
  readonly costs: Float64Array;
  readonly by: readonly number[];
  readonly last: number;
};

/** The neighbours of one node, place by place. */
class Descent {
  readonly #scope: readonly number[];
  readonly #sizes: Sizes;
  readonly #slack: number;
  readonly #costs: Float64Array;
  /** By level, those whose last neighbour is there: with the node, its places side by side; without. */
  readonly #own: readonly (readonly Placed[])[];
  readonly #beside: readonly (readonly Placed[])[];
  /** By level, the places of the node that are left there, and what they cost so far. */
  readonly #places: readonly Int32Array[];
  readonly #sums: readonly Float64Array[];
  readonly #at: Int32Array;
  sumsLeft: number;

  constructor(
    { node, scope, tables }: Bucket,
    given: {
      readonly sizes: Sizes;
      readonly beside: readonly Table[];
      readonly slack: number;
      readonly sumsLeft: number;
    },
  ) {
    const { sizes, slack, sumsLeft } = given;
    const levels = [...scope.keys()];
    const own = tables.map((table) => placedIn(turned(table, node, sizes), scope, sizes));
    const beside = given.beside
      .filter((table) => table.scope.every((one) => scope.includes(one)))
      .map((table) => placedIn(table, scope, sizes));
    this.#scope = scope;
    this.#sizes = sizes;
    this.#slack = slack;
    this.#costs = new Float64Array(scope.reduce((all, one) => all * sizes[one]!, 1)).fill(Infinity);
    this.#own = levels.map((level) => own.filter(({ last }) => last === level));
    this.#beside = levels.map((level) => beside.filter(({ last }) => last === level));
    const width = sizes[node]!;
    this.#places = [-1, ...levels].map(() => Int32Array.from({ length: width }, (_, at) => at));
    this.#sums = [-1, ...levels].map(() => new Float64Array(width));
    for (const { costs } of own.filter(({ last }) => last < 0)) {
      for (let place = 0; place < width; place++) this.#sums[0]![place]! += costs[place]!;
    }
    this.#at = new Int32Array(scope.length);
    this.sumsLeft = sumsLeft;
  }

  /** The best of the node for each choice of its scope; infinite where that is too dear. */
  costs(): Float64Array {
    this.#descend(0, { entry: 0, spent: 0, count: this.#sums[0]!.length });
    return this.#costs;
  }

  #descend(
    level: number,
    so: { readonly entry: number; readonly spent: number; readonly count: number },
  ): void {
    if (level === this.#scope.length) {
      this.#costs[so.entry] = leastOf(this.#sums[level]!, so.count);
      return;
    }
    const size = this.#sizes[this.#scope[level]!]!;
    for (let value = 0; value < size && this.sumsLeft >= 0; value++) {
      this.#at[level] = value;
      const spent = so.spent + this.#spentBeside(level);
      if (spent > this.#slack) continue;
      const count = this.#narrow(level, so.count, this.#slack - spent);
      if (count > 0) this.#descend(level + 1, { entry: so.entry * size + value, spent, count });
    }
  }

  /** What tables outside of the bucket will add in any case. */
  #spentBeside(level: number): number {
    let sum = 0;
    for (const table of this.#beside[level]!) sum += table.costs[this.#entryOf(table, level)]!;
    return sum;
  }

  #entryOf({ by }: Placed, level: number): number {
    let entry = 0;
    for (let one = 0; one <= level; one++) entry += by[one]! * this.#at[one]!;
    return entry;
  }

  /** Leaves the places of the node that cost no more than `most` at the next level; says how many. */
  #narrow(level: number, before: number, most: number): number {
    let [places, sums] = [this.#places[level]!, this.#sums[level]!];
    const [nextPlaces, nextSums] = [this.#places[level + 1]!, this.#sums[level + 1]!];
    const own = this.#own[level]!;
    let count = before;
    this.sumsLeft -= before * (own.length + 1);
    for (const table of own) {
      const { costs } = table;
      const entry = this.#entryOf(table, level);
      let left = 0;
      for (let index = 0; index < count; index++) {
        const place = places[index]!;
        const sum = sums[index]! + costs[entry + place]!;
        if (sum > most) continue;
        nextPlaces[left] = place;
        nextSums[left++] = sum;
      }
      count = left;
      [places, sums] = [nextPlaces, nextSums];
    }
    if (own.length > 0) return count;
    let left = 0;
    for (let index = 0; index < count; index++) {
      if (sums[index]! > most) continue;
      nextPlaces[left] = places[index]!;
      nextSums[left++] = sums[index]!;
    }
    return left;
  }
}

function leastOf(values: Float64Array, count: number): number {
  let least = Infinity;
  for (let at = 0; at < count; at++) if (values[at]! < least) least = values[at]!;
  return least;
}

function placedIn({ scope: own, costs }: Table, scope: readonly number[], sizes: Sizes): Placed {
  const steps = new Map<number, number>();
  let step = 1;
  for (const one of own.toReversed()) {
    steps.set(one, step);
    step *= sizes[one]!;
  }
  const by = scope.map((one) => steps.get(one) ?? 0);
  return { costs, by, last: by.findLastIndex((one) => one > 0) };
}

/** The same with the places of one node side by side. */
function turned(table: Table, node: number, sizes: Sizes): Table {
  const at = table.scope.indexOf(node);
  if (at === table.scope.length - 1) return table;
  const after = table.scope.slice(at + 1).reduce((all, one) => all * sizes[one]!, 1);
  const block = sizes[node]! * after;
  const costs = new Float64Array(table.costs.length);
  for (let start = 0; start < costs.length; start += block) {
    for (let place = 0, from = start; place < sizes[node]!; place++) {
      for (let one = 0; one < after; one++, from++) {
        costs[start + one * sizes[node]! + place] = table.costs[from]!;
      }
    }
  }
  return { scope: [...table.scope.filter((one) => one !== node), node], costs };
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
