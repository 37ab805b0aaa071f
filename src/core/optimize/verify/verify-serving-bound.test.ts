import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cheapestOfTwoKinds, mixProblems } from '../../../../bench/instances/small-mixes.ts';
import { rateFromUsd } from '../../../base/money.ts';
import type { BoundTree, Duals } from '../model/answer.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { Problem } from '../model/problem.ts';
import { servingBound } from './verify-serving-bound.ts';

const CASES = process.env['KEDGE_FULL'] === undefined ? 150 : 10_000;
const FREE = { of: 0, per: 1 };

/** Two buckets of 3 and 2 requests a second; a machine takes 1 of either, for a dollar. */
const PLAIN = buildProblem({
  offers: [buildOffer({ nanosPerHour: rateFromUsd(1) })],
  tasks: [
    buildTask({
      work: {
        kind: 'serving',
        hours: 1,
        rates: [3, 2],
        options: [{ offer: 0, throughputs: [1, 1] }],
      },
    }),
  ],
});

function dualsOf(...micros: readonly number[]): Duals {
  return {
    pools: [],
    offers: [],
    budget: FREE,
    tasks: [micros.map((of) => ({ of, per: 1 }))],
  };
}

function boundBy(problem: Problem, duals: Duals): number | null {
  return servingBound(problem, { proof: 'duals', duals });
}

describe('the bound of a GPU mix', () => {
  it('is what the buckets are worth where machines earn no more than they cost', () => {
    assert.equal(boundBy(PLAIN, dualsOf(3e6, 2e6)), 5e6);
  });

  it('takes back what machines earn beyond their cost', () => {
    // 1 µ$ too much for each request: the machine that is worth hiring takes it all.
    assert.equal(boundBy(PLAIN, dualsOf(3e6 + 3, 0)), 3e6);
    assert.equal(boundBy(PLAIN, dualsOf(9e6, 9e6)), 5e6);
  });

  it('is rounded up to what bills are multiples of', () => {
    assert.equal(boundBy(PLAIN, dualsOf(3e6, 1_000_100)), 5e6);
  });

  it('proves nothing with prices that are none', () => {
    assert.equal(boundBy(PLAIN, dualsOf(3e6)), 0);
    assert.equal(boundBy(PLAIN, dualsOf(-1, 2e6)), 0);
    assert.equal(boundBy(PLAIN, dualsOf(Number.NaN, 2e6)), 0);
    assert.equal(boundBy(PLAIN, { ...dualsOf(3e6, 2e6), offers: [{ offer: 7, price: FREE }] }), 0);
    // Of what there is no end of, no machine has a price.
    const dear = { ...dualsOf(3e6, 2e6), offers: [{ offer: 0, price: { of: 1, per: 1 } }] };
    assert.equal(boundBy(PLAIN, dear), 0);
  });

  it('is the lowest leaf of a tree, each within its counts', () => {
    const half = { duals: dualsOf(0, 0) };
    const tree = (at: number): BoundTree => ({
      split: { task: 0, option: 0, at },
      atMost: { duals: dualsOf(20e6, 20e6) },
      more: half,
    });
    // With four machines at most, 40 dollars' worth cannot be earned; with five, no less is paid.
    assert.equal(servingBound(PLAIN, { proof: 'tree', tree: tree(4) }), 5e6);
    assert.equal(servingBound(PLAIN, { proof: 'tree', tree: tree(3) }), 4e6);
  });

  it('proves nothing by a split of what is not there', () => {
    const leaf = { duals: dualsOf(3e6, 2e6) };
    const split = (option: number, at: number): BoundTree => ({
      split: { task: 0, option, at },
      atMost: leaf,
      more: leaf,
    });
    assert.equal(servingBound(PLAIN, { proof: 'tree', tree: split(1, 2) }), 0);
    assert.equal(servingBound(PLAIN, { proof: 'tree', tree: split(0, 0.5) }), 0);
    // One half without a meaning leaves the whole unproven.
    const half = { ...split(0, 2), atMost: { duals: dualsOf(-1, 2e6) } };
    assert.equal(servingBound(PLAIN, { proof: 'tree', tree: half }), 0);
  });

  it('is of serving alone, and of cost', () => {
    const certificate = { proof: 'duals', duals: dualsOf(3e6, 2e6) } as const;
    assert.equal(servingBound({ ...PLAIN, objective: { minimize: 'time' } }, certificate), null);
    assert.equal(servingBound({ ...PLAIN, tasks: [] }, certificate), null);
    assert.equal(servingBound(PLAIN, { proof: 'enumeration' }), null);
  });

  it('is never above what the cheapest mix costs, whatever the prices', () => {
    const worths = fc.array(fc.integer({ min: 0, max: 20_000_000 }), {
      minLength: 8,
      maxLength: 8,
    });
    const property = fc.property(mixProblems(2), worths, fc.nat(3), (problem, prices, at) => {
      const cheapest = cheapestOfTwoKinds(problem);
      const { work } = problem.tasks[0]!;
      const buckets = work.kind === 'serving' ? work.rates.length : 0;
      const duals = dualsOf(...prices.slice(0, buckets));
      const other = { duals: dualsOf(...prices.slice(0, buckets).toReversed()) };
      const tree = { split: { task: 0, option: 0, at }, atMost: { duals }, more: other };
      assert.ok(boundBy(problem, duals)! <= cheapest);
      assert.ok(servingBound(problem, { proof: 'tree', tree })! <= cheapest);
    });
    fc.assert(property, { numRuns: CASES });
  });
});
