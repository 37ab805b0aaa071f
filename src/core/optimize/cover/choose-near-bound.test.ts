import assert from 'node:assert/strict';
import test from 'node:test';
import { KedgeError } from '../../../base/errors.ts';
import { type Random, seededRandom } from '../../../base/rng.ts';
import type { Pool } from '../../../ports/pool.ts';
import { searchTree, type TreeAnswer, type TreeJob } from './choice/choose-by-tree.ts';
import { chooseNearBound } from './choose-near-bound.ts';
import { ColumnPool } from './column-pool.ts';
import { coupledModel } from './coupled-model.ts';
import { cheapestOfAll, randomCovers, searchOptions } from './cover-for-tests.ts';
import { CoverState } from './cover-state.ts';
import { priceNearCovers } from './price-near-covers.ts';

const NONE = { cuts: [], halves: [], halfPrices: new Float64Array(0) };

const { clock } = searchOptions();
const FOREVER = { clock, endMs: Infinity };

/** Threads that do as they are told. */
function threads(run: Pool<TreeJob, TreeAnswer>['run']) {
  const log = { closed: 0 };
  const pool: Pool<TreeJob, TreeAnswer> = {
    run,
    close: async () => {
      log.closed++;
    },
  };
  return { trees: async () => pool, log };
}

test('what is good enough is found where there is such an answer', async () => {
  const random = seededRandom(88);
  for (let count = 0; count < 100; count++) {
    const { model, given, halved, least } = covered(random);
    const options = { ...FOREVER, costGoal: least, random };
    const found = await chooseNearBound(model, given, halved, options);
    assert.ok(found.cost <= least + 1e-6, `problem ${count}: ${found.cost}, not ${least}`);
  }
});

test('where nothing is good enough, some tasks choose anew until nothing better is near', async () => {
  const random = seededRandom(89);
  let [better, best] = [0, 0];
  for (let count = 0; count < 100; count++) {
    const { model, given, halved, least } = covered(random);
    const options = { ...FOREVER, costGoal: least - 1, random };
    const found = await chooseNearBound(model, given, halved, options);
    assert.ok(found.cost >= least - 1e-6 && found.cost <= given.cost, `problem ${count}`);
    if (found.cost < given.cost) better++;
    if (found.cost <= least + 1e-6) best++;
  }
  assert.ok(better > 10, `${better} are better than what was given`);
  assert.ok(best > 60, `${best} are the best that there is`);
});

test('without time, the given covers are the answer', async () => {
  const random = seededRandom(90);
  const { model, given, halved, least } = covered(random);
  const options = { clock, endMs: 0, costGoal: least - 1, random };
  assert.equal(await chooseNearBound(model, given, halved, options), given);
});

test('what another thread finds ends the search, and the threads are ended after', async () => {
  const random = seededRandom(91);
  for (let count = 0; count < 30; count++) {
    const { model, given, halved, least } = covered(random);
    const { trees, log } = threads(async (job) => searchTree(job));
    const options = { ...FOREVER, costGoal: least, random, trees };
    const found = await chooseNearBound(model, given, halved, options);
    assert.ok(found.cost <= least + 1e-6, `problem ${count}: ${found.cost}, not ${least}`);
    assert.equal(log.closed, 1);
  }
});

test('a thread that fails takes nothing with it', async () => {
  const random = seededRandom(92);
  const { model, given, halved, least } = covered(random);
  const { trees, log } = threads(async () => {
    throw new KedgeError('pool.failed', 'its thread ended with 1', {});
  });
  const options = { ...FOREVER, costGoal: least - 1, random, trees };
  const found = await chooseNearBound(model, given, halved, options);
  assert.ok(found.cost <= given.cost && log.closed === 1);
});

/** A small problem whose tasks took one after another what is cheapest, and a bound by prices at random. */
function covered(random: Random) {
  for (;;) {
    const problem = randomCovers(random, { tasks: 3, offers: 3, pools: 0 });
    const least = cheapestOfAll(problem);
    if (least === null) continue;
    const model = coupledModel(problem);
    const given = new CoverState(model);
    const known = new ColumnPool(model.tasks);
    const prices = {
      offers: Float64Array.from({ length: model.offers }, () => Math.floor(random() * 4e6)),
      pools: new Float64Array(0),
      cuts: new Float64Array(0),
    };
    for (let task = 0; task < model.tasks; task++) {
      const column = given.fill(task, prices, { cellsMax: 1e6, gap: 0 });
      if (column === null) break;
      given.put(column);
      known.add(column);
    }
    if (given.columns().length < model.tasks) continue;
    const { found } = priceNearCovers(model, { ...NONE, prices }, known)!;
    return { model, given, halved: found, least };
  }
}
