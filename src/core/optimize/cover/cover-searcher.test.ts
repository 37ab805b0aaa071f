import assert from 'node:assert/strict';
import test from 'node:test';
import { asMicros, asRate } from '../../../base/money.ts';
import { seededRandom } from '../../../base/rng.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import type { Problem, ProblemOffer } from '../model/problem.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { answerCost, verifyAnswer } from '../verify/verify-answer.ts';
import { cheapestOfAll, randomCovers, searchOptions, taskOf } from './cover-for-tests.ts';
import { coverSearcher } from './cover-searcher.ts';

/** Thousands with KEDGE_FULL. */
const PROBLEMS = process.env['KEDGE_FULL'] === undefined ? 200 : 5000;

test('whole machines cost what trying all answers finds, and that is proven', async () => {
  const random = seededRandom(8);
  for (let count = 0; count < PROBLEMS; count++) {
    const problem = randomCovers(random, { tasks: 1, offers: 2 + (count % 4), pools: 0 });
    const least = cheapestOfAll(problem);
    const { answer, certificate, isInfeasible } = await coverSearcher.search(
      problem,
      searchOptions(),
    );
    assert.equal(isInfeasible, least === null);
    if (answer === null) continue;
    assert.deepEqual(verifyAnswer(problem, answer), []);
    assert.equal(answerCost(problem, answer), least);
    assert.equal(problemBound(problem, certificate!), least);
  }
});

test('hours by increments, minimum charges and a deadline are kept, and nearly always at the bound', async () => {
  const random = seededRandom(9);
  let [atBound, answered] = [0, 0];
  for (let count = 0; count < PROBLEMS; count++) {
    const problem = hourly(random);
    const { answer, certificate } = await coverSearcher.search(problem, searchOptions());
    if (answer === null) continue;
    assert.deepEqual(verifyAnswer(problem, answer), [], `problem ${count}`);
    const [cost, bound] = [answerCost(problem, answer), problemBound(problem, certificate!)!];
    assert.ok(bound <= cost, `problem ${count}: ${bound} is above ${cost}`);
    answered++;
    if (cost - bound <= 1e-4 * cost) atBound++;
  }
  assert.ok(atBound > answered * 0.8, `${atBound} of ${answered} are proven`);
});

test('one machine that works for long is billed for as long as the work takes', async () => {
  const problem = single({ per: 'hour', units: 10 }, [{ usd: 3, throughput: 4 }]);
  const { answer, certificate } = await coverSearcher.search(problem, searchOptions());
  assert.deepEqual(
    answer!.lines.map(({ machines, hours }) => [machines, hours]),
    [[1, 2.5]],
  );
  // Rounding seconds to micro-dollars may take off one and a half.
  assert.ok(problemBound(problem, certificate!)! >= 7_500_000 - 2);
});

test('a deadline takes several machines, and one that is too short is impossible', async () => {
  const given = single({ per: 'hour', units: 10 }, [
    { usd: 3, throughput: 4, terms: { available: 2 } },
  ]);
  const within = (deadlineS: number): Problem => ({
    ...given,
    limits: { ...given.limits, deadlineS },
  });
  const { answer } = await coverSearcher.search(within(2 * 3600), searchOptions());
  assert.equal(
    answer!.lines.reduce((sum, { machines }) => sum + machines, 0),
    2,
  );
  const late = await coverSearcher.search(within(3600), searchOptions());
  assert.deepEqual([late.answer, late.isInfeasible], [null, true]);
});

test('a little work goes where there is no minimum charge', async () => {
  const problem = single({ per: 'hour', units: 1 }, [
    { usd: 1, throughput: 10, terms: { billingMinimumS: 3600 } },
    { usd: 4, throughput: 10 },
  ]);
  const { answer } = await coverSearcher.search(problem, searchOptions());
  assert.deepEqual(
    answer!.lines.map(({ option }) => option),
    [1],
  );
});

