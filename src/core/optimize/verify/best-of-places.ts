/*
 * Problem: what the cheapest choice of the places that are left costs, for the checker.
 * Method: from the top of a tree of tasks down, with a memory: given the places of the tasks above
 * that a task is coupled to, directly or through what hangs below it, the best that it and all
 * below can do. What already costs more than it may is not looked into. (The searcher works
 * upwards, with tables.)
 * Complexity: O(n × places^(w + 1)), w the most tasks above that matter at once.
 * Reference: Dechter, Mateescu, AND/OR search spaces for graphical models (Artificial
 * Intelligence 171, 2007).
 */

/** What each task costs at each place, and each two at both: all ≥ 0, infinite where it cannot be. */
export type PlaceCosts = {
  readonly tasks: readonly Float64Array[];
  readonly pairs: readonly PairCosts[];
};

export type PairCosts = {
  readonly from: number;
  readonly to: number;
  /** A row for each place of `from`. */
  readonly costs: Float64Array;
};

/** Numbers to remember, and sums to look at, beyond which it is not done. */
const ENTRIES_MAX = 30_000_000;
const SUMS_MAX = 400_000_000;

/**
 * The least that a choice costs; infinite where none costs `most` or less; null where to find out
 * would take too long.
 */
export function bestOfPlaces(costs: PlaceCosts, most: number): number | null {
  const tree = treeOf(
    costs.tasks.map((own) => own.length),
    costs.pairs,
  );
  return tree === null ? null : new Descent(costs, tree, most).least();
}

/** What a task costs with one above it: a row for each place of that one. */
type Above = { readonly task: number; readonly costs: Float64Array };

class Descent {
  readonly #tasks: readonly Float64Array[];
  readonly #tree: Tree;
  readonly #most: number;
  readonly #pairs: readonly (readonly Above[])[];
  readonly #memories: readonly Float64Array[];
  /** The place of each task that has one now, and what each place of a task then costs. */
  readonly #at: Int32Array;
  readonly #sums: readonly Float64Array[];
  #left = SUMS_MAX;

  constructor({ tasks, pairs }: PlaceCosts, tree: Tree, most: number) {
    this.#tree = tree;
    this.#most = most;
    this.#tasks = withSingles(tasks, pairs);
    this.#pairs = tasks.map((_, task) => aboveOf(task, { tasks, pairs, above: tree.above[task]! }));
    this.#memories = tree.above.map((above) =>
      new Float64Array(above.reduce((all, one) => all * tasks[one]!.length, 1)).fill(Number.NaN),
    );
    this.#at = new Int32Array(tasks.length);
    this.#sums = tasks.map((own) => new Float64Array(own.length));
  }

  least(): number | null {
    const sum = this.#tree.roots.reduce((all, root) => all + this.#bestBelow(root), 0);
    if (this.#left < 0) return null;
    return sum > this.#most ? Infinity : sum;
  }

  #bestBelow(task: number): number {
    let key = 0;
    for (const one of this.#tree.above[task]!)
      key = key * this.#tasks[one]!.length + this.#at[one]!;
    const memory = this.#memories[task]!;
    const known = memory[key]!;
    if (!Number.isNaN(known)) return known;
    const best = this.#lookBelow(task, this.#most - this.#spentAbove(task));
    memory[key] = best;
    return best;
  }

  /** What the tasks that matter cost by themselves, and with each other: part of any such answer. */
  #spentAbove(task: number): number {
    const above = this.#tree.above[task]!;
    let spent = 0;
    for (const one of above) {
      spent += this.#tasks[one]![this.#at[one]!]!;
      for (const { task: other, costs } of this.#pairs[one]!) {
        if (!above.includes(other)) continue;
        spent += costs[this.#at[other]! * this.#tasks[one]!.length + this.#at[one]!]!;
      }
    }
    return spent;
  }

  #lookBelow(task: number, most: number): number {
    if (most < 0 || this.#left < 0) return Infinity;
    const own = this.#tasks[task]!;
    const sums = this.#sums[task]!;
    sums.set(own);
    for (const { task: other, costs } of this.#pairs[task]!) {
      const row = this.#at[other]! * own.length;
      for (let place = 0; place < own.length; place++) sums[place]! += costs[row + place]!;
    }
    this.#left -= own.length;
    const children = this.#tree.below[task]!;
    let best = Infinity;
    for (let place = 0; place < own.length; place++) {
      let cost = sums[place]!;
      if (cost > most || cost >= best) continue;
      this.#at[task] = place;
      for (const child of children) {
        cost += this.#bestBelow(child);
        if (cost >= best) break;
      }
      if (cost < best) best = cost;
    }
    return best;
  }
}

