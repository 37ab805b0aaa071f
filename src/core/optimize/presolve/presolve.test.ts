import assert from 'node:assert/strict';
import test from 'node:test';
import { asRate } from '../../../base/money.ts';
import { seededRandom } from '../../../base/rng.ts';
import { countPrices } from '../cover/count-prices.ts';
import { coupledModel } from '../cover/coupled-model.ts';
import { coupledSearcher } from '../cover/coupled-searcher.ts';
import { cheapestOfAll, randomCovers, searchOptions, taskOf } from '../cover/cover-for-tests.ts';
import { proveByTree } from '../cover/prove-by-tree.ts';
import { boundAtNoPrices } from '../cover/row-prices-for-tests.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import type { JointRow } from '../model/cover-proof.ts';
import type { Problem } from '../model/problem.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { answerCost, verifyAnswer } from '../verify/verify-answer.ts';
import { presolve, restoreAnswer, restoreCertificate } from './presolve.ts';

/** Thousands with KEDGE_FULL. */
const PROBLEMS = process.env['KEDGE_FULL'] === undefined ? 300 : 5000;
const SEARCHED = 40;

test('the optimum never changes', () => {
  const random = seededRandom(11);
  let removed = 0;
  for (let count = 0; count < PROBLEMS; count++) {
    const size = { tasks: 1 + (count % 2), offers: 2 + (count % 4), pools: count % 2 };
    const given = randomCovers(random, size);
    const { problem } = presolve(given);
    removed += given.offers.length - problem.offers.length;
    assert.equal(cheapestOfAll(problem), cheapestOfAll(given), `problem ${count}`);
  }
  assert.ok(removed > PROBLEMS / 10, `${removed} offers are left out`);
});

test('answers and certificates hold for the given problem as well', async () => {
  const random = seededRandom(12);
  for (let count = 0; count < SEARCHED; count++) {
    const given = twice(randomCovers(random, { tasks: 2, offers: 3, pools: count % 2 }));
    const presolved = presolve(given);
    const { problem } = presolved;
    assert.ok(problem.offers.length < given.offers.length);
    const { answer, certificate } = await coupledSearcher.search(problem, searchOptions());
    if (answer === null || certificate === null) continue;
    const restored = restoreAnswer(given, presolved, answer);
    assert.deepEqual(verifyAnswer(given, restored), []);
    assert.equal(answerCost(given, restored), answerCost(problem, answer));
    const proof = restoreCertificate(given, presolved, certificate)!;
    const [bound, before] = [problemBound(given, proof)!, problemBound(problem, certificate)!];
    assert.ok(Math.abs(bound - before) <= 1e-6 * before, `${bound} is proven, before ${before}`);
  }
});

test('rows of offers that are one are of all of them; where machines were trimmed, at no price', () => {
  const random = seededRandom(13);
  let [same, priced] = [0, 0];
  for (let count = 0; count < PROBLEMS; count++) {
    const given = twice(randomCovers(random, { tasks: 2, offers: 3, pools: 0 }));
    const presolved = presolve(given);
    const { problem } = presolved;
    const rows = problem.offers.map((_, offer): JointRow => {
      return { offers: [offer], of: 1, per: 1, shares: [], price: 0 };
    });
    const half = { halfOf: [0, rows.length - 1], tasks: [1], price: 300_000 };
    const duals = { pools: [], offers: [], budget: { of: 0, per: 1 }, tasks: [] };
    const covers = { pools: [], offers: [], joint: [...rows, half] };
    const certificate = { proof: 'duals', duals, covers } as const;
    const bound = problemBound(given, restoreCertificate(given, presolved, certificate)!)!;
    const least = cheapestOfAll(problem) ?? Infinity;
    assert.ok(bound <= least, `problem ${count}: ${bound} is above ${least}`);
    const restored = restoreCertificate(given, presolved, certificate) as typeof certificate;
    if (restored.covers.joint.at(-1)!.price === 0 || presolved.beaten.length > 0) continue;
    priced++;
    if (bound === problemBound(problem, certificate)) same++;
  }
  assert.ok(priced > PROBLEMS / 10 && same === priced, `${same} of ${priced} prove the same`);
});

