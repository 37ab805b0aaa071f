import { unreachable } from '../../../base/assert.ts';
import { asEpochMs } from '../../../base/time.ts';
import type { Problem } from '../model/problem.ts';
import type { Searcher, SearchOptions } from '../search/searcher.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { answerValue, verifyAnswer } from '../verify/verify-answer.ts';

/** What a searcher came to, in numbers: infinite where it has no answer, 0 where it proves nothing. */
export type Judged = {
  readonly value: number;
  readonly bound: number;
  readonly faults: readonly string[];
  readonly isInfeasible: boolean;
};

/** Each look at the clock takes a little, so that no searcher goes on for ever. */
function optionsOf(looksMax: number): SearchOptions {
  let looks = 0;
  return {
    clock: { now: () => asEpochMs(looks++), sleep: async () => {} },
    timeLimitMs: looksMax,
    gap: 0,
    seed: 1,
    start: null,
    solver: async () => unreachable('this searcher needs no solver' as never),
  };
}

const LOOKS_MAX = 500;

/** Null where the searcher does not take such a problem. */
export async function judge(searcher: Searcher, problem: Problem): Promise<Judged | null> {
  if (searcher.refuses(problem) !== null) return null;
  const found = await searcher.search(problem, optionsOf(LOOKS_MAX));
  const { answer, certificate, isInfeasible } = found;
  return {
    value: answer === null ? Infinity : answerValue(problem, answer),
    bound: certificate === null ? 0 : (problemBound(problem, certificate) ?? 0),
    faults: answer === null ? [] : verifyAnswer(problem, answer),
    isInfeasible,
  };
}