/** A task with one place couples nobody: what it costs with another is that other's own. */
function withSingles(
  tasks: readonly Float64Array[],
  pairs: readonly PairCosts[],
): readonly Float64Array[] {
  const own = tasks.map((costs) => costs.slice());
  for (const { from, to, costs } of pairs) {
    if (tasks[from]!.length > 1 && tasks[to]!.length > 1) continue;
    const bearer = own[tasks[from]!.length === 1 ? to : from]!;
    for (let place = 0; place < costs.length; place++) bearer[place]! += costs[place]!;
  }
  return own;
}

function aboveOf(
  task: number,
  { tasks, pairs, above }: PlaceCosts & { readonly above: readonly number[] },
): readonly Above[] {
  return pairs.flatMap(({ from, to, costs }): readonly Above[] => {
    if (tasks[from]!.length === 1 || tasks[to]!.length === 1) return [];
    if (to === task && above.includes(from)) return [{ task: from, costs }];
    if (from !== task || !above.includes(to)) return [];
    return [{ task: to, costs: turned(costs, tasks[to]!.length) }];
  });
}

/** Columns as rows. */
function turned(costs: Float64Array, columns: number): Float64Array {
  const rows = costs.length / columns;
  const made = new Float64Array(costs.length);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) made[column * rows + row] = costs[at++]!;
  }
  return made;
}

type Tree = {
  readonly roots: readonly number[];
  readonly below: readonly (readonly number[])[];
  /** Of each task, those above that it, or what is below it, is coupled to. */
  readonly above: readonly (readonly number[])[];
};

/** Tasks with the smallest tables go to the bottom; null where there is too much to remember. */
function treeOf(sizes: readonly number[], pairs: PlaceCosts['pairs']): Tree | null {
  const coupled = sizes.map(() => new Set<number>());
  for (const { from, to } of pairs) {
    // Where a task has one place, it is known: nothing depends on it.
    if (from === to || sizes[from] === 1 || sizes[to] === 1) continue;
    coupled[from]!.add(to);
    coupled[to]!.add(from);
  }
  const above: number[][] = sizes.map(() => []);
  const ranks = sizes.map(() => -1);
  let entries = 0;
  for (let rank = 0; rank < sizes.length; rank++) {
    const task = smallest(coupled, { sizes, ranks });
    const others = [...coupled[task]!];
    ranks[task] = rank;
    above[task] = others;
    entries += others.reduce((all, one) => all * sizes[one]!, 1);
    if (entries > ENTRIES_MAX) return null;
    for (const one of others) {
      coupled[one]!.delete(task);
      for (const other of others) if (other !== one) coupled[one]!.add(other);
    }
  }
  const below: number[][] = sizes.map(() => []);
  const roots: number[] = [];
  for (const [task, others] of above.entries()) {
    if (others.length === 0) roots.push(task);
    else below[others.reduce((a, b) => (ranks[a]! < ranks[b]! ? a : b))]!.push(task);
  }
  return { roots, below, above };
}

/** Of those without a rank, the one whose table is smallest. */
function smallest(
  coupled: readonly ReadonlySet<number>[],
  { sizes, ranks }: { readonly sizes: readonly number[]; readonly ranks: readonly number[] },
): number {
  let [best, least] = [-1, Infinity];
  for (const [task, others] of coupled.entries()) {
    if (ranks[task]! >= 0) continue;
    let entries = sizes[task]!;
    for (const one of others) entries *= sizes[one]!;
    if (best >= 0 && entries >= least) continue;
    best = task;
    least = entries;
  }
  return best;
}
