import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asMicros } from '../../../base/money.ts';
import { hurried, leastCost, pipelines, triangle } from '../dag/random-pipelines-for-tests.ts';
import type { PlaceProof } from '../model/place-proof.ts';
import type { Problem } from '../model/problem.ts';
import { dagCosts } from './dag-costs.ts';
import { withoutDominated } from './dominated-places.ts';
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
      kind: fc.constant('dominated' as const),
      drops: fc.array(fc.record({ task: fc.nat(5), places: fc.array(fc.tuple(names, names)) }), {
        maxLength: 4,
      }),
      rest: tie('proof'),
    }),
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

  it('of two places that would each do for the other keeps one', () => {
    const both = triangle.offers.map(({ provider, region }) => `${provider}/${region}`);
    const [x, y] = both as [string, string];
    const alone = { ...triangle, transfers: [], apart: [] };
    const drops = [0, 1, 2].map((task) => ({ task, places: [[x, y] as const, [y, x] as const] }));
    const rest: PlaceProof = { kind: 'elimination' };
    const least = leastCost(alone)!;
    assert.equal(
      dagBound(alone, { value: least + 9, proof: { kind: 'dominated', drops, rest } }),
      least,
    );
  });

  it('is that of all places, whichever a proof wants to drop for which', () => {
    let fewer = 0;
    const all = ['a/x', 'a/y', 'a/z', 'a/', 'b/x', 'b/y', 'b/z', 'b/'];
    const moves = all.flatMap((place) => all.map((by): readonly [string, string] => [place, by]));
    const drops = fc.array(
      fc.record({ task: fc.nat(4), places: fc.shuffledSubarray(moves, { minLength: 20 }) }),
      { minLength: 5, maxLength: 10 },
    );
    fc.assert(
      fc.property(
        pipelines.map(unlimited),
        drops,
        prices,
        fc.nat(9),
        (problem, some, one, more) => {
          const least = leastCost(problem);
          if (least === null) return;
          const rest: PlaceProof = {
            kind: 'dominated',
            drops: some,
            rest: { kind: 'elimination' },
          };
          const value = more === 0 ? Infinity : least + more;
          assert.equal(dagBound(problem, { value, proof: rest }), least);
          const priced: PlaceProof = { kind: 'prices', prices: one, rest };
          assert.equal(dagBound(problem, { value, proof: priced }), least);
          const costs = dagCosts(problem, value);
          const left = costs.places.map((own) => [...own.keys()]);
          const thin = withoutDominated(some, { costs, left, rivals: left }).left;
          if (thin.flat().length < left.flat().length) fewer++;
        },
      ),
      { numRuns: RUNS, seed: 3, endOnFailure: true },
    );
    assert.ok(fewer > RUNS / 10, `${fewer}`);
  });

  it('is of no worth where a place was dropped that only those need who are late', () => {
    const option = { machines: 1, startS: 0, extraMicros: asMicros(0) };
    const options = [
      { ...option, offer: 0, hours: 2 },
      { ...option, offer: 1, hours: 1, extraMicros: asMicros(90_000_000) },
    ];
    // Both at the cheap one take four hours.
    const tasks = [0, 1].map((task) => ({
      ...triangle.tasks[0]!,
      needs: task === 0 ? [] : [0],
      work: { kind: 'choice' as const, options },
    }));
    const limits = { ...triangle.limits, deadlineS: 3 * 3600 };
    const problem = { ...triangle, tasks, limits, transfers: [], apart: [] };
    const [cheap, fast] = triangle.offers.map(({ provider, region }) => `${provider}/${region}`);
    const drops = [0, 1].map((task) => ({ task, places: [[fast!, cheap!] as const] }));
    const rest: PlaceProof = { kind: 'deadlines', views: [] };
    const boundBy = (proof: PlaceProof) => dagBound(problem, { value: Infinity, proof })!;
    assert.equal(boundBy(rest), leastCost(problem));
    assert.ok(boundBy({ kind: 'dominated', drops, rest }) <= leastCost(problem)!);
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
