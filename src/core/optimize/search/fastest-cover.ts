import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { coverSearcher } from '../cover/cover-searcher.ts';
import type { ProblemCertificate } from '../model/answer.ts';
import type { DivisibleWork, Problem } from '../model/problem.ts';
import type { Found, Searcher, SearchOptions } from './searcher.ts';

/*
 * Problem: the least time in which one task of divisible work can be done within its budget.
 * Method: bisection over the deadline, to the second: with more time no cover costs more. What proves
 * that there is none within a second less proves the time.
 * Complexity: O(log T) covers.
 */

/** A sum of machines that is a whole second but for floating point. */
const NOISE_S = 1e-6;

export const fastestCover: Searcher = {
  name: 'fastest-cover',
  refuses: (problem) => {
    const { minimize } = problem.objective;
    if (minimize !== 'time') return `it minimizes ${minimize}, not time`;
    return coverSearcher.refuses({ ...problem, objective: { minimize: 'cost' } });
  },
  search,
};

async function search(problem: Problem, options: SearchOptions): Promise<Found> {
  const endMs = options.clock.now() + options.timeLimitMs;
  const coverWithin = (deadlineS: number): Promise<Found> => {
    const timeLimitMs = Math.max(1, endMs - options.clock.now());
    return coverSearcher.search(within(problem, deadlineS), {
      ...options,
      start: null,
      timeLimitMs,
    });
  };
  let [low, high] = rangeOf(problem);
  let best = await coverWithin(low);
  if (best.answer !== null) return { ...best, certificate: BY_SPEED };
  let proof = best.certificate;
  best = await coverWithin(high);
  if (best.answer === null) return best;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const found = await coverWithin(middle);
    if (found.answer === null) [low, proof] = [middle, found.certificate ?? proof];
    else [high, best] = [middle, found];
  }
  // A recurrence would be done again for each deadline that a checker tries.
  return { ...best, certificate: proof?.proof === 'duals' ? proof : BY_SPEED };
}

/** Not even all machines together are faster. */
const BY_SPEED: ProblemCertificate = { proof: 'enumeration' };

/** Seconds in which all machines together can do it, and in which any one can. */
function rangeOf({ tasks, offers, limits }: Problem): [low: number, high: number] {
  const { work, limits: own } = tasks[0]!;
  const { units, options } = work as DivisibleWork;
  const useful = options.filter(
    ({ offer, throughput }) => throughput > 0 && (offers[offer]!.available ?? Infinity) > 0,
  );
  const together = useful.reduce(
    (sum, { offer, throughput }) => sum + throughput * (offers[offer]!.available ?? Infinity),
    0,
  );
  const slowest = useful.reduce((least, { throughput }) => Math.min(least, throughput), Infinity);
  const secondsAt = (speed: number): number =>
    Math.max(1, Math.ceil((units / speed) * SECONDS_PER_HOUR - NOISE_S));
  const deadlineS = Math.floor(
    Math.min(limits.deadlineS ?? Infinity, own.deadlineS ?? Infinity, secondsAt(slowest)),
  );
  const low = secondsAt(together);
  return [low, Math.max(low, deadlineS)];
}

function within(problem: Problem, deadlineS: number): Problem {
  const { limits } = problem;
  return {
    ...problem,
    objective: { minimize: 'cost' },
    limits: { ...limits, deadlineS: Math.min(deadlineS, limits.deadlineS ?? Infinity) },
  };
}