test('a tree of the result proves as much of the given problem', () => {
  const random = seededRandom(14);
  let [same, smaller] = [0, 0];
  for (let count = 0; count < PROBLEMS; count++) {
    const single = randomCovers(random, { tasks: 3, offers: 3, pools: count % 2 });
    const given = count % 3 === 0 ? single : twice(single);
    const presolved = presolve(given);
    const { problem } = presolved;
    const model = coupledModel(problem);
    const [least, halved] = [cheapestOfAll(problem), boundAtNoPrices(model)];
    if (least === null || halved === null || halved.bound >= least) continue;
    const proof = proveByTree(model, halved, { floor: least, isOver: () => false, random });
    assert.ok(proof !== null && 'nodes' in proof, `problem ${count}`);
    const covers = countPrices(model.available, model.tasks, { ...halved, floorProof: proof });
    const duals = { pools: [], offers: [], budget: { of: 0, per: 1 }, tasks: [] };
    const restored = restoreCertificate(given, presolved, { proof: 'duals', duals, covers });
    assert.equal(problemBound(given, restored!), least, `problem ${count}`);
    same++;
    if (problem.offers.length < given.offers.length) smaller++;
  }
  assert.ok(same > PROBLEMS / 10 && smaller > same / 4, `${same} alike, ${smaller} were smaller`);
});

test('an offer that another beats is left out, and which one it is can be read', () => {
  const given = oneTask([
    { usd: 2, throughput: 5, available: null },
    { usd: 3, throughput: 4, available: 9 },
    { usd: 1, throughput: 1, available: 9 },
  ]);
  const { problem, beaten } = presolve(given);
  assert.deepEqual(beaten, [{ offer: 1, by: 0 }]);
  assert.deepEqual(
    problem.offers.map(({ id }) => id),
    ['offer 0', 'offer 2'],
  );
});

test('an offer that is beaten by one of which there is too little stays', () => {
  const given = oneTask([
    { usd: 2, throughput: 5, available: 1 },
    { usd: 3, throughput: 4, available: 9 },
  ]);
  assert.equal(presolve(given).problem.offers.length, 2);
});

test('where providers must differ, no other provider beats an offer', () => {
  const given = oneTask([
    { usd: 2, throughput: 5, available: null },
    { usd: 3, throughput: 4, available: 9 },
  ]);
  const [first, second] = given.offers;
  const [task] = given.tasks;
  const apart = [first!, { ...second!, provider: 'b' }];
  const spread = { ...given, offers: apart, tasks: [{ ...task!, providersMin: 2 }] };
  assert.equal(presolve(spread).problem.offers.length, 2);
  assert.equal(presolve({ ...given, offers: apart }).problem.offers.length, 1);
});

test('offers that are the same are one, of which there are as many as of all', () => {
  const given = twice(oneTask([{ usd: 2, throughput: 5, available: 2 }]));
  const { problem, offers } = presolve(given);
  assert.deepEqual(offers, [[0, 1]]);
  assert.equal(problem.offers[0]!.available, 4);
});

test('a pool that cannot run out is left out', () => {
  const [given, pool] = [oneTask([{ usd: 2, throughput: 5, available: 2 }]), { id: 'quota' }];
  const withPool = (limit: number): Problem => ({
    ...given,
    pools: [{ ...pool, per: 'machine', limit }],
    offers: given.offers.map((offer) => ({ ...offer, uses: [{ pool: 0, amount: 3 }] })),
  });
  assert.equal(presolve(withPool(6)).problem.pools.length, 0);
  assert.equal(presolve(withPool(5)).problem.pools.length, 1);
});

test('no more machines are available than tasks have a use for', () => {
  const given = oneTask([{ usd: 2, throughput: 5, available: 90 }]);
  assert.equal(presolve(given).problem.offers[0]!.available, 4);
});

test('what has nothing to do with divisible work is left as it is', () => {
  const options = [{ offer: 0, machines: 1, hours: 1, startS: 0, extraMicros: 0 as never }];
  const given = buildProblem({
    offers: [buildOffer({ available: 7 }), buildOffer({ id: 'unused' })],
    tasks: [{ ...oneTask([]).tasks[0]!, work: { kind: 'choice', options } }],
  });
  const { problem } = presolve(given);
  assert.deepEqual(problem, { ...given, offers: [given.offers[0]!] });
});

function oneTask(
  kinds: readonly {
    readonly usd: number;
    readonly throughput: number;
    readonly available: number | null;
  }[],
): Problem {
  return buildProblem({
    offers: kinds.map(({ usd, available }, index) =>
      buildOffer({ id: `offer ${index}`, nanosPerHour: asRate(usd * 1e9), available }),
    ),
    tasks: [
      taskOf({
        kind: 'divisible',
        per: 'machine',
        units: 20,
        options: kinds.map(({ throughput }, offer) => ({ offer, throughput })),
      }),
    ],
  });
}

/** Each offer there is, once more. */
function twice(given: Problem): Problem {
  const { length } = given.offers;
  return {
    ...given,
    offers: [...given.offers, ...given.offers.map((offer) => ({ ...offer }))],
    tasks: given.tasks.map((task) => {
      const { options } = task.work as Extract<typeof task.work, { kind: 'divisible' }>;
      const again = options.map((option) => ({ ...option, offer: option.offer + length }));
      return { ...task, work: { ...task.work, options: [...options, ...again] } } as typeof task;
    }),
  };
}
