import { type CountCut, keyOf, violatedCuts } from './count-cuts.ts';
import type { CoupledModel } from './coupled-model.ts';
import {
  type Generated,
  type GenerateOptions,
  generateColumns,
  type Part,
} from './generate-columns.ts';

/*
 * Problem: better prices of what tasks share than those of one machine each.
 * Method: cutting planes. Cuts that the mix of covers violates join the master, columns are
 * generated anew at prices that count, and so on, until little comes of it.
 * Complexity: a few rounds of column generation for each round of cuts.
 * Reference: Desaulniers, Desrosiers, Spoorendonk, Cutting planes for branch-and-price algorithms
 * (Networks 58, 2011).
 */

export type CutBound = Generated & { readonly cuts: readonly CountCut[] };

const CUT_ROUNDS_MAX = 12;
const CUTS_AT_ONCE = 50;
/** Of the gap that is left, what a round must close to be followed by another. */
const PROGRESS_MIN = 0.01;

/** The best bound that it comes to, if that is better than the given one. */
export function cutColumns(
  model: CoupledModel,
  part: Part,
  given: Generated,
  options: GenerateOptions & { readonly cost: number; readonly costGoal: number },
): CutBound {
  let best: CutBound = { ...given, cuts: part.cuts };
  let now = best;
  let cuts: readonly CountCut[] = [];
  const known = new Set<string>();
  for (let round = 0; round < CUT_ROUNDS_MAX && !options.isOver(); round++) {
    const more = violatedCuts(now, part.available, {
      tasks: model.tasks,
      known,
      most: CUTS_AT_ONCE,
    });
    if (more.length === 0) break;
    for (const cut of more) known.add(keyOf(cut));
    const start = new Float64Array(cuts.length + more.length);
    start.set(now.next.cuts);
    cuts = [...cuts, ...more];
    const prices = { ...now.next, cuts: start };
    const found = generateColumns(model, { ...part, cuts }, prices, options);
    if (found === null) break;
    const before = best.bound;
    now = { ...found, cuts };
    if (now.bound > best.bound) best = now;
    if (best.bound >= options.costGoal) break;
    if (round > 0 && best.bound - before < PROGRESS_MIN * (options.cost - before)) break;
  }
  return best;
}
