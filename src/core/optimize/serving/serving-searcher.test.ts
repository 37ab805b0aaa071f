import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SERVING_CLASSES, servingInstance } from '../../../../bench/instances/serving-instances.ts';
import {
  buildMix,
  cheapestOfTwoKinds,
  mixProblems,
} from '../../../../bench/instances/small-mixes.ts';
import { asRate, microsFromUsd, rateFromUsd } from '../../../base/money.ts';
import { asEpochMs } from '../../../base/time.ts';
import type { Answer } from '../model/answer.ts';
import { buildOffer } from '../model/build-for-tests.ts';
import type { Problem, ProblemOffer, ServingWork } from '../model/problem.ts';
import { OPTIONS } from '../search/options-for-tests.ts';
import type { Found, SearchOptions } from '../search/searcher.ts';
import { answerCost, verifyAnswer } from '../verify/verify-answer.ts';
import { servingBound } from '../verify/verify-serving-bound.ts';
import { servingSearcher } from './serving-searcher.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 60 : 5000;
const NO_LIMITS = { deadlineS: null, budgetMicros: null, nanosPerHourMax: null };
/** A10G and A100-80GB with the throughputs and prices of Mélange (arXiv:2404.14527). */
const PUBLISHED = buildMix(
  [6, 3, 15, 6],
  [
    { usd: 1.01, throughputs: [2, 1, 5, 2] },
    { usd: 3.67, throughputs: [20, 20, 40, 20] },
  ],
);

async function search(problem: Problem, options: Partial<SearchOptions> = {}): Promise<Found> {
  assert.equal(servingSearcher.refuses(problem), null);
  return servingSearcher.search(problem, { ...OPTIONS, ...options });
}

type Solved = { readonly answer: Answer; readonly cost: number; readonly bound: number };

/** The answer, once that it is checked, and its bound. */
async function find(problem: Problem): Promise<Solved> {
  const { answer, certificate } = await search(problem);
  assert.ok(answer !== null && certificate !== null, 'there is an answer');
  assert.deepEqual(verifyAnswer(problem, answer), []);
  const cost = answerCost(problem, answer);
  const bound = servingBound(problem, certificate)!;
  assert.ok(bound <= cost, `the bound ${bound} is above the cost ${cost}`);
  return { answer, cost, bound };
}

/** The answer, proven to be the best. */
async function solve(problem: Problem): Promise<Solved> {
  const solved = await find(problem);
  assert.equal(solved.bound, solved.cost);
  return solved;
}

function countsOf({ lines }: Answer): readonly (readonly [number, number])[] {
  return lines.map(({ option, machines }) => [option, machines] as const);
}

function workOf({ tasks }: Problem): ServingWork {
  const { work } = tasks[0]!;
  assert.ok(work.kind === 'serving');
  return work;
}

/** The same problem with something else of its task's work. */
function withWork(problem: Problem, parts: Partial<ServingWork>): Problem {
  const work = { ...workOf(problem), ...parts };
  return { ...problem, tasks: [{ ...problem.tasks[0]!, work }] };
}

