import assert from 'node:assert/strict';
import test from 'node:test';
import { asMicros, asRate } from '../../../base/money.ts';
import { seededRandom } from '../../../base/rng.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { answerCost, verifyAnswer } from '../verify/verify-answer.ts';
import { coupledSearcher } from './coupled-searcher.ts';
import { cheapestOfAll, randomCovers, searchOptions, taskOf } from './cover-for-tests.ts';

/** Thousands with KEDGE_FULL. */
const PROBLEMS = process.env['KEDGE_FULL'] === undefined ? 60 : 3000;

test('an answer keeps everything, and no bound is above the optimum', async () => {
  const random = seededRandom(5);
  let [optimal, solvable] = [0, 0];
  for (let count = 0; count < PROBLEMS; count++) {
    const size = { tasks: 1 + (count % 3), offers: 3 + (count % 2), pools: count % 3 };
    const problem = randomCovers(random, size);
    const least = cheapestOfAll(problem);
    const { answer, certificate, isInfeasible } = await coupledSearcher.search(
      problem,
      searchOptions(),
    );
    if (least === null) assert.equal(answer, null, `${count} cannot be done`);
    if (isInfeasible) assert.equal(least, null, `${count} can be done`);
    if (certificate !== null && least !== null) {
      assert.ok(problemBound(problem, certificate)! <= least, `${count}: a bound above ${least}`);
    }
    if (answer === null || least === null) continue;
    assert.deepEqual(verifyAnswer(problem, answer), []);
    const cost = answerCost(problem, answer);
    assert.ok(cost >= least, `${count} costs ${cost}, less than ${least}`);
    solvable++;
    if (cost === least) optimal++;
  }
  assert.ok(optimal >= solvable * 0.9, `${optimal} of ${solvable} are optimal`);
});

test('one offer is shared by two tasks as far as it goes, and the dearer one does the rest', async () => {
  const options = [
    { offer: 0, throughput: 5 },
    { offer: 1, throughput: 5 },
  ];
  const work = { kind: 'divisible', per: 'machine', units: 10, options } as const;
  const problem = buildProblem({
    offers: [buildOffer({ available: 3 }), buildOffer({ nanosPerHour: 3_000_000_000 as never })],
    tasks: [taskOf(work), taskOf(work)],
  });
  const { answer, certificate } = await coupledSearcher.search(problem, searchOptions());
  assert.equal(answerCost(problem, answer!), 6_000_000);
  const bound = problemBound(problem, certificate!)!;
  assert.ok(bound <= 6_000_000 && bound >= 6_000_000 * (1 - 1e-6), `${bound} is proven`);
});

test('more work than all machines can do is proven to be impossible', async () => {
  const work = { kind: 'divisible', per: 'machine', units: 10 } as const;
  const problem = buildProblem({
    offers: [buildOffer({ available: 1 })],
    tasks: [taskOf({ ...work, options: [{ offer: 0, throughput: 5 }] })],
  });
  const { answer, isInfeasible } = await coupledSearcher.search(problem, searchOptions());
  assert.deepEqual({ answer, isInfeasible }, { answer: null, isInfeasible: true });
});

test('a budget below what is proven is impossible to keep', async () => {
  const options = [{ offer: 0, throughput: 5 }];
  const task = taskOf({ kind: 'divisible', per: 'machine', units: 10, options });
  const given = buildProblem({ offers: [buildOffer({})], tasks: [task, task] });
  const within = (micros: number) => ({
    ...given,
    limits: { ...given.limits, budgetMicros: asMicros(micros) },
  });
  const poor = await coupledSearcher.search(within(3_999_000), searchOptions());
  assert.deepEqual([poor.answer, poor.isInfeasible], [null, true]);
  const rich = await coupledSearcher.search(within(4_000_000), searchOptions());
  assert.equal(answerCost(given, rich.answer!), 4_000_000);
});

test('no work, a little work and very dear machines are covers like others', async () => {
  const options = [
    { offer: 0, throughput: 1000 },
    { offer: 1, throughput: 0.25 },
  ];
  const work = (units: number) => taskOf({ kind: 'divisible', per: 'machine', units, options });
  const problem = buildProblem({
    offers: [buildOffer({ nanosPerHour: asRate(1e15) }), buildOffer({ available: 1 })],
    tasks: [work(0), work(0.001), work(0.25), work(3000)],
  });
  const { answer } = await coupledSearcher.search(problem, searchOptions());
  assert.deepEqual(verifyAnswer(problem, answer!), []);
  assert.equal(answerCost(problem, answer!), 4e12 + 1e6);
});

test('what it does not know how to keep, it refuses in words', () => {
  const options = [{ offer: 0, throughput: 5 }];
  const task = taskOf({ kind: 'divisible', per: 'machine', units: 10, options });
  const whyNot = (parts: Parameters<typeof buildProblem>[0]): string | null =>
    coupledSearcher.refuses(buildProblem({ offers: [buildOffer({})], tasks: [task], ...parts }));
  assert.equal(whyNot({}), null);
  assert.match(whyNot({ objective: { minimize: 'time' } })!, /time/);
  assert.match(whyNot({ apart: [{ tasks: [0], by: 'zone' }] })!, /apart/);
  assert.match(whyNot({ tasks: [{ ...task, providersMin: 2 }] })!, /providers/);
  assert.match(whyNot({ tasks: [{ ...task, shareMax: 0.5 }] })!, /share/);
  assert.match(whyNot({ tasks: [task, { ...task, needs: [0] }] })!, /waits/);
  const limits = { ...task.limits, budgetMicros: 1 as never };
  assert.match(whyNot({ tasks: [{ ...task, limits }] })!, /limits of its own/);
  assert.match(whyNot({ limits: { ...task.limits, deadlineS: 60 } })!, /hour/);
});

test('where a price of each machine proves too little, prices of their number prove the optimum', async () => {
  const options = [
    { offer: 0, throughput: 5 },
    { offer: 1, throughput: 10 },
  ];
  const work = { kind: 'divisible', per: 'machine', units: 10, options } as const;
  const problem = buildProblem({
    offers: [buildOffer({ available: 3 }), buildOffer({ nanosPerHour: asRate(3e9) })],
    tasks: [taskOf(work), taskOf(work)],
  });
  const { answer, certificate } = await coupledSearcher.search(problem, searchOptions());
  assert.equal(answerCost(problem, answer!), 5_000_000);
  assert.ok(certificate !== null && 'covers' in certificate && certificate.covers !== undefined);
  const bound = problemBound(problem, certificate)!;
  assert.ok(bound > 4_990_000 && bound <= 5_000_000, `${bound} is proven`);
});
