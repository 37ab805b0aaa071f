import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asRate } from '../../../base/money.ts';
import { buildTask, buildTaskFile } from '../../../spec/build-for-tests.ts';
import type { Route } from '../model/problem.ts';
import { listRoutes } from './list-routes.ts';
import { transfersOf } from './transfers-of.ts';

const GRID: readonly Route[] = [
  route('aws/us-east-1', 'aws/us-west-2', 20),
  route('aws/us-east-1', 'gcp/us-central1', 90),
  route('aws/af-south-1', 'aws/us-east-1', 147),
  route('gcp/us-central1', 'aws/us-east-1', 120),
  route('gcp/us-central1', 'aws/af-south-1', 190),
];

describe('what data cost between the places of a plan', () => {
  it('is what the grid says where it knows the pair', () => {
    assert.deepEqual(listRoutes(['aws/us-east-1', 'aws/us-west-2'], [GRID[0]!]), [
      GRID[0],
      { ...route('aws/us-west-2', 'aws/us-east-1', 20), gigabitsPerSecond: null },
    ]);
  });

  it('is else the dearest known price from that region, then from that provider', () => {
    assert.equal(priceOf('gcp/us-central1', 'lambda/us-east-1'), 190);
    assert.equal(priceOf('aws/us-east-1', 'lambda/us-east-1'), 90);
    assert.equal(priceOf('aws/mx-central-1', 'aws/us-east-1'), 147);
    assert.equal(priceOf('aws/us-east-1', 'aws/mx-central-1'), 20);
  });

  it('is a list price of the provider where it has one for all', () => {
    assert.equal(priceOf('oci/', 'aws/us-east-1'), 8.5);
    assert.equal(priceOf('nebius/us-central1', 'aws/us-east-1'), 0);
  });

  it('is not made up: where nobody states a price, no route leads', () => {
    assert.equal(priceOf('runpod/', 'aws/us-east-1'), null);
    assert.equal(priceOf('constructor/x', 'aws/us-east-1'), null);
  });
});

describe('what tasks hand to each other', () => {
  it('is all that a task puts out, to each that needs it', () => {
    const file = buildTaskFile(
      [
        buildTask({ outputBytes: 50_500_000_000 }),
        buildTask(),
        buildTask({ outputBytes: 1 }),
        buildTask(),
      ],
      [[], [0], [0, 1], [1]],
    );
    assert.deepEqual(transfersOf(file), [
      { from: 0, to: 1, gigabytes: 50.5 },
      { from: 0, to: 2, gigabytes: 50.5 },
    ]);
  });
});

/** Thousandths of a dollar for a gigabyte. */
function priceOf(from: string, to: string): number | null {
  const found = listRoutes([from, to], GRID).find((one) => one.from === from && one.to === to);
  return found === undefined ? null : found.nanosPerGigabyte / 1e6;
}

function route(from: string, to: string, thousandths: number): Route {
  return { from, to, nanosPerGigabyte: asRate(thousandths * 1e6), gigabitsPerSecond: 5 };
}
