import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import type { Problem } from '../model/problem.ts';
import { problemBound } from '../verify/problem-bound.ts';
import { countPrices } from './count-prices.ts';
import { coupledModel } from './coupled-model.ts';
import { cheapestOfAll } from './cover-for-tests.ts';
import { countInRow, rowOfOffer } from './half-cuts.ts';
import { coversNearHalves, priceNearCovers, type RowPrices } from './price-near-covers.ts';
import { randomPrices } from './row-prices-for-tests.ts';

test('what prices of half cuts are said to prove, the checker proves from the certificate', () => {
  const random = seededRandom(71);
  let higher = 0;
  for (let count = 0; count < 150; count++) {
    const { problem, given, known } = randomPrices(random, count);
    const model = coupledModel(problem);
    const priced = priceNearCovers(model, given, known);
    assert.ok(priced !== null, `problem ${count} is small`);
    const { bound } = priced.found;
    const least = cheapestOfAll(problem) ?? Infinity;
    assert.ok(bound <= least + 1e-6, `problem ${count}: ${bound} is above ${least}`);
    const proven = provenBy(problem, given);
    assert.ok(proven >= bound - 1e-6, `problem ${count}: ${proven} is below ${bound}`);
    if (proven > provenBy(problem, { ...given, halves: [] })) higher++;
  }
  assert.ok(higher > 5, `${higher} half cuts help`);
});

test('covers near such prices are all that lose no more, each with what it loses', () => {
  const random = seededRandom(72);
  for (let count = 0; count < 100; count++) {
    const { problem, given, known } = randomPrices(random, count);
    const model = coupledModel(problem);
    const { found } = priceNearCovers(model, given, known)!;
    const wide = coversNearHalves(model, found, { lossMax: 4e6, most: 5000 })!;
    const near = coversNearHalves(model, found, { lossMax: 1e6, most: 5000 })!;
    assert.deepEqual(
      near,
      wide.filter(({ loss }) => loss <= 1e6),
    );
    for (let task = 0; task < model.tasks; task++) {
      const losses = near.filter(({ column }) => column.task === task).map(({ loss }) => loss);
      assert.ok(Math.abs(Math.min(...losses)) < 1, `problem ${count}: the best loses nothing`);
    }
  }
});

function provenBy(problem: Problem, given: RowPrices): number {
  const { available, tasks } = coupledModel(problem);
  const covers = countPrices(available, tasks, given);
  const none = { of: 0, per: 1 };
  const duals = { pools: [], offers: [], budget: none, tasks: [] };
  return problemBound(problem, { proof: 'duals', duals, covers })!;
}

test('a half of a half counts what is left after both are rounded down', () => {
  const whole = rowOfOffer(0, 9, 1);
  const half = { rows: [whole], tasks: Uint8Array.of(1), right: 5 };
  const quarter = { rows: [half], tasks: Uint8Array.of(1), right: 3 };
  const counts = [0, 1, 2, 3, 4, 5].map((machines) =>
    countInRow(quarter, { task: 0, bought: [[0, machines]] }),
  );
  assert.deepEqual(counts, [0, 1, 1, 1, 1, 2]);
});
