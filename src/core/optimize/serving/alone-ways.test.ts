import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildOffer } from '../../../spec/build-for-tests.ts';
import type { Candidate } from '../../../spec/match.ts';
import { aloneWays } from './alone-ways.ts';
import { MIX } from './mix-for-tests.ts';

function machines(requestsPerSecond: readonly number[], available: number | null = null) {
  const way: Candidate = {
    offer: buildOffer({ available }),
    machines: 1,
    hours: null,
    throughput: null,
    serves: { requestsPerSecond, concurrency: 1 },
  };
  return aloneWays([way], MIX).map((one) => one.machines);
}

describe('one kind of machine for all requests', () => {
  it('is as many as are no busier than they may be', () => {
    // Four of each size a second: 0.4 + 0.8 of one that may be busy for 0.8 of the time.
    assert.deepEqual(machines([10, 5]), [2]);
    assert.deepEqual(machines([20, 10]), [1]);
  });

  it('is none where there are too few of it, or it cannot take a size', () => {
    assert.deepEqual(machines([10, 5], 1), []);
    assert.deepEqual(machines([10, 0]), []);
  });
});