describe('the cheapest mix of GPUs', () => {
  it('costs $4.68 an hour where the published one costs $6.70', async () => {
    const { answer, cost } = await solve(PUBLISHED);
    assert.equal(cost, 4_680_000);
    assert.deepEqual(countsOf(answer), [
      [0, 1],
      [1, 1],
    ]);
  });

  it('costs what the best of all counts costs', async () => {
    const property = fc.asyncProperty(mixProblems(2), async (problem) => {
      assert.equal((await find(problem)).cost, cheapestOfTwoKinds(problem));
    });
    await fc.assert(property, { numRuns: CASES });
  });

  it('is proven, but for loads that are full to a millionth, and as realistic ones are', async () => {
    let proven = 0;
    const problems = fc.sample(mixProblems(5), { numRuns: CASES, seed: 5 });
    for (const problem of problems) {
      const { cost, bound } = await find(problem);
      if (bound === cost) proven++;
    }
    assert.ok(proven >= 0.98 * problems.length, `${proven} of ${problems.length}`);
    for (const kind of SERVING_CLASSES) {
      if (kind === 'proportional' || kind === 'catalog') continue;
      await solve(servingInstance(kind, { seed: 3 }));
    }
  });

  it('keeps what is available, over several options of one offer as well', async () => {
    const kinds = [
      { usd: 1, available: 2, throughputs: [1] },
      { usd: 2, available: null, throughputs: [1] },
    ];
    const problem = buildMix([4], kinds);
    assert.equal((await solve(problem)).cost, 2e6 + 4e6);
    const options = [...workOf(problem).options, { offer: 0, throughputs: [1.5] }];
    const shared = await solve(withWork(problem, { options }));
    assert.deepEqual(countsOf(shared.answer), [
      [1, 1],
      [2, 2],
    ]);
  });

  it('keeps pools of machines and of hours', async () => {
    const kinds = [
      { usd: 1, throughputs: [1] },
      { usd: 3, throughputs: [1] },
    ];
    const problem = withWork(buildMix([4], kinds), { hours: 2 });
    const pooled = (per: 'machine' | 'machine-hour', limit: number): Problem => ({
      ...problem,
      pools: [{ id: 'quota', per, limit }],
      offers: problem.offers.map((offer, index) => ({
        ...offer,
        uses: index === 0 ? [{ pool: 0, amount: 2 }] : [],
      })),
    });
    assert.equal((await solve(pooled('machine', 6))).cost, 6e6 + 6e6);
    assert.equal((await solve(pooled('machine-hour', 6))).cost, 2e6 + 18e6);
  });

  it('takes options that nothing tells apart for one, and deals its machines out', async () => {
    const twin = { usd: 1, available: 2, throughputs: [1, 2] };
    const { answer } = await solve(buildMix([2, 3], [twin, twin, { ...twin, usd: 9 }]));
    assert.deepEqual(countsOf(answer), [
      [0, 2],
      [1, 2],
    ]);
  });

  it('leaves a bucket that nobody asks for to whom it likes', async () => {
    const none = buildMix([0, 1], [{ usd: 1, throughputs: [0, 1] }]);
    assert.deepEqual((await solve(none)).answer.lines[0]!.shares, [1, 1]);
  });

  it('says that there is none where a bucket is taken by nobody, or too few machines are left', async () => {
    const found = async (problem: Problem): Promise<readonly unknown[]> => {
      const { answer, isInfeasible } = await search(problem);
      return [answer, isInfeasible];
    };
    assert.deepEqual(await found(buildMix([1, 1], [{ usd: 1, throughputs: [1, 0] }])), [
      null,
      true,
    ]);
    const few = { usd: 1, available: 1, throughputs: [1] };
    assert.deepEqual(await found(buildMix([2.5], [few, { ...few, usd: 2 }])), [null, true]);
  });

  it('keeps the budget, the deadline and the cost an hour, to the micro-dollar', async () => {
    const limited = (limits: Partial<typeof NO_LIMITS>): Problem =>
      ({ ...PUBLISHED, limits: { ...NO_LIMITS, ...limits } }) as Problem;
    const isFound = async (problem: Problem): Promise<boolean> => {
      const { answer, isInfeasible } = await search(problem);
      assert.equal(answer === null, isInfeasible);
      if (answer !== null) assert.deepEqual(verifyAnswer(problem, answer), []);
      return answer !== null;
    };
    const limits: readonly (readonly [Partial<Problem['limits']>, boolean])[] = [
      [{ budgetMicros: microsFromUsd(4.68) }, true],
      [{ budgetMicros: microsFromUsd(4.679999) }, false],
      [{ nanosPerHourMax: rateFromUsd(4.68) }, true],
      [{ nanosPerHourMax: asRate(4_679_999_999) }, false],
      [{ deadlineS: 3600 }, true],
      [{ deadlineS: 3599 }, false],
    ];
    for (const [limit, isPossible] of limits) {
      const problem = limited(limit as Partial<typeof NO_LIMITS>);
      assert.equal(await isFound(problem), isPossible, JSON.stringify(limit));
    }
  });

  it('begins with the plan in force, and ends when the time is over', async () => {
    const problem = servingInstance('proportional', { seed: 3 });
    let looks = 0;
    const clock = { now: () => asEpochMs(looks++), sleep: async () => {} };
    const { answer, certificate } = await search(problem, { clock, timeLimitMs: 3 });
    assert.ok(answer !== null && certificate !== null);
    assert.deepEqual(verifyAnswer(problem, answer), []);
    const cost = answerCost(problem, answer);
    assert.ok(servingBound(problem, certificate)! < cost, 'not yet proven');
    looks = 0;
    const again = await search(problem, { clock, timeLimitMs: 3, start: answer });
    assert.ok(answerCost(problem, again.answer!) <= cost);
  });

  it('is never dearer with a cheaper offer, one more machine, or fewer requests', async () => {
    const property = fc.asyncProperty(mixProblems(3), async (problem) => {
      const { cost } = await find(problem);
      const { rates } = workOf(problem);
      const changed = (of: (offer: ProblemOffer) => Partial<ProblemOffer>): Problem => ({
        ...problem,
        offers: problem.offers.map((offer) => ({ ...offer, ...of(offer) })),
      });
      const cheaper = changed(({ id }) =>
        id === 'kind 2' ? { nanosPerHour: rateFromUsd(0.01) } : {},
      );
      const more = changed(({ available }) => ({
        available: available === null ? null : available + 1,
      }));
      const fewer = withWork(problem, { rates: rates.map((rate) => rate * 0.7) });
      for (const better of [cheaper, more, fewer]) {
        assert.ok((await find(better)).cost <= cost);
      }
    });
    await fc.assert(property, { numRuns: Math.ceil(CASES / 3) });
  });

  it('costs the same in any order of options, and twice as much at twice the prices', async () => {
    const property = fc.asyncProperty(mixProblems(3), async (problem) => {
      const { cost } = await find(problem);
      const options = workOf(problem).options.toReversed();
      assert.equal((await find(withWork(problem, { options }))).cost, cost);
      const offers = problem.offers.map((offer) => ({
        ...offer,
        nanosPerHour: asRate(offer.nanosPerHour * 2),
      }));
      assert.equal((await find({ ...problem, offers })).cost, 2 * cost);
    });
    await fc.assert(property, { numRuns: Math.ceil(CASES / 3) });
  });

  it('refuses what it does not keep', () => {
    const [task] = PUBLISHED.tasks;
    const refusals = [
      { ...PUBLISHED, tasks: [task!, task!] },
      { ...PUBLISHED, objective: { minimize: 'time' as const } },
      { ...PUBLISHED, tasks: [{ ...task!, providersMin: 2 }] },
      { ...PUBLISHED, tasks: [{ ...task!, shareMax: 0.5 }] },
      withWork(PUBLISHED, { rates: [0, 0, 0, 0] }),
      withWork(PUBLISHED, { options: Array(151).fill(workOf(PUBLISHED).options[0]) }),
      {
        ...PUBLISHED,
        offers: PUBLISHED.offers.map((offer) => ({
          ...offer,
          laterPrices: [{ fromS: 60, nanosPerHour: rateFromUsd(1) }],
        })),
      },
      {
        ...PUBLISHED,
        limits: { ...NO_LIMITS, nanosPerHourMax: rateFromUsd(9) },
        offers: [PUBLISHED.offers[0]!, buildOffer({ billingMinimumS: 7200 })],
      },
    ].map(servingSearcher.refuses);
    assert.ok(refusals.every((why) => why !== null));
    assert.equal(new Set(refusals).size, 7, 'each for a reason of its own, but the two of spread');
  });
});
