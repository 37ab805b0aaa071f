import type { CoverItem, CoverProblem } from '../model/cover-problem.ts';

/*
 * Problem: min Σ cost·x, Σ units·x ≥ need, x = 0 or least ≤ x ≤ cap, x whole (a covering knapsack
 * with minimum purchases).
 * Method: dynamic programming over the work still needed. Bounded counts are split into powers of
 * two; an item without a binding bound is one stage in which it may be taken again. An item with
 * a minimum has a table of its own, which starts from that purchase.
 * Complexity: O(need × Σ log cap) time, one byte of memory for each of those cells.
 * Reference: Kellerer, Pferschy, Pisinger, Knapsack Problems (2004), sections 7.1.1 and 13.3.3.
 */

/** How many times each item is bought, in the order of the items, and what that costs. */
export type Cover = { readonly counts: readonly number[]; readonly cost: number };

/** About a twentieth of a second. */
const CELLS_MAX = 2_000_000;

/** Some copies of one item, bought together. */
type Stage = {
  readonly copies: number;
  readonly units: number;
  readonly cost: number;
  /** May be taken again and again. */
  readonly again: boolean;
};

/** What filling the table for one item leaves behind, so that a cover can be read off. */
type Trace = {
  readonly stages: readonly Stage[];
  /** For each stage and each need: 1 where taking it is better. */
  readonly marks: readonly Uint8Array[];
  /** For an item with a minimum, 1 where buying it is better; else null. */
  readonly bought: Uint8Array | null;
};

/** True when the table is small enough to be filled in a blink. */
export function fitsDp({ need, items }: CoverProblem): boolean {
  const stages = items.reduce((sum, item) => sum + stagesOf(item, need).length + 1, 0);
  return need * stages <= CELLS_MAX;
}

/** The exact optimum; null when all items together do not cover the need. */
export function coverByDp({ need, items }: CoverProblem): Cover | null {
  const best = new Float64Array(need + 1).fill(Infinity);
  best[0] = 0;
  const traces = items.map((item) => fillItem(best, item));
  const cost = best[need]!;
  return cost === Infinity ? null : { counts: countsOf(items, traces, need), cost };
}

function fillItem(best: Float64Array, item: CoverItem): Trace {
  const stages = stagesOf(item, best.length - 1);
  if (item.least === 1) {
    return { stages, marks: stages.map((stage) => fillStage(best, stage)), bought: null };
  }
  const own = new Float64Array(best.length);
  for (let left = 0; left < own.length; left++) {
    own[left] = best[Math.max(0, left - item.least * item.units)]! + item.least * item.cost;
  }
  const marks = stages.map((stage) => fillStage(own, stage));
  const bought = new Uint8Array(best.length);
  for (let left = 1; left < own.length; left++) {
    if (own[left]! >= best[left]!) continue;
    best[left] = own[left]!;
    bought[left] = 1;
  }
  return { stages, marks, bought };
}

/** One stage over all needs. Upwards it sees itself, so that it may repeat; downwards not. */
function fillStage(table: Float64Array, { units, cost, again }: Stage): Uint8Array {
  const need = table.length - 1;
  const marks = new Uint8Array(need + 1);
  const step = again ? 1 : -1;
  for (let left = again ? 1 : need; left >= 1 && left <= need; left += step) {
    const other = table[left > units ? left - units : 0]! + cost;
    if (other >= table[left]!) continue;
    table[left] = other;
    marks[left] = 1;
  }
  return marks;
}

function countsOf(
  items: readonly CoverItem[],
  traces: readonly Trace[],
  need: number,
): readonly number[] {
  const counts = items.map(() => 0);
  let left = need;
  for (let index = items.length - 1; index >= 0; index--) {
    const { units, least } = items[index]!;
    const trace = traces[index]!;
    if (trace.bought !== null && trace.bought[left] === 0) continue;
    const count = copiesTaken(trace, left) + (trace.bought === null ? 0 : least);
    counts[index] = count;
    left = Math.max(0, left - count * units);
  }
  return counts;
}

/** Copies that the stages of one item take, from the last one back. */
function copiesTaken({ stages, marks }: Trace, from: number): number {
  let left = from;
  let copies = 0;
  for (let index = stages.length - 1; index >= 0 && left > 0; ) {
    const stage = stages[index]!;
    const isTaken = marks[index]![left] === 1;
    if (isTaken) {
      copies += stage.copies;
      left = Math.max(0, left - stage.units);
    }
    if (!isTaken || !stage.again) index--;
  }
  return copies;
}

/** Of what may be bought beyond the minimum: 1, 2, 4, … copies and the remainder. */
function stagesOf({ units, cost, cap, least }: CoverItem, need: number): readonly Stage[] {
  const of = (copies: number, again: boolean): Stage => ({
    copies,
    units: units * copies,
    cost: cost * copies,
    again,
  });
  if (cap * units >= need) return [of(1, true)];
  const stages: Stage[] = [];
  let left = cap - (least === 1 ? 0 : least);
  for (let copies = 1; left > 0; copies *= 2) {
    stages.push(of(Math.min(copies, left), false));
    left -= copies;
  }
  return stages;
}
