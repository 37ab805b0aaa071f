import type { ProblemCertificate } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { boundByDuals, boundByTree, type Grains, leastAlone } from './bound-by-duals.ts';
import { boundByParts } from './bound-by-parts.ts';
import { boundByRecurrence } from './bound-by-recurrence.ts';
import { isAlone } from './bound-choice.ts';
import { priceOfTime } from './bound-prices.ts';
import { scopeOf } from './bound-scope.ts';
import { ceilOf, GRAINS } from './grains.ts';
import { coverBound } from './verify-cover-counts.ts';
import { dagBound } from './verify-dag-bound.ts';
import { servingBound } from './verify-serving-bound.ts';

/*
 * Problem: a value that no answer can be below, from a certificate whose maker is not trusted.
 * Method: every certificate is multiplied out, or redone, in exact integers. A wrong one gives a
 * worse bound, never a wrong one. What couples tasks without a price of its own (places, providers,
 * the busiest moment, transfers) is left out: without a constraint no answer is dearer.
 * Complexity: see bound-by-duals.ts and bound-by-recurrence.ts.
 */

const MILLION = 1_000_000n;
/** Of a microsecond: what floating point may have added to it. */
const TIME_NOISE = 1e-3;
/** How closely, as a part of it, the least time is searched; and from when on no time is too short. */
const TIME_STEP = 1e-8;
const SECONDS_MAX = 1e11;
const SECONDS_MIN = 1e-6;

/**
 * In units of the objective; null where the certificate proves nothing. Infinite where it proves
 * that there is no answer at all.
 */
export function problemBound(problem: Problem, certificate: ProblemCertificate): number | null {
  if (certificate.proof === 'solver') return null;
  if (problem.objective.minimize === 'time') return boundOfTime(problem, certificate);
  if (certificate.proof === 'parts') return boundByParts(problem, certificate.parts, problemBound);
  if ('places' in certificate && certificate.places !== undefined) {
    return dagBound(problem, certificate.places);
  }
  if ('covers' in certificate && certificate.covers !== undefined) {
    return coverBound(problem, certificate.covers);
  }
  const ofMix = servingBound(problem, certificate);
  if (ofMix !== null) return ofMix;
  switch (certificate.proof) {
    case 'duals':
      return inUnits(problem, boundByDuals(problem, certificate.duals));
    case 'tree':
      return inUnits(problem, boundByTree(problem, certificate.tree));
    case 'enumeration':
      return boundByEnumeration(problem);
    case 'dp':
      return boundByRecurrences(problem);
  }
}

/**
 * The least time: within any less, the certificate proves that there is no answer, or none within
 * the budget; its prices are of micro-dollars then. By bisection: with more time no bound is higher.
 */
function boundOfTime(problem: Problem, certificate: ProblemCertificate): number | null {
  const { limits, tasks } = problem;
  const budgets = [limits, ...(tasks.length === 1 ? [tasks[0]!.limits] : [])];
  const budget = Math.min(...budgets.map(({ budgetMicros }) => budgetMicros ?? Infinity));
  const isPossible = (deadlineS: number): boolean => {
    const within = { ...limits, deadlineS: Math.min(deadlineS, limits.deadlineS ?? Infinity) };
    const cheapest = { ...problem, objective: { minimize: 'cost' as const }, limits: within };
    const bound = problemBound(cheapest, certificate) ?? 0;
    return bound < Infinity && bound <= budget;
  };
  if (!isPossible(SECONDS_MAX)) return Infinity;
  let [low, high] = [earliestEnd(problem), SECONDS_MAX];
  if (isPossible(low * (1 + TIME_STEP))) return shown(low);
  while (high - low > Math.max(low * TIME_STEP, SECONDS_MIN)) {
    const middle = high > 4 * low + 1 ? 2 * low + 1 : (low + high) / 2;
    if (isPossible(middle)) high = middle;
    else low = middle;
  }
  return shown(low);
}

/** Seconds to the microsecond below. */
function shown(seconds: number): number {
  return Math.round(seconds * 1e6 - TIME_NOISE) / 1e6;
}

/** The best of each task by itself: of choices the best option, whatever the others take. */
function boundByEnumeration(problem: Problem): number | null {
  const bound = inUnits(problem, sumOf(leastAlone(scopeOf(problem))));
  const isTrivial = problem.tasks.every(({ work }) => work.kind !== 'choice') && bound === 0;
  return isTrivial ? null : bound;
}

/** The same with a recurrence for each task of divisible work for which it is short enough. */
function boundByRecurrences(problem: Problem): number | null {
  if (problem.objective.minimize !== 'cost') return null;
  const scope = scopeOf(problem);
  const alone = leastAlone(scope).map((grains, index) => {
    const { work } = problem.tasks[index]!;
    if (grains === null || work.kind !== 'divisible') return grains;
    const micros = boundByRecurrence(scope, { index, work });
    if (micros === Infinity) return null;
    return micros === null ? grains : BigInt(micros) * GRAINS;
  });
  const bound = inUnits(problem, sumOf(alone));
  return bound === 0 ? null : bound;
}

function sumOf(all: readonly Grains[]): Grains {
  return all.reduce((sum, grains) => (sum === null || grains === null ? null : sum + grains), 0n);
}

/** Money is whole micro-dollars, so that a bound may be rounded up to them. */
function inUnits(problem: Problem, grains: Grains): number {
  if (grains === null) return Infinity;
  switch (problem.objective.minimize) {
    case 'cost':
    case 'time':
      return wholeAbove(grains, GRAINS);
    case 'carbon':
      // The value is rounded to a microgram, by half of one at most.
      return wholeAbove(grains * MILLION - GRAINS / 2n, GRAINS) / Number(MILLION);
    case 'weighted': {
      // So are the prices of its time and its carbon, to a micro-dollar.
      const time = isAlone(problem) ? 0n : priceOfTime(problem.objective, earliestEnd(problem));
      return wholeAbove(grains + time - GRAINS, GRAINS);
    }
  }
}

function wholeAbove(numerator: bigint, denominator: bigint): number {
  return numerator <= 0n ? 0 : Number(ceilOf(numerator, denominator));
}

/** Of the last task, in seconds from now. */
function earliestEnd(problem: Problem): number {
  const ends = scopeOf(problem).windows.map(({ endS }) => endS);
  return Math.max(0, ...ends);
}
