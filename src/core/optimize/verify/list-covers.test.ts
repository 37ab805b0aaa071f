import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { randomItems } from './items-for-tests.ts';
import type { Item, Taken } from './least-by-search.ts';
import { listCovers } from './list-covers.ts';

const PLENTY = 1e6;

/** Machines of each item, in words, of all covers that need each of them and cost no more. */
function everyCover(items: readonly Item[], need: number, costMax: number): readonly string[] {
  const found: string[] = [];
  const from = (counts: readonly number[]): void => {
    const item = items[counts.length];
    if (item !== undefined) {
      for (let count = 0; count <= item.cap; count++) from([...counts, count]);
      return;
    }
    const over = counts.reduce((sum, count, at) => sum + count * items[at]!.units, -need);
    const isNeeded = counts.every((count, at) => count === 0 || items[at]!.units > over);
    if (over >= 0 && isNeeded && costOf(items, counts) <= costMax) found.push(counts.join());
  };
  from([]);
  return found.toSorted();
}

function costOf(items: readonly Item[], counts: readonly number[]): number {
  return counts.reduce((sum, count, at) => {
    const { cost, costs } = items[at]!;
    return sum + (costs?.[count] ?? count * cost);
  }, 0);
}

function countsOf(items: readonly Item[], taken: Taken | null): readonly number[] {
  const counts = items.map(() => 0);
  for (let one = taken; one !== null; one = one.before) counts[one.item] = one.count;
  return counts;
}

test('all covers up to a cost are listed that need each of their machines, and no others', () => {
  const random = seededRandom(53);
  let listed = 0;
  for (let count = 0; count < 300; count++) {
    const items = randomItems(random, 1 + (count % 5));
    const [need, costMax] = [1 + Math.floor(random() * 30), Math.floor(random() * 150)];
    const budget = { nodes: PLENTY, covers: PLENTY };
    const found = listCovers(items, need, { costMax, joint: null, budget })!;
    const counts = found.map((taken) => countsOf(items, taken).join()).toSorted();
    assert.deepEqual(counts, everyCover(items, need, costMax), `problem ${count}`);
    listed += found.length;
  }
  assert.ok(listed > 500, `${listed} covers`);
});

test('what covers pay for items together counts', () => {
  const random = seededRandom(54);
  for (let count = 0; count < 100; count++) {
    const items = randomItems(random, 3);
    const both = (taken: Taken | null): number => {
      const [first, second] = countsOf(items, taken);
      return first! > 0 && second! > 0 ? 30 : 0;
    };
    const given = { costMax: 100, budget: { nodes: PLENTY, covers: PLENTY } };
    const found = listCovers(items, 15, { ...given, joint: both })!;
    const all = listCovers(items, 15, { ...given, joint: null })!;
    const cheap = all.filter((one) => costOf(items, countsOf(items, one)) + both(one) <= 100);
    assert.deepEqual(found, cheap, `problem ${count}`);
  }
});

test('more covers or nodes than there may be are none, and all lists share what there may be', () => {
  const items: readonly Item[] = [1, 2, 3].map((cost) => ({ cost, units: 1, cap: 2 }));
  const list = (budget: { nodes: number; covers: number }) =>
    listCovers(items, 2, { costMax: 100, joint: null, budget });
  const budget = { nodes: PLENTY, covers: 10 };
  assert.equal(list(budget)!.length, 6);
  assert.equal(list(budget), null);
  assert.equal(list({ nodes: 2, covers: PLENTY }), null);
});

test('numbers that would not be exact list nothing', () => {
  const items: readonly Item[] = [{ cost: 1, units: 2 ** 30, cap: 1 }];
  const budget = { nodes: PLENTY, covers: PLENTY };
  assert.equal(listCovers(items, 1, { costMax: 2 ** 30, joint: null, budget }), null);
});
