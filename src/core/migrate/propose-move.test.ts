import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { rateFromUsd, usd, usdPerUnit } from '../../base/money.ts';
import { buildOffer } from '../../spec/build-for-tests.ts';
import type { Candidate } from '../../spec/match.ts';
import { hireCost } from '../match/hire-cost.ts';
import { LEAST_SAVING, proposeMove } from './propose-move.ts';

function way(place: string, usdPerHour: number, hours: number | null, machines = 1): Candidate {
  return {
    offer: buildOffer({ id: place, place, nanosPerHour: rateFromUsd(usdPerHour) }),
    machines,
    hours: hours === null ? null : { low: hours, mid: hours, high: hours },
    throughput: null,
  };
}

describe('to keep a task or to haul it elsewhere', () => {
  it('moves where less is left to pay, the move included, and says when it has paid for itself', () => {
    const proposal = proposeMove(way('here', 10, 20), [way('there', 6, 20)], { hours: 0.5 });
    assert.ok(proposal.kind === 'move');
    assert.equal(proposal.to.offer.place, 'there');
    // Stay: 20 h × $10. Leave: half an hour of both, then 20 h × $6.
    assert.equal(usd(proposal.savesMicros!), 200 - (5 + 3 + 120));
    assert.equal(usdPerUnit(proposal.savesNanosPerHour!), 4);
    assert.equal(proposal.paybackHours, 2);
  });

  it('takes the best of several, counting all its machines', () => {
    const others = [way('dear', 8, 10), way('cheap', 2, 10), way('many', 1, 10, 5)];
    const proposal = proposeMove(way('here', 10, 10), others, { hours: 0.1 });
    assert.equal(proposal.kind === 'move' && proposal.to.offer.place, 'cheap');
  });

  it('moves to a dearer place that is so much faster that less is paid in the end', () => {
    const proposal = proposeMove(way('here', 10, 100), [way('fast', 20, 10)], { hours: 0.5 });
    assert.ok(proposal.kind === 'move' && proposal.savesNanosPerHour === null);
    assert.equal(usd(proposal.savesMicros!), 1000 - (5 + 210));
    assert.equal(proposal.paybackHours, 10.5);
  });

  it('keeps what costs nearly the same: two places of one price never take turns', () => {
    const proposal = proposeMove(way('here', 10, 100), [way('there', 9.5, 100)], { hours: 0.1 });
    assert.ok(proposal.kind === 'keep');
    assert.match(proposal.reason, /there saves 4\.\d %; a move must save 10 %/);
  });

  it('keeps a task that is over before the move has paid for itself', () => {
    const proposal = proposeMove(way('here', 10, 1), [way('there', 5, 1)], { hours: 1 });
    assert.ok(proposal.kind === 'keep');
    assert.match(proposal.reason, /costs \d+ % more, with the move itself/);
  });

  it('keeps it where nothing is cheaper', () => {
    const proposal = proposeMove(way('here', 5, 1), [way('there', 5, 1)], { hours: 1 });
    assert.match(proposal.kind === 'keep' ? proposal.reason : '', /no place .* costs less/);
  });

  it('without hours it goes by the payback: within a day or not at all', () => {
    const move = proposeMove(way('here', 10, null), [way('there', 5, null)], { hours: 1 });
    assert.ok(move.kind === 'move' && move.savesMicros === null && move.paybackHours === 3);
    const keep = proposeMove(way('here', 10, null), [way('there', 5, null)], { hours: 9 });
    assert.equal(keep.kind, 'keep');
  });

  it('law: a proposed move always leaves less to pay, and there is no moving back', () => {
    const ways = fc.record({
      price: fc.integer({ min: 1, max: 5000 }).map((cents) => cents / 100),
      hours: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(ways, fc.array(ways, { maxLength: 5 }), fc.nat(30), (at, all, tenths) => {
        const here = way('here', at.price, at.hours);
        const others = all.map(({ price, hours }, index) => way(`p${index}`, price, hours));
        const changeover = { hours: tenths / 10 };
        const proposal = proposeMove(here, others, changeover);
        if (proposal.kind === 'keep') return;
        const stay = hireCost(here.offer, { machines: 1, hours: at.hours });
        assert.ok(proposal.savesMicros! >= LEAST_SAVING * stay);
        assert.equal(proposeMove(proposal.to, [here], changeover).kind, 'keep');
      }),
    );
  });
});
