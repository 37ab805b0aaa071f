import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../../base/rng.ts';
import { relaxCover } from './cover-at-prices.ts';
import { roundUp } from './round-up.ts';

test('a relaxed cover is rounded to a whole one that covers, keeps caps and costs what it says', () => {
  const random = seededRandom(61);
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  for (let count = 0; count < 300; count++) {
    const draw = (most: number) => Float64Array.from({ length: 1 + (count % 8) }, () => upTo(most));
    const items = { costs: draw(50), units: draw(20), caps: draw(4) };
    const need = upTo(60);
    const relaxed = relaxCover(items, need);
    if (relaxed === null) continue;
    const { cost, bought } = roundUp(items, relaxed);
    const sum = (values: Float64Array) => bought.reduce((all, [i, n]) => all + values[i]! * n, 0);
    assert.ok(sum(items.units) >= need, `problem ${count} is covered`);
    assert.ok(bought.every(([item, n]) => n > 0 && n <= items.caps[item]!));
    assert.equal(new Set(bought.map(([item]) => item)).size, bought.length);
    assert.ok(Math.abs(sum(items.costs) - cost) < 1e-6, `problem ${count} costs ${cost}`);
  }
});

test('one machine is left out where another one then costs less in all', () => {
  const items = {
    costs: Float64Array.of(4, 9, 5),
    units: Float64Array.of(4, 8, 4),
    caps: Float64Array.of(1, 1, 1),
  };
  const { cost } = roundUp(items, relaxCover(items, 8)!);
  assert.equal(cost, 9);
});
