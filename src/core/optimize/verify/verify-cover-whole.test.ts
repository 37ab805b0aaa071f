import assert from 'node:assert/strict';
import test from 'node:test';
import { asRate } from '../../../base/money.ts';
import { seededRandom } from '../../../base/rng.ts';
import { cheapestOfAll, randomCovers, taskOf } from '../cover/cover-for-tests.ts';
import type { Duals } from '../model/answer.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import type { Problem } from '../model/problem.ts';
import { problemBound } from './problem-bound.ts';

test('without a price of work, the bound of one task is its cheapest whole cover', () => {
  const random = seededRandom(21);
  for (let count = 0; count < 300; count++) {
    const problem = randomCovers(random, { tasks: 1, offers: 1 + (count % 5), pools: 0 });
    const bound = boundAt(problem, () => 0);
    assert.equal(bound, cheapestOfAll(problem) ?? Infinity, `problem ${count}`);
  }
});

test('whatever the prices of what is shared, no bound is above the optimum', () => {
  const random = seededRandom(22);
  let positive = 0;
  for (let count = 0; count < 200; count++) {
    const problem = randomCovers(random, { tasks: 2, offers: 3, pools: count % 2 });
    const least = cheapestOfAll(problem) ?? Infinity;
    const bound = boundAt(problem, () => Math.floor(random() * 3e6));
    assert.ok(bound <= least, `problem ${count}: ${bound} is above ${least}`);
    if (bound > 0) positive++;
  }
  assert.ok(positive > 50, `${positive} bounds say anything`);
});

test('a price on what all want proves more than none', () => {
  const options = [
    { offer: 0, throughput: 5 },
    { offer: 1, throughput: 5 },
  ];
  const work = { kind: 'divisible', per: 'machine', units: 10, options } as const;
  const problem = buildProblem({
    offers: [buildOffer({ available: 3 }), buildOffer({ nanosPerHour: asRate(3e9) })],
    tasks: [taskOf(work), taskOf(work)],
  });
  assert.equal(
    boundAt(problem, () => 0),
    4_000_000,
  );
  assert.equal(
    boundAt(problem, (offer) => (offer === 0 ? 2_000_000 : 0)),
    6_000_000,
  );
});

test('throughputs of a few decimals are counted as they are', () => {
  const problem = buildProblem({
    offers: [buildOffer({})],
    tasks: [
      taskOf({
        kind: 'divisible',
        per: 'machine',
        units: 1.5,
        options: [{ offer: 0, throughput: 0.5 }],
      }),
    ],
  });
  assert.equal(
    boundAt(problem, () => 0),
    3_000_000,
  );
});

function boundAt(problem: Problem, priceOf: (offer: number) => number): number {
  const duals: Duals = {
    pools: problem.pools.map((_, pool) => ({ of: priceOf(pool), per: 1 })),
    offers: problem.offers.map((_, offer) => ({ offer, price: { of: priceOf(offer), per: 1 } })),
    budget: { of: 0, per: 1 },
    tasks: problem.tasks.map(() => []),
  };
  return problemBound(problem, { proof: 'duals', duals })!;
}
