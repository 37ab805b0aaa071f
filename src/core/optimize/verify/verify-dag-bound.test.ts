import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asMicros } from '../../../base/money.ts';
import { hurried, leastCost, pipelines, triangle } from '../dag/random-pipelines-for-tests.ts';
import type { PlaceProof } from '../model/place-proof.ts';
import type { Problem } from '../model/problem.ts';
import { dagBound } from './verify-dag-bound.ts';

const RUNS = process.env['KEDGE_FULL'] === undefined ? 200 : 20_000;

const names = fc.constantFrom('a/x', 'a/y', 'a/z', 'a/', 'b/x', 'b/y', 'b/z', 'b/', 'nowhere');
const borne = fc.dictionary(names, fc.integer({ min: -40_000_000, max: 40_000_000 }));
const time = fc.record({
  per: fc.constantFrom(1, 1024, 2 ** 20),
  ways: fc.array(
    fc.record({ tasks: fc.array(fc.nat(4), { maxLength: 4 }), price: fc.nat(30_000) }),
    { maxLength: 3 },
  ),
});
const prices = fc.record({
  per: fc.constantFrom(1, 3, 1024),
  pairs: fc.array(fc.record({ from: fc.nat(4), to: fc.nat(4), ofFrom: borne, ofTo: borne }), {
    maxLength: 5,
  }),
});

/** Whatever a searcher might say, and what none would. */
const { proof: proofs } = fc.letrec<{ proof: PlaceProof }>((tie) => ({
  proof: fc.oneof(
    { maxDepth: 3 },
    fc.record({ kind: fc.constant('elimination' as const) }),
    fc.record({
      kind: fc.constant('deadlines' as const),
      views: fc.array(fc.record({ prices, time }), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('prices' as const), prices, rest: fc.constant(null) }),
    fc.record({ kind: fc.constant('prices' as const), prices, rest: tie('proof') }),
    fc.record({
      kind: fc.constant('split' as const),
      task: fc.nat(5),
      places: fc.array(names),
      within: tie('proof'),
      without: tie('proof'),
    }),
  ),
}));

describe('the bound of a pipeline', () => {
  it('is never above the cheapest answer, whatever proof comes with it', () => {
    let close = 0;
    fc.assert(
      fc.property(
        fc.oneof(pipelines, hurried),
        proofs,
        fc.nat(400_000_000),
        (problem, proof, value) => {
          const least = leastCost(problem);
          const bound = dagBound(problem, { value, proof })!;
          assert.ok(bound <= value);
          if (least === null) return;
          assert.ok(bound <= least, `${bound} is above ${least}`);
          if (bound === least) close++;
        },
      ),
      { numRuns: RUNS },
    );
    assert.ok(close > 0, 'no bound was ever close');
  });

  it('of an elimination is the cheapest answer itself', () => {
    fc.assert(
      fc.property(pipelines.map(unlimited), (problem) => {
        const least = leastCost(problem);
        const bound = dagBound(problem, { value: Infinity, proof: { kind: 'elimination' } });
        assert.equal(bound, least ?? Infinity);
      }),
      { numRuns: RUNS },
    );
  });

  it('knows that who takes data pays for them, out of a budget of its own', () => {
    const transfer = 7 * 20_000;
    const alone = triangle.offers[0]!.nanosPerHour / 1000;
    const boundWith = (budget: number): number | null => {
      const limits = { ...triangle.limits, budgetMicros: asMicros(budget) };
      const tasks = [triangle.tasks[0]!, { ...triangle.tasks[1]!, limits }];
      const apart = [{ tasks: [0, 1], by: 'region' as const }];
      const problem = { ...triangle, tasks, transfers: triangle.transfers.slice(0, 1), apart };
      return dagBound(problem, { value: Infinity, proof: { kind: 'elimination' } });
    };
    assert.equal(boundWith(alone + transfer), 2 * alone + transfer);
    assert.equal(boundWith(alone + transfer - 1), Infinity);
  });

  it('is nothing where a price is no whole number, or too large to be added exactly', () => {
    const boundAt = (price: number): number | null => {
      const ofFrom = Object.fromEntries(
        triangle.routes.flatMap(({ from, to }) => [from, to]).map((place) => [place, price]),
      );
      const pairs = [{ from: 0, to: 1, ofFrom, ofTo: {} }];
      const proof: PlaceProof = { kind: 'prices', prices: { per: 1, pairs }, rest: null };
      return dagBound(triangle, { value: Infinity, proof });
    };
    assert.ok(boundAt(7)! > 0);
    for (const price of [0.5, Number.NaN, Infinity, 2 ** 52]) assert.equal(boundAt(price), 0);
  });

  it('is none for another objective, or for work that is shared', () => {
    const [problem] = fc.sample(pipelines, { numRuns: 1, seed: 8 });
    const places = { value: 5, proof: { kind: 'elimination' } } as const;
    const ofTime = { ...problem!, objective: { minimize: 'time' as const } };
    assert.equal(dagBound(ofTime, places), null);
    const work = { kind: 'divisible', per: 'hour', units: 1, options: [] } as const;
    const shared = { ...problem!, tasks: [{ ...problem!.tasks[0]!, work }] };
    assert.equal(dagBound(shared, places), null);
  });
});

function unlimited(problem: Problem): Problem {
  return { ...problem, offers: problem.offers.map((offer) => ({ ...offer, available: null })) };
}
