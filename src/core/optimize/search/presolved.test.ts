import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateFromUsd } from '../../../base/money.ts';
import { coverSearcher } from '../cover/cover-searcher.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { Problem } from '../model/problem.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { answerValue, verifyAnswer } from '../verify/verify-answer.ts';
import { OPTIONS } from './options-for-tests.ts';
import { presolved } from './presolved.ts';

/** Two machines of each offer, of so many that are alike. */
function alike(count: number, units: number): Problem {
  return buildProblem({
    offers: Array.from({ length: count }, () =>
      buildOffer({ nanosPerHour: rateFromUsd(2), available: 2 }),
    ),
    tasks: [
      buildTask({
        work: {
          kind: 'divisible',
          per: 'machine',
          units,
          options: Array.from({ length: count }, (_, offer) => ({ offer, throughput: 3 })),
        },
      }),
    ],
  });
}

/** The searcher of covers, which tells what it was given. */
function watched() {
  const seen: Problem[] = [];
  const searcher = presolved({
    ...coverSearcher,
    search: (problem, options) => {
      seen.push(problem);
      return coverSearcher.search(problem, options);
    },
  });
  return { searcher, seen };
}

describe('a searcher after presolving', () => {
  it('sees less, and its answer and proof are told in terms of the given problem', async () => {
    const problem = alike(6, 25);
    const { searcher, seen } = watched();
    const { answer, certificate } = await searcher.search(problem, OPTIONS);
    assert.equal(seen[0]!.offers.length, 1);
    assert.deepEqual(verifyAnswer(problem, answer!), []);
    // Nine machines of three units each, two of an offer.
    assert.equal(answerValue(problem, answer!), 18_000_000);
    assert.equal(problemBound(problem, certificate!), 18_000_000);
  });

  it('sees the given problem where there is little to leave out, and may start from an answer', async () => {
    const problem = alike(1, 5);
    const { searcher, seen } = watched();
    await searcher.search(problem, OPTIONS);
    assert.equal(seen[0], problem);
  });
});
