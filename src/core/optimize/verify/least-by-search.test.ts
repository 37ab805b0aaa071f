import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { randomItems } from './items-for-tests.ts';
import { type Item, leastByDeepening } from './least-by-search.ts';
import { leastByTable } from './least-by-table.ts';

function cheapestOfAll(items: readonly Item[], need: number): number {
  const [item, ...others] = items;
  if (item === undefined) return need <= 0 ? 0 : Infinity;
  const counts = Array.from({ length: item.cap + 1 }, (_, count) => count);
  return Math.min(
    ...counts.map((count) => {
      const cost = item.costs?.[count] ?? count * item.cost;
      return cost + cheapestOfAll(others, need - count * item.units);
    }),
  );
}

test('what items cost at least is found where there are nodes enough', () => {
  const random = seededRandom(51);
  for (let count = 0; count < 300; count++) {
    const items = randomItems(random, 1 + (count % 5));
    const need = 1 + Math.floor(random() * 30);
    const { least } = leastByDeepening(items, need, { nodesMax: 1e6 });
    assert.equal(least, cheapestOfAll(items, need), `problem ${count}`);
  }
});

test('a table tells the same, and nothing where it takes too many steps', () => {
  const random = seededRandom(53);
  for (let count = 0; count < 300; count++) {
    const items = randomItems(random, 1 + (count % 5));
    const need = 1 + Math.floor(random() * 30);
    assert.equal(leastByTable(items, need, 1e6), cheapestOfAll(items, need), `problem ${count}`);
    assert.equal(leastByTable(items, need, need - 1), null);
  }
});

test('with too few nodes, what is said to be the least is never above it', () => {
  const random = seededRandom(52);
  let below = 0;
  for (let count = 0; count < 600; count++) {
    const items = randomItems(random, 2 + (count % 4));
    const need = 10 + Math.floor(random() * 20);
    const { least, isReached } = leastByDeepening(items, need, { nodesMax: count % 40 });
    const cheapest = cheapestOfAll(items, need);
    assert.ok(!isReached || least === cheapest, `problem ${count}: ${least} is not the least`);
    assert.ok(least <= cheapest, `problem ${count}: ${least} is above ${cheapest}`);
    if (least < cheapest) below++;
  }
  assert.ok(below > 100, `${below} searches were too short`);
});
