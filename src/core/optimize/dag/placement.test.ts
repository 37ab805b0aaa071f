import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../../base/rng.ts';
import { eliminate } from './eliminate.ts';
import { eliminationOrder } from './elimination-order.ts';
import { decode, improve, shake } from './improve.ts';
import { messagesFrom, nodeBound, nothingBorne, passMessages } from './messages.ts';
import { choiceCost } from './placement.ts';
import { everyChoice, leastOf, placements, sound } from './random-placements-for-tests.ts';
import { boundMicros, reduce, slackOf, surcharges, worthwhile } from './reduced.ts';

const RUNS = process.env['KEDGE_FULL'] === undefined ? 100 : 20_000;

describe('elimination', () => {
  it('finds the choice that costs least, where it costs no more than it may', () => {
    fc.assert(
      fc.property(placements, fc.nat(200), (placement, slack) => {
        const best = leastOf(placement);
        const sizes = placement.nodes.map(({ places }) => places.length);
        const order = eliminationOrder(sizes, placement.pairs);
        const found = eliminate(placement, order, { slack, sumsMax: Infinity });
        assert.equal(found.kind, best > slack ? 'none' : 'best');
        if (found.kind !== 'best') return;
        assert.equal(found.cost, best);
        assert.equal(choiceCost(placement, found.choice), best);
        const few = eliminate(placement, order, { slack, sumsMax: 3 });
        assert.ok(few.kind === 'too-long' || few.kind === 'best');
      }),
      { numRuns: RUNS },
    );
  });

  it('is ordered so that a tree has no table of more than one task', () => {
    const pairs = [0, 0, 1, 1, 2, 2].map((low, index) => ({ low, high: index + 1 }));
    const { nodes, entries, work } = eliminationOrder(pairs.map(() => 10).concat(10), pairs);
    assert.equal(new Set(nodes).size, 7);
    assert.equal(entries, 6 * 10 + 1);
    assert.equal(work, 6 * 100 + 10);
  });
});

describe('messages', () => {
  it('bound every choice from below, and ever more closely', () => {
    fc.assert(
      fc.property(sound, (placement) => {
        const messages = messagesFrom(placement, nothingBorne(placement));
        let before = -Infinity;
        for (let pass = 0; pass < 5; pass++) {
          passMessages(messages);
          const bound = nodeBound(messages);
          assert.ok(bound >= before - 1e-9, `${bound} after ${before}`);
          assert.ok(bound <= leastOf(placement) + 1e-9);
          before = bound;
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('need one pass on a chain', () => {
    const chains = sound.map(({ nodes, pairs }) => ({
      nodes,
      pairs: pairs.filter(({ low, high }) => high === low + 1),
    }));
    fc.assert(
      fc.property(chains, (placement) => {
        const messages = messagesFrom(placement, nothingBorne(placement));
        passMessages(messages);
        assert.ok(nodeBound(messages) >= leastOf(placement) - 1e-9);
        assert.equal(
          choiceCost(placement, improve(placement, decode(messages))),
          leastOf(placement),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('rounded, say exactly what each place adds at least', () => {
    fc.assert(
      fc.property(sound, fc.integer({ min: 1, max: 4 }), (placement, passes) => {
        const messages = messagesFrom(placement, nothingBorne(placement));
        for (let pass = 0; pass < passes; pass++) passMessages(messages);
        const reduced = reduce(messages);
        assert.ok(boundMicros(reduced) <= leastOf(placement));
        const extra = surcharges(reduced);
        for (const choice of everyChoice(placement)) {
          const parts = choiceCost(placement, choice) * reduced.prices.per;
          for (const [node, place] of choice.entries()) {
            assert.ok(reduced.bound + extra[node]![place]! <= parts);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('leave every place of a choice that is cheaper than the value', () => {
    fc.assert(
      fc.property(sound, fc.integer({ min: 1, max: 200 }), (placement, value) => {
        const messages = messagesFrom(placement, nothingBorne(placement));
        passMessages(messages);
        const reduced = reduce(messages);
        const kept = worthwhile(reduced, value);
        for (const choice of everyChoice(placement)) {
          if (choiceCost(placement, choice) >= value) continue;
          assert.ok(slackOf(reduced, value) >= 0);
          for (const [node, place] of choice.entries()) assert.ok(kept[node]!.includes(place));
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('moves', () => {
  it('never make a choice dearer, and end where no move of one task helps', () => {
    fc.assert(
      fc.property(placements, fc.nat(1000), (placement, which) => {
        const all = everyChoice(placement);
        const from = all[which % all.length]!;
        const found = improve(placement, from);
        const cost = choiceCost(placement, found);
        assert.ok(cost <= choiceCost(placement, from));
        for (const [node, { places }] of placement.nodes.entries()) {
          for (const place of places.keys()) {
            assert.ok(choiceCost(placement, found.with(node, place)) >= cost);
          }
        }
        const shaken = shake(placement, found, { random: seededRandom(which), times: 10 });
        assert.ok(choiceCost(placement, shaken) <= cost);
      }),
      { numRuns: RUNS },
    );
  });
});
