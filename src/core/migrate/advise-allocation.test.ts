import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rateFromUsd, usd } from '../../base/money.ts';
import { asEpochMs, HOUR_MS, MINUTE_MS } from '../../base/time.ts';
import { buildAllocation, buildOffer } from '../../spec/build-for-tests.ts';
import type { Candidate } from '../../spec/match.ts';
import { adviseAllocation, paybackMs } from './advise-allocation.ts';

const NOW = asEpochMs(1_800_000_000_000);

function way(
  id: string,
  usdPerHour: number,
  hours: number | null = null,
  throughput: number | null = null,
): Candidate {
  return {
    offer: buildOffer({ id, place: id, nanosPerHour: rateFromUsd(usdPerHour) }),
    machines: 1,
    hours: hours === null ? null : { low: hours, mid: hours, high: hours },
    throughput,
  };
}

function advise(over: Partial<Parameters<typeof adviseAllocation>[0]> = {}) {
  return adviseAllocation({
    allocation: 0,
    here: buildAllocation({ offerId: 'here', place: 'here', nanosPerHour: rateFromUsd(10) }),
    way: way('here', 10, 20),
    candidates: [way('here', 10, 20), way('there', 5, 20)],
    hoursLeft: { low: 10, mid: 10, high: 10 },
    measured: null,
    fitted: null,
    changeover: { hours: 0.1 },
    notBefore: null,
    now: NOW,
    lineOf: ({ offer }) => buildAllocation({ offerId: offer.id }),
    ...over,
  });
}

describe('a run that goes on', () => {
  it('is advised to move where what is left of it costs less, the move included', () => {
    const advice = advise();
    assert.equal(advice.action, 'move');
    assert.equal(advice.to?.offerId, 'there');
    // Ten hours are left of twenty: $100 to stay, $50 and six minutes of both to leave.
    assert.equal(usd(advice.savesMicros!), 100 - 50 - 1.5);
  });

  it('stays when little is left: the move would cost more than it saves', () => {
    const advice = advise({ hoursLeft: { low: 0.1, mid: 0.1, high: 0.1 } });
    assert.equal(advice.action, 'keep');
    assert.match(advice.reason, /there costs/);
  });

  it('counts the time that the other place takes for the rest', () => {
    const slow = advise({ candidates: [way('here', 10, 20), way('there', 5, 60)] });
    assert.equal(slow.action, 'keep');
  });

  it('takes as many machines of a slower kind as do the same work', () => {
    const advice = advise({
      way: way('here', 10, null, 100),
      candidates: [way('there', 2, null, 30)],
    });
    assert.equal(advice.action, 'move');
    // Four machines of 30 do in 100/120 of the time what one of 100 does.
    assert.equal(
      usd(advice.savesMicros!).toFixed(2),
      (100 - 1 - 0.8 - (8 * 10 * 100) / 120).toFixed(2),
    );
  });

  it('stays until its last move has paid for itself, and says until when', () => {
    const notBefore = asEpochMs(NOW + 30 * MINUTE_MS);
    const advice = advise({ notBefore });
    assert.equal(advice.action, 'keep');
    assert.equal(advice.to, null);
    assert.match(advice.reason, /has not paid for itself for another 30/);
    assert.equal(advise({ notBefore: NOW }).action, 'move');
  });

  it('is compared by the price at which it was hired, even if that offer is gone', () => {
    const advice = advise({ way: null, candidates: [way('there', 5)] });
    assert.equal(advice.action, 'move');
  });
});

describe('how long a move takes to pay for itself', () => {
  const at = (usdPerHour: number) => buildAllocation({ nanosPerHour: rateFromUsd(usdPerHour) });

  it('is what both places cost meanwhile, over what an hour saves', () => {
    assert.equal(paybackMs({ from: at(10), to: at(6) }, HOUR_MS), 4 * HOUR_MS);
  });

  it('is a day for a move to a dearer place, which somebody has wished for', () => {
    assert.equal(paybackMs({ from: at(5), to: at(6) }, MINUTE_MS), 24 * HOUR_MS);
  });

  it('is a quarter of an hour at least: two places never take turns within it', () => {
    const price = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(price, price, fc.integer({ min: 0, max: HOUR_MS }), (from, to, took) => {
        assert.ok(paybackMs({ from: at(from), to: at(to) }, took) >= HOUR_MS / 4);
      }),
    );
  });
});
