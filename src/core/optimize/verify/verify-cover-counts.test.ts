import assert from 'node:assert/strict';
import test from 'node:test';
import { asRate } from '../../../base/money.ts';
import { seededRandom } from '../../../base/rng.ts';
import { cheapestOfAll, randomCovers, taskOf } from '../cover/cover-for-tests.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import type { CoverBound } from '../model/cover-proof.ts';
import type { DivisibleWork, Problem } from '../model/problem.ts';
import { problemBound } from './problem-bound.ts';

test('whatever the prices of each number of machines, no bound is above the optimum', () => {
  const random = seededRandom(41);
  let positive = 0;
  for (let count = 0; count < 300; count++) {
    const problem = randomCovers(random, { tasks: 1 + (count % 3), offers: 3, pools: count % 2 });
    const least = cheapestOfAll(problem) ?? Infinity;
    const upTo = (most: number): number => Math.floor(random() * most);
    const bound = boundAt(problem, {
      pools: problem.pools.map(() => upTo(500_000)),
      offers: problem.offers.map(({ available }, offer) => ({
        offers: [offer],
        price: upTo(2e6),
        byCount: problem.tasks.map((_, task) => ({
          tasks: [task],
          prices: Array.from({ length: available! }, () => upTo(3e6)),
        })),
      })),
    });
    assert.ok(bound <= least, `problem ${count}: ${bound} is above ${least}`);
    if (bound > 0) positive++;
  }
  assert.ok(positive > 100, `${positive} bounds say anything`);
});

test('without prices, the bound is what the cheapest covers of the tasks cost', () => {
  const random = seededRandom(42);
  for (let count = 0; count < 100; count++) {
    const problem = randomCovers(random, { tasks: 1, offers: 1 + (count % 5), pools: 0 });
    const bound = boundAt(problem, { pools: [], offers: [] });
    assert.equal(bound, cheapestOfAll(problem) ?? Infinity, `problem ${count}`);
  }
});

/** Two tasks need two machines each, of which there are three, or one that costs as much as three. */
function pairs(): Problem {
  const options = [
    { offer: 0, throughput: 5 },
    { offer: 1, throughput: 10 },
  ];
  const work = { kind: 'divisible', per: 'machine', units: 10, options } as const;
  return buildProblem({
    offers: [buildOffer({ available: 3 }), buildOffer({ nanosPerHour: asRate(3e9) })],
    tasks: [taskOf(work), taskOf(work)],
  });
}

test('a price on the second machine alone proves what a price of each cannot', () => {
  const problem = pairs();
  assert.equal(cheapestOfAll(problem), 5_000_000);
  const ofEach = Array.from({ length: 21 }, (_, step) => {
    return boundAt(problem, {
      pools: [],
      offers: [{ offers: [0], price: step * 100_000, byCount: [] }],
    });
  });
  assert.ok(Math.max(...ofEach) < 5_000_000, `${Math.max(...ofEach)} is proven by prices of each`);
  const byCount = [{ tasks: [0, 1], prices: [0, 1_000_000, 1_000_000] }];
  assert.equal(
    boundAt(problem, { pools: [], offers: [{ offers: [0], price: 0, byCount }] }),
    5_000_000,
  );
});

test('prices that are no prices count for nothing', () => {
  const problem = pairs();
  const free = boundAt(problem, { pools: [], offers: [] });
  for (const prices of [
    [0, 1],
    [0, Number.NaN, 1],
    [0, -5, 1],
    [0, 0.5, 1],
  ]) {
    const byCount = [{ tasks: [0, 1], prices }];
    assert.equal(
      boundAt(problem, { pools: [], offers: [{ offers: [0], price: 0, byCount }] }),
      free,
    );
  }
  assert.equal(
    boundAt(problem, { pools: [], offers: [{ offers: [9], price: 5, byCount: [] }] }),
    free,
  );
});

test('a task that takes an offer in two ways pays for its machines one by one', () => {
  const work = {
    kind: 'divisible',
    per: 'machine',
    units: 10,
    options: [
      { offer: 0, throughput: 5 },
      { offer: 0, throughput: 5 },
    ],
  } as const;
  const problem = buildProblem({ offers: [buildOffer({ available: 2 })], tasks: [taskOf(work)] });
  const byCount = [{ tasks: [0], prices: [3_000_000, 3_000_000] }];
  const bound = boundAt(problem, { pools: [], offers: [{ offers: [0], price: 0, byCount }] });
  assert.ok(bound <= cheapestOfAll(problem)!, `${bound} is proven`);
});

test('machines of offers that are the same are counted together', () => {
  const { offers, tasks, ...rest } = pairs();
  const twice = [0, 2].map((offer) => ({ offer, throughput: 5 }));
  const works = tasks.map(({ work }) => ({ ...work, options: [...twice, work.options[1]!] }));
  const problem = {
    ...rest,
    offers: [buildOffer({ available: 1 }), offers[1]!, buildOffer({ available: 2 })],
    tasks: works.map((work) => taskOf(work as DivisibleWork)),
  } as Problem;
  assert.equal(cheapestOfAll(problem), 5_000_000);
  const byCount = [{ tasks: [0, 1], prices: [0, 1_000_000, 1_000_000] }];
  const covers = { pools: [], offers: [{ offers: [0, 2], price: 0, byCount }] };
  assert.equal(boundAt(problem, covers), 5_000_000);
});

function boundAt(problem: Problem, covers: CoverBound): number {
  const none = { of: 0, per: 1 };
  const duals = { pools: [], offers: [], budget: none, tasks: [] };
  return problemBound(problem, { proof: 'duals', duals, covers })!;
}
