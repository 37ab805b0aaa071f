import assert from 'node:assert/strict';
import { it } from 'node:test';
import { median, p95, percentile, ratios, spreadOf } from './statistics.ts';

it('the median is the middle one, and does not care for the order', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 9, 100]), 10);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([7]), 7);
});

it('one slow run of fifteen shows in the 95th percentile, not in the median', () => {
  const runs = [...Array.from({ length: 14 }, () => 300), 900];
  assert.deepEqual([median(runs), p95(runs)], [300, 900]);
});

it('a percentile is one of the measurements, by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual([p95(hundred), percentile(hundred, 0.5), percentile(hundred, 0)], [95, 50, 1]);
  assert.equal(p95(hundred.slice(0, 20)), 99);
});

it('the spread is from the smallest to the largest', () => {
  assert.deepEqual(spreadOf([10, 9, 100]), [9, 100]);
});

it('ratios pair each run with the baseline beside it', () => {
  assert.deepEqual(ratios([10, 40], [5, 10]), [2, 4]);
  assert.throws(() => ratios([1], []));
});

it('nothing measured has no statistic', () => {
  assert.throws(() => median([]));
  assert.throws(() => p95([]));
});
