import type { Problem } from '../model/problem.ts';
import { presolve, restoreAnswer, restoreCertificate } from '../presolve/presolve.ts';
import type { Found, Searcher, SearchOptions } from './searcher.ts';

/** A start for the given problem is none for a smaller one: it must be much smaller to be worth it. */
const SHARE_LEFT_MAX = 0.5;

/**
 * The searcher on what presolving leaves of a problem, where that is much less; what it finds is
 * told in terms of the given problem.
 */
export function presolved(searcher: Searcher): Searcher {
  return {
    ...searcher,
    search: async (given, options) =>
      (await searchLess(searcher, given, options)) ?? searcher.search(given, options),
  };
}

async function searchLess(
  searcher: Searcher,
  given: Problem,
  options: SearchOptions,
): Promise<Found | null> {
  const less = presolve(given);
  const isWorthIt = optionsOf(less.problem) <= SHARE_LEFT_MAX * optionsOf(given);
  if (!isWorthIt || searcher.refuses(less.problem) !== null) return null;
  const { answer, certificate, isInfeasible } = await searcher.search(less.problem, {
    ...options,
    start: null,
  });
  return {
    answer: answer === null ? null : restoreAnswer(given, less, answer),
    certificate: certificate === null ? null : restoreCertificate(given, less, certificate),
    isInfeasible,
  };
}

function optionsOf({ tasks }: Problem): number {
  return tasks.reduce((sum, { work }) => sum + work.options.length, 0);
}
