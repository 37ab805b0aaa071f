import type { DagCosts } from './dag-costs.ts';

/*
 * Problem: what the cheapest choice of the places that are left costs, for the checker.
 * Method: from the top of a tree of tasks down, with a memory: given the places of the tasks above
 * that a task is coupled to, directly or through what hangs below it, the best that it and all
 * below can do. (The searcher works upwards, on other numbers.)
 * Complexity: O(n × places^(w + 1)), w the most tasks above that matter at once.
 * Reference: Dechter, Mateescu, AND/OR search spaces for graphical models (Artificial
 * Intelligence 171, 2007).
 */

/** Entries beyond which it is not done. */
const WORK_MAX = 40_000_000;

/** Micro-dollars, infinite where there is no choice; null where it would take too long. */
export function bestOfPlaces(
  { places, pairs }: DagCosts,
  left: readonly (readonly number[])[],
): number | null {
  const tree = treeOf(
    left.map((own) => own.length),
    pairs,
  );
  if (tree === null) return null;
  /** Of each task: its pairs with those above it that have their places, or have but one. */
  const own: DagCosts['pairs'][number][][] = left.map(() => []);
  for (const pair of pairs) {
    const { from, to } = pair;
    if (left[from]!.length === 1) own[to]!.push(pair);
    else if (left[to]!.length === 1 || tree.above[from]!.includes(to)) own[from]!.push(pair);
    else own[to]!.push(pair);
  }
  const memories = tree.above.map((tasks) => {
    const entries = tasks.reduce((all, one) => all * left[one]!.length, 1);
    return new Float64Array(entries).fill(Number.NaN);
  });
  const at = left.map(() => 0);
  return tree.roots.reduce((sum, root) => sum + bestBelow(root), 0);

  function bestBelow(task: number): number {
    let key = 0;
    for (const one of tree!.above[task]!) key = key * left[one]!.length + at[one]!;
    const known = memories[task]![key]!;
    if (!Number.isNaN(known)) return known;
    let best = Infinity;
    for (let index = 0; index < left[task]!.length; index++) {
      at[task] = index;
      const cost = costAt(task);
      if (cost !== Infinity) best = Math.min(best, cost + belowAll(task));
    }
    memories[task]![key] = best;
    return best;
  }

  function costAt(task: number): number {
    let cost = places[task]![left[task]![at[task]!]!]!.micros;
    for (const { from, to, micros } of own[task]!) {
      cost += micros[left[from]![at[from]!]!]![left[to]![at[to]!]!]!;
    }
    return cost;
  }

  function belowAll(task: number): number {
    let cost = 0;
    for (const child of tree!.below[task]!) cost += bestBelow(child);
    return cost;
  }
}

type Tree = {
  readonly roots: readonly number[];
  readonly below: readonly (readonly number[])[];
  /** Of each task, those above that it, or what is below it, is coupled to. */
  readonly above: readonly (readonly number[])[];
};

/** Tasks with the smallest tables go to the bottom; null where the tables would be too large. */
function treeOf(sizes: readonly number[], pairs: DagCosts['pairs']): Tree | null {
  const coupled = sizes.map(() => new Set<number>());
  for (const { from, to } of pairs) {
    // Where a task has one place, it is known: nothing depends on it.
    if (from === to || sizes[from] === 1 || sizes[to] === 1) continue;
    coupled[from]!.add(to);
    coupled[to]!.add(from);
  }
  const above: number[][] = sizes.map(() => []);
  const ranks = sizes.map(() => -1);
  let work = 0;
  for (let rank = 0; rank < sizes.length; rank++) {
    const task = smallest(coupled, { sizes, ranks });
    const others = [...coupled[task]!];
    ranks[task] = rank;
    above[task] = others;
    work += others.reduce((all, one) => all * sizes[one]!, sizes[task]!);
    if (work > WORK_MAX) return null;
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
