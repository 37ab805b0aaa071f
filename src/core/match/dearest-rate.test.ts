import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateFromUsd } from '../../base/money.ts';
import { buildOffer } from '../../spec/build-for-tests.ts';
import type { Candidate } from '../../spec/match.ts';
import { dearestRate } from './dearest-rate.ts';
import { PASSES } from './requirement.ts';
import { TOO_LARGE } from './too-large.ts';

/** $2 an hour, and so much from the fifth hour on. */
function way(hours: number, laterUsd: number): Candidate {
  const laterPrices = [{ fromS: 5 * 3600, nanosPerHour: rateFromUsd(laterUsd) }];
  const offer = { ...buildOffer({ nanosPerHour: rateFromUsd(2) }), laterPrices };
  return {
    offer,
    machines: 1000,
    hours: { low: hours, mid: hours, high: hours },
    throughput: null,
  };
}

describe('the most that an hour of a machine costs', () => {
  it('counts a later price as far as the run reaches it', () => {
    assert.equal(dearestRate(way(5, 7)), rateFromUsd(2));
    assert.equal(dearestRate(way(6, 7)), rateFromUsd(7));
  });

  it('is what tells that a task is too large to reckon with', () => {
    assert.equal(TOO_LARGE.distance(way(5, 999_999)), PASSES);
    assert.notEqual(TOO_LARGE.distance(way(6, 999_999)), PASSES);
  });
});
