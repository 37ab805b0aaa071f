import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { type CoupledModel, coupledModel } from './coupled-model.ts';
import { randomCovers } from './cover-for-tests.ts';
import { noPrices } from './dive.ts';
import { listable, nearCovers } from './near-covers.ts';

/** Costs of all whole covers of a task that need each of their machines, by trying them all. */
function everyCover(model: CoupledModel, task: number): readonly number[] {
  const { offers, costs, units, available, needs } = model;
  const each = Array.from({ length: offers }, (_, offer) => units[task * offers + offer]!);
  const found: number[] = [];
  const from = (offer: number, at: { left: number; cost: number; least: number }): void => {
    if (offer === offers) {
      if (at.left <= 0 && at.least > -at.left) found.push(at.cost);
      return;
    }
    const most = each[offer] === 0 ? 0 : available[offer]!;
    for (let count = 0; count <= most; count++) {
      from(offer + 1, {
        left: at.left - count * each[offer]!,
        cost: at.cost + count * costs[offer]!,
        least: count > 0 ? Math.min(at.least, each[offer]!) : at.least,
      });
    }
  };
  from(0, { left: needs[task]!, cost: 0, least: Infinity });
  return found.sort((a, b) => a - b);
}

test('all covers within a loss are listed, and no other, each with what it costs more than the best', () => {
  const random = seededRandom(11);
  let listed = 0;
  for (let count = 0; count < 200; count++) {
    const model = coupledModel(randomCovers(random, { tasks: 2, offers: 4, pools: 0 }));
    const all = [0, 1].map((task) => everyCover(model, task));
    if (all.some((covers) => covers.length === 0)) continue;
    const least = Float64Array.from(all, (covers) => covers[0]!);
    const lossMax = 2_000_000;
    const prices = noPrices(model);
    const near = nearCovers(model, { prices, cuts: [], least, lossMax, most: 1000 })!;
    for (const [task, covers] of all.entries()) {
      const losses = near.filter(({ column }) => column.task === task).map(({ loss }) => loss);
      const wanted = covers.map((cost) => cost - covers[0]!).filter((loss) => loss <= lossMax);
      assert.deepEqual(
        losses.toSorted((a, b) => a - b),
        wanted,
        `${count}: task ${task}`,
      );
    }
    listed += near.length;
  }
  assert.ok(listed > 500, `${listed} covers`);
});

test('where there are too many, those of less loss are listed', () => {
  const asked: number[] = [];
  const near = listable(100, (lossMax) => {
    asked.push(lossMax);
    return lossMax > 40 ? null : [];
  });
  assert.deepEqual(near, []);
  assert.ok(asked[0] === 100 && asked.at(-1)! <= 40 && asked.at(-2)! > 40, asked.join());
  assert.equal(
    listable(100, () => null),
    null,
  );
});
