import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asMicros } from '../../../base/money.ts';
import type { Problem } from '../model/problem.ts';
import { OPTIONS as options } from '../search/options-for-tests.ts';
import type { Found } from '../search/searcher.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { answerCost, verifyAnswer } from '../verify/verify-answer.ts';
import { dagBound } from '../verify/verify-dag-bound.ts';
import { dag } from './dag-searcher.ts';
import { hurried, leastCost } from './random-pipelines-for-tests.ts';
import { searchDeadlines } from './search-deadlines.ts';

const RUNS = process.env['KEDGE_FULL'] === undefined ? 100 : 20_000;

describe('pipelines with deadlines: against every choice', () => {
  it('finds the least cost in time, and proves it, or that nothing is in time', async () => {
    let [none, bound, free] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(hurried, async (problem) => {
        const least = leastCost(problem);
        const found = await dag.search(problem, { ...options, gap: 0 });
        const proven = found.certificate === null ? null : problemBound(problem, found.certificate);
        if (least === null) {
          none++;
          assert.equal(found.answer, null);
          assert.ok(found.isInfeasible || proven === Infinity, 'not proven');
          return;
        }
        assert.deepEqual(verifyAnswer(problem, found.answer!), []);
        assert.equal(answerCost(problem, found.answer!), least);
        assert.equal(proven, least);
        if (found.certificate!.proof === 'dp') bound++;
        else free++;
      }),
      { numRuns: RUNS, seed: 7 },
    );
    assert.ok(none > 0 && bound + free > 0, `${none} none, ${bound} bound, ${free} free`);
  });

  it('its proof is never above the least cost, whatever becomes of its prices', () => {
    fc.assert(
      fc.property(hurried, fc.constantFrom(0.3, 1, 5, 40), (problem, factor) => {
        const least = leastCost(problem);
        const found = searchDeadlines(problem, { isOver: () => false, gap: 0, isBinding: false });
        const proof = found?.bound?.proof;
        if (least === null || proof?.kind !== 'deadlines') return;
        const views = proof.views.map(({ prices, time: { per, ways } }) => {
          const other = ways.map((way) => ({ ...way, price: Math.round(way.price * factor) }));
          return { prices, time: { per, ways: other } };
        });
        for (const value of [least + 1, 2 * least, Infinity]) {
          const bound = dagBound(problem, { value, proof: { ...proof, views } })!;
          assert.ok(bound <= least, `${bound} is above ${least}`);
        }
      }),
      { numRuns: RUNS, seed: 7 },
    );
  });

  it('knows whether a budget is enough for what is in time, also where any answer would do', async () => {
    let [enough, tooLittle] = [0, 0];
    await fc.assert(
      fc.asyncProperty(hurried, fc.constantFrom(0, 1), async (problem, gap) => {
        const least = leastCost(problem);
        if (least === null || least === 0) return;
        const within = (budget: number): Promise<Found> => {
          const limits = { ...problem.limits, budgetMicros: asMicros(budget) };
          return dag.search({ ...problem, limits }, { ...options, gap });
        };
        const found = await within(least);
        if (found.answer !== null) enough++;
        assert.equal(found.isInfeasible, false);
        const none = await within(least - 1);
        assert.equal(none.answer, null);
        if (none.isInfeasible) tooLittle++;
      }),
      { numRuns: RUNS, seed: 5, endOnFailure: true },
    );
    assert.ok(enough > 0 && tooLittle === enough, `${enough} enough, ${tooLittle} too little`);
  });

  it('more time never raises the cost', async () => {
    await fc.assert(
      fc.asyncProperty(hurried, async (problem) => {
        const cost = await costOf(problem);
        if (cost === null) return;
        const { deadlineS } = problem.limits;
        const later = { ...problem.limits, deadlineS: (deadlineS ?? 0) + 3600 };
        const relaxed = deadlineS === null ? problem : { ...problem, limits: later };
        assert.ok((await costOf(relaxed))! <= cost);
      }),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  });
});

async function costOf(problem: Problem): Promise<number | null> {
  const { answer } = await dag.search(problem, { ...options, gap: 0 });
  return answer === null ? null : answerCost(problem, answer);
}
