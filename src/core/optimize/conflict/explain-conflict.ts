import type { Answer } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { verifyAnswer } from '../verify/verify-answer.ts';
import { type Constraint, constraintsOf } from './constraints.ts';
import { type Loosening, looseningOf } from './loosen.ts';
import { smallestConflict } from './smallest-conflict.ts';
import { without } from './without.ts';

/*
 * Problem: no answer keeps everything. Which constraints are in each other's way, and how far must
 * each of them give way, the others as they are, until there is an answer?
 * Method: an irreducible set of constraints (smallest-conflict.ts); then for each of them, doubling
 * and bisection in whole steps: a second, a cent, a machine.
 * Complexity: O(k log (n/k) + k log range) checks.
 * Reference: Chinneck, Feasibility and Infeasibility in Optimization (2008), chapters 6 and 7.
 */

export type Conflict = {
  /** None of them can be left out: without any one of them there would be an answer to the rest. */
  readonly constraints: readonly Constraint[];
  /** What would do, each by itself; empty where no single one is enough. */
  readonly relaxations: readonly Relaxation[];
};

export type Relaxation = {
  readonly constraint: Constraint;
  /** In the unit of the problem: seconds, micro-dollars, nano-dollars an hour, machines, units. */
  readonly value: number;
  /** What would do, as the end of a sentence: `a deadline of 4h`. */
  readonly words: string;
};

/**
 * Says no only where it is certain that nothing is possible. With fewer constraints it must never
 * turn from yes to no. Where it has an answer at hand, that says more than yes: how little would have
 * been enough for it, so that far fewer questions are left.
 */
export type IsFeasible = (problem: Problem) => Promise<boolean | Answer>;

/** No answer needs more than this many steps. */
const STEPS_MAX = 2 ** 52;

/**
 * Why a problem has no answer; null where it has one, or where there is no time to find out why not.
 * `hasTime` is asked after every check: once it says no, what that check and later ones say counts for
 * nothing, and a relaxation is not the least one, but one that does, or is not told.
 */
export async function explainConflict(
  problem: Problem,
  isFeasible: IsFeasible,
  { hasTime = () => true }: { readonly hasTime?: () => boolean } = {},
): Promise<Conflict | null> {
  if ((await isFeasible(problem)) !== false || !hasTime()) return null;
  const all = constraintsOf(problem);
  const canKeep = async (kept: readonly Constraint[]): Promise<boolean> => {
    const members = new Set(kept);
    const left = without(
      problem,
      all.filter((one) => !members.has(one)),
    );
    return left.tasks.length === 0 || (await isFeasible(left)) !== false;
  };
  const constraints = await smallestConflict(all, canKeep);
  if (!hasTime()) return null;
  const relaxations: Relaxation[] = [];
  for (const constraint of constraints) {
    const loosening = looseningOf(problem, constraint);
    if (loosening === null) continue;
    const free = await isFeasible(without(problem, [constraint]));
    if (free === false) continue;
    const steps = await leastSteps(loosening, free, { isFeasible, hasTime });
    if (steps === null) continue;
    const { valueAt, wordsAt } = loosening;
    relaxations.push({ constraint, value: valueAt(steps), words: wordsAt(steps) });
  }
  return { constraints, relaxations };
}

type Asked = { readonly isFeasible: IsFeasible; readonly hasTime: () => boolean };

/** The fewest steps that are enough, or as few as there was time for; null where none are. */
async function leastSteps(
  loosening: Loosening,
  free: true | Answer,
  { isFeasible, hasTime }: Asked,
): Promise<number | null> {
  const { problemAt } = loosening;
  const known = free === true ? null : leastStepsOf(loosening, free);
  let [low, high] = known === null ? [0, null] : [0, known];
  if (high === null) {
    const range = await doubled(loosening, { isFeasible, hasTime });
    if (range === null) return null;
    [low, high] = range;
  }
  // An answer is often the best there is: it is asked first whether one step less is too little.
  for (let isNear = known !== null; high - low > 1; isNear = !isNear && known !== null) {
    const steps: number = isNear ? high - 1 : Math.floor((low + high) / 2);
    const found = await isFeasible(problemAt(steps));
    if (!hasTime()) return high;
    if (found === false) low = steps;
    else high = Math.min(steps, found === true ? steps : (leastStepsOf(loosening, found) ?? steps));
  }
  return high;
}

/** A number of steps that is not enough, and one that is: twice as many, or one. */
async function doubled(
  { most, problemAt }: Loosening,
  { isFeasible, hasTime }: Asked,
): Promise<[low: number, high: number] | null> {
  const end = Math.min(most, STEPS_MAX);
  let [low, high] = [0, Math.min(1, end)];
  while ((await isFeasible(problemAt(high))) === false) {
    if (high >= end || !hasTime()) return null;
    [low, high] = [high, Math.min(2 * high, end)];
  }
  return hasTime() ? [low, high] : null;
}

/** The fewest steps with which this answer passes the check; null where it never does. */
function leastStepsOf({ most, problemAt }: Loosening, answer: Answer): number | null {
  const passes = (steps: number): boolean => verifyAnswer(problemAt(steps), answer).length === 0;
  const end = Math.min(most, STEPS_MAX);
  let [low, high] = [0, Math.min(1, end)];
  while (!passes(high)) {
    if (high >= end) return null;
    [low, high] = [high, Math.min(2 * high, end)];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) high = middle;
    else low = middle;
  }
  return high;
}
