import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../../base/rng.ts';
import { eliminate } from './eliminate.ts';
import { eliminationOrder } from './elimination-order.ts';
import { decode, improve, shake } from './improve.ts';
import { messagesFrom, nodeBound, nothingBorne, passMessages } from './messages.ts';
import { type Choice, choiceCost, type Placement, possible, restrict } from './placement.ts';
import { boundMicros, reduce, slackOf, surcharges, worthwhile } from './reduced.ts';

const RUNS = process.env['KEDGE_FULL'] === undefined ? 100 : 20_000;

const costs = fc.nat(50);
const pairCosts = fc.oneof(
  { weight: 5, arbitrary: costs },
  { weight: 1, arbitrary: fc.constant(Infinity) },
);

const placements: fc.Arbitrary<Placement> = fc
  .record({
    nodes: fc.array(fc.array(costs, { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 5,
    }),
    pairs: fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(4)), {
      maxLength: 8,
      selector: ([a, b]) => Math.min(a, b) * 5 + Math.max(a, b),
    }),
    fill: fc.array(pairCosts, { minLength: 128, maxLength: 128 }),
  })
  .map(({ nodes, pairs, fill }): Placement => {
    let at = 0;
    return {
      nodes: nodes.map((own, task) => ({
        task,
        places: own.map((_, place) => `place ${place}`),
        options: own.map((_, place) => place),
        costs: Float64Array.from(own),
      })),
      pairs: pairs
        .filter(([a, b]) => a !== b && a < nodes.length && b < nodes.length)
        .map(([a, b]) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          const size = nodes[low]!.length * nodes[high]!.length;
          return { low, high, costs: Float64Array.from({ length: size }, () => fill[at++ % 128]!) };
        }),
    };
  });

/** Of which every place can be part of something. */
const sound = placements
  .map((placement) => {
    const kept = possible(placement);
    return kept === null ? null : restrict(placement, kept);
  })
  .filter((placement) => placement !== null);

describe('elimination', () => {
  it('finds the choice that costs least, where it costs no more than it may', () => {
    fc.assert(
      fc.property(placements, fc.nat(200), (placement, slack) => {
        const best = leastOf(placement);
        const sizes = placement.nodes.map(({ places }) => places.length);
        const found = eliminate(placement, eliminationOrder(sizes, placement.pairs), slack);
        if (best > slack) {
          assert.equal(found, null);
          return;
        }
        assert.equal(found?.cost, best);
        assert.equal(choiceCost(placement, found!.choice), best);
      }),
      { numRuns: RUNS },
    );
  });

  it('is ordered so that a tree has no table of more than one task', () => {
    const pairs = [0, 0, 1, 1, 2, 2].map((low, index) => ({ low, high: index + 1 }));
    const { nodes, largest, work } = eliminationOrder(pairs.map(() => 10).concat(10), pairs);
    assert.equal(new Set(nodes).size, 7);
    assert.equal(largest, 10);
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

function everyChoice({ nodes }: Placement): readonly Choice[] {
  return nodes.reduce<readonly Choice[]>(
    (all, { places }) => all.flatMap((choice) => [...places.keys()].map((at) => [...choice, at])),
    [[]],
  );
}

function leastOf(placement: Placement): number {
  return Math.min(...everyChoice(placement).map((choice) => choiceCost(placement, choice)));
}
