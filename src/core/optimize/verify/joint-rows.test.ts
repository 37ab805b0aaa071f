import assert from 'node:assert/strict';
import test from 'node:test';
import { asRate } from '../../../base/money.ts';
import { type Random, seededRandom } from '../../../base/rng.ts';
import { cheapestOfAll, randomCovers, taskOf } from '../cover/cover-for-tests.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import type { CoverBound, JointRow } from '../model/cover-proof.ts';
import type { DivisibleWork, Problem } from '../model/problem.ts';
import { problemBound } from './problem-bound.ts';

test('whatever rows, halves and prices there are, no bound is above the optimum', () => {
  const random = seededRandom(61);
  let higher = 0;
  for (let count = 0; count < 400; count++) {
    const problem = randomCovers(random, { tasks: 2 + (count % 2), offers: 3, pools: count % 2 });
    const least = cheapestOfAll(problem) ?? Infinity;
    const plain = {
      pools: problem.pools.map(() => 0),
      offers: problem.offers.map((_, offer) => {
        return { offers: [offer], price: Math.floor(random() * 1e6), byCount: [] };
      }),
    };
    const bound = boundAt(problem, { ...plain, joint: randomRows(random, problem) });
    assert.ok(bound <= least, `problem ${count}: ${bound} is above ${least}`);
    if (bound > boundAt(problem, plain)) higher++;
  }
  assert.ok(higher > 20, `${higher} bounds are higher than without`);
});

/** Some of offers, of one or two each, and halves of those and of other halves. */
function randomRows(random: Random, { offers, tasks }: Problem): readonly JointRow[] {
  const upTo = (most: number): number => Math.floor(random() * most);
  const price = (): number => (random() < 0.5 ? 0 : upTo(1.5e6));
  const ofOffers = Array.from({ length: 4 }, (): JointRow => {
    const per = 1 + upTo(3);
    const shares = tasks.map(() => upTo(per));
    const some = [upTo(offers.length), upTo(offers.length)].slice(upTo(2));
    return { offers: some, of: upTo(3) + 1, per, shares, price: price() };
  });
  const halves = Array.from({ length: 5 }, (_, index): JointRow => {
    const halfOf = [upTo(4 + index), upTo(4 + index)].slice(upTo(2));
    return { halfOf, tasks: [...tasks.keys()].filter(() => random() < 0.5), price: price() };
  });
  return [...ofOffers, ...halves];
}

/** The first takes one machine of either of two kinds, or a dear one; the second one of each, or a dear one. */
function eitherAndBoth(): Problem {
  const work = (units: number, offers: readonly number[]): DivisibleWork => ({
    kind: 'divisible',
    per: 'machine',
    units,
    options: offers.map((offer) => ({ offer, throughput: offer === 3 ? 10 : 5 })),
  });
  return buildProblem({
    offers: [1, 1, 3, 4].map((dollars, offer) =>
      buildOffer({ id: `${offer}`, nanosPerHour: asRate(dollars * 1e9), available: 1 }),
    ),
    tasks: [taskOf(work(5, [0, 1, 2])), taskOf(work(10, [0, 1, 3]))],
  });
}

const free = { pools: [], offers: [] };
const ofEach: readonly JointRow[] = [0, 1].map((offer) => {
  return { offers: [offer], of: 1, per: 1, shares: [], price: 0 };
});
const half: JointRow = { halfOf: [0, 1], tasks: [0], price: 2_000_000 };

test('a price of half of two rows proves what prices of numbers of machines cannot', () => {
  const problem = eitherAndBoth();
  assert.equal(cheapestOfAll(problem), 5_000_000);
  let most = 0;
  const steps = Array.from({ length: 9 }, (_, step) => step * 500_000);
  for (const [first, second, third, fourth] of fourOf(steps.slice(0, 7))) {
    const offers = [
      [first, second],
      [third, fourth],
    ].map((prices, offer) => ({
      offers: [offer],
      price: 0,
      byCount: prices.map((price, task) => ({ tasks: [task], prices: [price!] })),
    }));
    most = Math.max(most, boundAt(problem, { pools: [], offers }));
  }
  assert.equal(most, 4_000_000);
  assert.equal(boundAt(problem, { ...free, joint: [...ofEach, half] }), 5_000_000);
});

function* fourOf(values: readonly number[]) {
  for (const a of values)
    for (const b of values) for (const c of values) for (const d of values) yield [a, b, c, d];
}

test('machines of offers that are the same count together in a row', () => {
  const problem = withTwin(0);
  assert.equal(cheapestOfAll(problem), 5_000_000);
  const both = ofEach.map((row, offer) => ({ ...row, offers: offer === 0 ? [0, 4] : [1] }));
  assert.equal(boundAt(problem, { ...free, joint: [...both, half] }), 5_000_000);
  const byCount = [{ tasks: [0, 1], prices: [0] }];
  const counted = { pools: [], offers: [{ offers: [0, 4], price: 0, byCount }] };
  assert.equal(boundAt(problem, { ...counted, joint: [...both, half] }), 5_000_000);
});

test('of machines that are counted together, a row of some of them counts none', () => {
  const problem = withTwin(1);
  assert.equal(cheapestOfAll(problem), 3_000_000);
  const byCount = [{ tasks: [0, 1], prices: [0, 0] }];
  const offers = [{ offers: [0, 4], price: 0, byCount }];
  const bound = boundAt(problem, { pools: [], offers, joint: [...ofEach, half] });
  assert.ok(bound <= 3_000_000, `${bound} is proven`);
});

/** With a second offer like the first one, of which there are so many machines. */
function withTwin(available: number): Problem {
  const { offers, tasks, ...rest } = eitherAndBoth();
  const twins = tasks.map(({ work }) => {
    const own = work as DivisibleWork;
    return taskOf({ ...own, options: [...own.options, { offer: 4, throughput: 5 }] });
  });
  const [first, ...others] = offers;
  const both = [{ ...first!, available }, ...others, { ...first!, id: 'twin' }];
  return { ...rest, offers: both, tasks: twins };
}

test('rows that are no rows count for nothing, nor what is made of them', () => {
  const problem = eitherAndBoth();
  const without = boundAt(problem, free);
  const [first, second] = ofEach as [JointRow, JointRow];
  const wrong: readonly (readonly JointRow[])[] = [
    [{ ...first, offers: [9] } as JointRow, second, half],
    [{ ...first, per: 0 } as JointRow, second, half],
    [{ ...first, of: 0.5 } as JointRow, second, half],
    [{ ...first, shares: [1] } as JointRow, second, half],
    [{ ...first, shares: [-1] } as JointRow, second, half],
    [first, second, { ...half, halfOf: [0, 2] } as JointRow],
    [first, second, { ...half, halfOf: [] } as JointRow],
    [first, second, { ...half, tasks: [7] } as JointRow],
    [first, second, { ...half, price: -1 }],
    [first, second, { ...half, price: Number.NaN }],
    [first, second, { ...half, price: 2 ** 52 }],
  ];
  wrong.forEach((joint, index) => {
    assert.equal(boundAt(problem, { ...free, joint }), without, `rows ${index}`);
  });
});

function boundAt(problem: Problem, covers: CoverBound): number {
  const none = { of: 0, per: 1 };
  const duals = { pools: [], offers: [], budget: none, tasks: [] };
  return problemBound(problem, { proof: 'duals', duals, covers })!;
}
