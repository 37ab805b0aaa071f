import type { Answer } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import type { Found, Searcher, SearchOptions } from '../search/searcher.ts';
import { costMaxOf } from './cost-max.ts';
import { isHopeless } from './is-hopeless.ts';
import { answerOfMix } from './mix-answer.ts';
import { certificateOf } from './mix-certificate.ts';
import { type Mix, mixOf, servingWork } from './mix-model.ts';
import { evenShares } from './mix-room.ts';
import { type MixResult, searchMix } from './mix-search.ts';
import { servingRefusal } from './serving-refusal.ts';

/*
 * Problem: one serving task: whole machines of each option, and shares of each bucket of requests,
 * at the least cost; with what is available, pools, budget, deadline and cost an hour.
 * Method: options that nothing tells apart are one kind; branch and bound over the counts of kinds
 * (mix-search.ts), whose leaves are the certificate. The budget and the cost an hour need no row:
 * where the cheapest mix is beyond them, there is none within.
 * Complexity: that of the search; 4–12 kinds × 100 buckets take some milliseconds, at worst a tenth of a second.
 * Reference: the model is Mélange's (Griggs et al., arXiv:2404.14527) without its slices: shares
 * are fractions, so that no answer of theirs is cheaper.
 */

export const servingSearcher: Searcher = {
  name: 'serving',
  refuses: servingRefusal,
  search: (problem, options) => Promise.resolve(searchServing(problem, options)),
};

const NOTHING: Found = { answer: null, certificate: null, isInfeasible: true };

function searchServing(problem: Problem, { clock, timeLimitMs, gap, start }: SearchOptions): Found {
  const mix = mixOf(problem);
  if (isHopeless(problem, mix)) return NOTHING;
  const until = clock.now() + timeLimitMs;
  const result = searchMix(mix, {
    gap,
    isOver: () => clock.now() >= until,
    costMax: costMaxOf(problem, mix),
    starts: start === null ? [] : [countsOf(mix, start)],
  });
  return foundIn(problem, mix, result);
}

/** What a result of the search says of the problem. */
function foundIn(problem: Problem, mix: Mix, { counts, root, isComplete }: MixResult): Found {
  const certificate = certificateOf(problem, mix, root);
  if (counts === null) return { answer: null, certificate, isInfeasible: isComplete };
  const shares = evenShares(mix, counts);
  const answer = answerOfMix(servingWork(problem)!, mix, { counts, shares });
  return { answer, certificate, isInfeasible: false };
}

/** Of a plan in force; no more of a kind than can be of use. */
function countsOf({ kinds }: Mix, { lines }: Answer): readonly number[] {
  return kinds.map(({ options, most }) => {
    const own = lines.filter((line) => options.some(({ option }) => option === line.option));
    return Math.min(
      most,
      own.reduce((sum, { machines }) => sum + machines, 0),
    );
  });
}
