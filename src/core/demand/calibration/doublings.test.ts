import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doublingsOf } from './doublings.ts';
import { floorOf } from './predictive-spread.ts';

test('devices of a training and requests of a replica are counted in doublings of one', () => {
  const work = { devices: 1024, concurrency: 64 };
  assert.equal(doublingsOf(work, 'training-tokens'), 10);
  assert.equal(doublingsOf(work, 'time-per-token'), 6);
  assert.equal(doublingsOf(work, 'peak-memory'), 0);
  assert.equal(doublingsOf({ devices: 8, concurrency: null }, 'output-tokens'), 0);
});

test('one device alone is as unsure as the floor says, a thousand more', () => {
  const width = { floor: 0.1, doubling: 0.02 };
  assert.equal(floorOf(width, 0), 0.1);
  assert.equal(floorOf(width, 10), Math.hypot(0.1, 0.2));
});
