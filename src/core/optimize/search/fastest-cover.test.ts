import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asMicros, asRate, rateFromUsd } from '../../../base/money.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { Problem } from '../model/problem.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { answerValue, verifyAnswer } from '../verify/verify-answer.ts';
import { fastestCover } from './fastest-cover.ts';
import { OPTIONS } from './options-for-tests.ts';

/** 36 units: ten machines do one an hour for a dollar each, another does four for six dollars. */
function problemWith(limits: Partial<Problem['limits']>): Problem {
  return buildProblem({
    objective: { minimize: 'time' },
    offers: [
      buildOffer({ nanosPerHour: rateFromUsd(1), available: 10 }),
      buildOffer({ nanosPerHour: rateFromUsd(6), available: 1 }),
    ],
    tasks: [
      buildTask({
        limits: { deadlineS: null, budgetMicros: null, nanosPerHourMax: null, ...limits },
        work: {
          kind: 'divisible',
          per: 'hour',
          units: 36,
          options: [
            { offer: 0, throughput: 1 },
            { offer: 1, throughput: 4 },
          ],
        },
      }),
    ],
  });
}

async function secondsOf(limits: Partial<Problem['limits']>): Promise<number | null> {
  const problem = problemWith(limits);
  assert.equal(fastestCover.refuses(problem), null);
  const { answer } = await fastestCover.search(problem, OPTIONS);
  if (answer === null) return null;
  assert.deepEqual(verifyAnswer(problem, answer), []);
  return answerValue(problem, answer);
}

describe('the least time of work that machines share', () => {
  it('is that of all machines at once, which is proven', async () => {
    const problem = problemWith({});
    const { answer, certificate } = await fastestCover.search(problem, OPTIONS);
    const seconds = answerValue(problem, answer!);
    const bound = problemBound(problem, certificate!)!;
    assert.ok(seconds <= Math.ceil((36 / 14) * 3600) && seconds - bound <= 1);
  });

  it('is what the budget pays for, to the second', async () => {
    // Ten slow machines alone cost $36, in 3.6 hours; each hour of the fast one costs two dollars more.
    assert.equal(await secondsOf({ budgetMicros: asMicros(36e6) }), 3.6 * 3600);
    assert.equal(await secondsOf({ budgetMicros: asMicros(35e6) }), null);
    const between = (await secondsOf({ budgetMicros: asMicros(40e6) }))!;
    assert.ok(between > (36 / 14) * 3600 && between < 3.6 * 3600);
  });

  it('is beyond what is asked where not even all machines are in time', async () => {
    const problem = problemWith({ deadlineS: 3600 });
    assert.equal((await fastestCover.search(problem, OPTIONS)).isInfeasible, true);
  });

  it('keeps a limit on what machines cost an hour', async () => {
    assert.equal(await secondsOf({ nanosPerHourMax: rateFromUsd(10) }), 3.6 * 3600);
  });

  it('more money never takes longer', async () => {
    const budget = fc.integer({ min: 36, max: 45 }).map((dollars) => asMicros(dollars * 1e6));
    const law = fc.asyncProperty(budget, async (budgetMicros) => {
      const [poor, rich] = [
        await secondsOf({ budgetMicros }),
        await secondsOf({ budgetMicros: asMicros(budgetMicros + 1e6) }),
      ];
      assert.ok(rich! <= poor!, `${rich} > ${poor}`);
    });
    await fc.assert(law, { numRuns: 10 });
  });

  it('is not asked of other work, nor of what is to be cheap', () => {
    const cheap: Problem = { ...problemWith({}), objective: { minimize: 'cost' } };
    assert.match(fastestCover.refuses(cheap)!, /cost/);
    const dear = { ...cheap.offers[0]!, laterPrices: [{ fromS: 1, nanosPerHour: asRate(1) }] };
    const later = { ...problemWith({}), offers: [dear, cheap.offers[1]!] };
    assert.match(fastestCover.refuses(later)!, /prices change/);
  });
});
