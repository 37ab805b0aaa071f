import assert from 'node:assert/strict';
import test from 'node:test';
import { asRate } from '../../../base/money.ts';
import { seededRandom } from '../../../base/rng.ts';
import { cheapestOfAll, randomCovers, taskOf } from '../cover/cover-for-tests.ts';
import { buildOffer, buildProblem } from '../model/build-for-tests.ts';
import type { DivisibleWork, Problem } from '../model/problem.ts';
import { merged, type TaskItems, unbeaten } from './fewer-items.ts';
import type { Item, Taken } from './least-by-search.ts';

/** Without prices, as if there were as many machines as there are. */
function itemsOf({ offers, tasks }: Problem): readonly TaskItems[] {
  return tasks.map(({ work }) => {
    const { units: need, options } = work as DivisibleWork;
    const costs = options.map(({ offer }) => BigInt(offers[offer]!.nanosPerHour));
    const items = options.map(({ offer, throughput }, at): Item => {
      return { cost: Number(costs[at]), units: throughput, cap: offers[offer]!.available! };
    });
    return { need, items, offers: options.map(({ offer }) => [offer]), costs, joint: null };
  });
}

test('without beaten offers, the cheapest answer costs the same', () => {
  const random = seededRandom(61);
  let gone = 0;
  for (let count = 0; count < 600; count++) {
    const { offers, ...rest } = randomCovers(random, { tasks: 2, offers: 4, pools: count % 2 });
    const plenty = offers.map((offer) => (random() < 0.5 ? offer : { ...offer, available: 30 }));
    const problem: Problem = { ...rest, offers: plenty };
    const caps = plenty.map(({ available }) => available!);
    const kept = unbeaten(problem, caps, itemsOf(problem));
    const tasks = problem.tasks.map(({ work }, task) => {
      const options = (work as DivisibleWork).options.filter(({ offer }) => {
        return kept[task]!.offers.some(([one]) => one === offer);
      });
      gone += work.options.length - options.length;
      return taskOf({ ...(work as DivisibleWork), options });
    });
    assert.equal(cheapestOfAll({ ...problem, tasks }), cheapestOfAll(problem), `problem ${count}`);
  }
  assert.ok(gone > 200, `${gone} options are left out`);
});

test('an offer that is better in one of two ways is not beaten', () => {
  const kinds = [5, 6].map((dollars, offer) => {
    return buildOffer({ id: `${offer}`, nanosPerHour: asRate(dollars * 1e9), available: 9 });
  });
  const left = (throughputs: readonly number[]): number => {
    const second = throughputs.map((throughput) => ({ offer: 1, throughput }));
    const options = [{ offer: 0, throughput: 2 }, ...second];
    const work = { kind: 'divisible', per: 'machine', units: 6, options } as const;
    const problem = buildProblem({ offers: kinds, tasks: [taskOf(work)] });
    return unbeaten(problem, [9, 9], itemsOf(problem))[0]!.items.length;
  };
  assert.deepEqual([left([1, 3]), left([3, 1]), left([1, 2])], [3, 3, 1]);
});

test('items of one key are one, of which there are as many as of all that a task can use', () => {
  const item: Item = { cost: 5, units: 2, cap: 2 };
  const task: TaskItems = {
    need: 7,
    items: [item, item, { ...item, cost: 6 }, item],
    offers: [[0], [1], [2], [3]],
    costs: [5n, 5n, 6n, 5n],
    joint: null,
  };
  const all = merged(task, () => '');
  assert.deepEqual(all.items, [
    { ...item, cap: 4 },
    { ...item, cost: 6, cap: 2 },
  ]);
  assert.deepEqual(all.offers, [[0, 1, 3], [2]]);
  const some = merged(task, ([offer]) => (offer === 3 ? null : ''));
  assert.deepEqual(some.offers, [[0, 1], [2], [3]]);
});

test('what is paid for items together is paid for those that stand for them', () => {
  const item: Item = { cost: 5, units: 2, cap: 2 };
  const joint = (taken: Taken | null): number => (taken?.item === 2 ? 7 : 0);
  const task: TaskItems = {
    need: 4,
    items: [item, item, { ...item, units: 1 }],
    offers: [[0], [1], [2]],
    costs: [5n, 5n, 5n],
    joint,
  };
  const all = merged(task, () => '');
  assert.deepEqual(all.offers, [[0, 1], [2]]);
  assert.equal(all.joint!({ item: 1, count: 1, before: null }), 7);
  assert.equal(all.joint!({ item: 0, count: 1, before: null }), 0);
});
