import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { servingInstance } from '../../../../bench/instances/serving-instances.ts';
import { cheapestOfTwoKinds, mixProblems } from '../../../../bench/instances/small-mixes.ts';
import { microsFromUsd } from '../../../base/money.ts';
import { asEpochMs } from '../../../base/time.ts';
import type { Solver } from '../../../ports/solver.ts';
import type { Problem } from '../model/problem.ts';
import type { SearchOptions } from '../search/searcher.ts';
import { servingSearcher } from '../serving/serving-searcher.ts';
import { answerCost, verifyAnswer } from '../verify/verify-answer.ts';
import { lbfgsSearcher } from './lbfgs-searcher.ts';

/** Each look at the clock takes a millisecond. */
function options(): SearchOptions {
  let looks = 0;
  const clock = { now: () => asEpochMs(looks++), sleep: async () => {} };
  return { ...OPTIONS, clock };
}

const OPTIONS: Omit<SearchOptions, 'clock'> = {
  timeLimitMs: 300,
  gap: 0,
  seed: 1,
  start: null,
  solver: async (): Promise<Solver> => assert.fail('no solver is needed here'),
};

async function costOf(problem: Problem): Promise<number> {
  const { answer, certificate } = await lbfgsSearcher.search(problem, options());
  assert.ok(answer !== null, 'it finds an answer');
  assert.equal(certificate, null, 'it proves nothing');
  assert.deepEqual(verifyAnswer(problem, answer), []);
  return answerCost(problem, answer);
}

describe('GPU mixes by L-BFGS', () => {
  it('are mixes that carry everything, mostly the cheapest', async () => {
    let best = 0;
    const problems = fc.sample(mixProblems(2), { numRuns: 25, seed: 7 });
    for (const problem of problems) {
      if ((await costOf(problem)) <= cheapestOfTwoKinds(problem) * 1.01) best++;
    }
    assert.ok(best >= 22, `${best} of 25 within 1 %`);
  });

  it('come near the proven ones on larger problems', async () => {
    for (const kind of ['uncorrelated', 'duplicated'] as const) {
      const problem = servingInstance(kind, { seed: 4 });
      const { answer } = await servingSearcher.search(problem, {
        ...options(),
        timeLimitMs: 5000,
        gap: 1e-3,
      });
      assert.ok((await costOf(problem)) <= answerCost(problem, answer!) * 1.1, kind);
    }
  });

  it('are the same for the same seed', async () => {
    const problem = servingInstance('duplicated', { seed: 3 });
    const twice = [0, 1].map(() => lbfgsSearcher.search(problem, options()));
    assert.deepEqual(await twice[0], await twice[1]);
  });

  it('are none where the budget is too small, and none is proven', async () => {
    const [problem] = fc.sample(mixProblems(2), { numRuns: 1, seed: 7 });
    const limits = { ...problem!.limits, budgetMicros: microsFromUsd(0.000001) };
    const found = await lbfgsSearcher.search({ ...problem!, limits }, options());
    assert.deepEqual(found, { answer: null, certificate: null, isInfeasible: false });
  });

  it('are sought of what the serving searcher takes', () => {
    const problem = servingInstance('tight', { seed: 1 });
    assert.equal(lbfgsSearcher.refuses(problem), null);
    assert.notEqual(lbfgsSearcher.refuses({ ...problem, tasks: [] }), null);
  });
});