test('what the cheapest answer costs is above a budget: no answer, and the bound says so', async () => {
  const given = single({ per: 'machine', units: 10 }, [{ usd: 3, throughput: 4 }]);
  const budgetMicros = asMicros(8_000_000);
  const problem = { ...given, limits: { ...given.limits, budgetMicros } };
  const found = await coverSearcher.search(problem, searchOptions());
  const { answer, certificate, isInfeasible } = found;
  assert.deepEqual([answer, isInfeasible], [null, true]);
  assert.ok(problemBound(problem, certificate!)! > budgetMicros);
});

test('no work costs nothing', async () => {
  const problem = single({ per: 'machine', units: 0 }, [{ usd: 3, throughput: 4 }]);
  const { answer } = await coverSearcher.search(problem, searchOptions());
  assert.deepEqual(answer, { lines: [] });
});

test('prices of a million dollars an hour and works of a hundred million units are no trouble', async () => {
  const problem = single({ per: 'machine', units: 1e8 }, [
    { usd: 1e6, throughput: 1e4 + 0.5 },
    { usd: 2e6, throughput: 3e4 },
  ]);
  const { answer, certificate } = await coverSearcher.search(problem, searchOptions({ gap: 1e-4 }));
  assert.deepEqual(verifyAnswer(problem, answer!), []);
  const cost = answerCost(problem, answer!);
  assert.ok(cost - problemBound(problem, certificate!)! <= 1e-4 * cost);
});

test('several tasks and a pool that offers share are refused', () => {
  const given = single({ per: 'hour', units: 1 }, [
    { usd: 1, throughput: 10 },
    { usd: 4, throughput: 10 },
  ]);
  const [task] = given.tasks;
  assert.equal(coverSearcher.refuses(given), null);
  assert.match(coverSearcher.refuses({ ...given, tasks: [task!, task!] })!, /2 tasks/);
  const offers = given.offers.map((offer) => ({ ...offer, uses: [{ pool: 0, amount: 1 }] }));
  const pools = [{ id: 'quota', per: 'machine', limit: 3 } as const];
  assert.match(coverSearcher.refuses({ ...given, offers, pools })!, /pool/);
});

test('a limit on the hourly cost is looked at afterwards; what nothing could keep is proven', async () => {
  const given = single({ per: 'hour', units: 40 }, [
    { usd: 1, throughput: 10, terms: { available: 2 } },
    { usd: 4, throughput: 20 },
  ]);
  const found = (nanosPerHourMax: number, deadlineS: number) => {
    const limits = { ...given.limits, nanosPerHourMax: asRate(nanosPerHourMax), deadlineS };
    return coverSearcher.search({ ...given, limits }, searchOptions());
  };
  const both = await found(6e9, 3600);
  assert.ok(both.answer !== null && both.answer.lines.length === 2);
  assert.equal((await found(5e9, 3600)).isInfeasible, true);
  const { answer, isInfeasible } = await found(4e9, 5400);
  assert.deepEqual([answer, isInfeasible], [null, false], 'which is for others to find out');
});

type Kind = {
  readonly usd: number;
  readonly throughput: number;
  readonly terms?: Partial<ProblemOffer>;
};

function single(
  work: { readonly per: 'hour' | 'machine'; readonly units: number },
  kinds: readonly Kind[],
): Problem {
  return buildProblem({
    offers: kinds.map(({ usd, terms = {} }, index) =>
      buildOffer({ id: `offer ${index}`, nanosPerHour: asRate(usd * 1e9), ...terms }),
    ),
    tasks: [
      taskOf({
        ...work,
        kind: 'divisible',
        options: kinds.map(({ throughput }, offer) => ({ offer, throughput })),
      }),
    ],
  });
}

function hourly(random: () => number): Problem {
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const kinds = Array.from({ length: upTo(4) }, () => ({
    usd: upTo(5),
    throughput: upTo(6),
    terms: {
      available: random() < 0.3 ? null : upTo(3),
      billingIncrementS: [600, 900, 3600][upTo(3) - 1]!,
      billingMinimumS: random() < 0.7 ? 0 : 600 * upTo(6),
    },
  }));
  const problem = single({ per: 'hour', units: upTo(15) }, kinds);
  const deadlineS = random() < 0.5 ? null : 500 * upTo(20);
  return { ...problem, limits: { ...problem.limits, deadlineS } };
}
