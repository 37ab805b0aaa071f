import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CoverProblem } from '../model/cover-problem.ts';
import { undominated } from '../model/undominated.ts';
import { dualBound } from '../verify-bound.ts';
import { coverByDp } from './cover-by-dp.ts';
import { coverGreedily } from './cover-greedily.ts';
import { coverage, marginalPrice } from './cover-relaxed.ts';

const problems: fc.Arbitrary<CoverProblem> = fc.record({
  need: fc.integer({ min: 1, max: 40 }),
  costScale: fc.constant(1),
  items: fc.array(
    fc
      .record({
        candidate: fc.nat(9),
        cost: fc.integer({ min: 1, max: 30 }),
        units: fc.integer({ min: 1, max: 15 }),
        cap: fc.integer({ min: 1, max: 4 }),
        least: fc.constantFrom(1, 1, 2, 3),
        kind: fc.constant('machine' as const),
      })
      .map((one) => ({ ...one, cap: Math.max(one.cap, one.least) })),
    { minLength: 1, maxLength: 5 },
  ),
});

describe('covering: against trying everything', () => {
  it('the recurrence finds the least cost, and a cover that has it', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const least = bruteForce(problem);
        const found = coverByDp(problem);
        assert.equal(found?.cost ?? null, least);
        if (found !== null) assertCover(problem, found);
      }),
      { numRuns: 400 },
    );
  });

  it('leaving out dominated items never changes the optimum', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        assert.equal(bruteForce(undominated(problem)), bruteForce(problem));
      }),
      { numRuns: 400 },
    );
  });

  it('no cover costs less than the bound by the price of work, whatever the price', () => {
    fc.assert(
      fc.property(problems, fc.nat(50), fc.integer({ min: 1, max: 20 }), (problem, of, per) => {
        const least = bruteForce(problem);
        if (least === null) return;
        assert.ok(dualBound(problem, { of, per }) <= least);
        assert.ok(dualBound(problem, marginalPrice(problem)!) <= least);
      }),
      { numRuns: 400 },
    );
  });

  it('the marginal price bounds best of all prices', () => {
    fc.assert(
      fc.property(problems, fc.nat(50), fc.integer({ min: 1, max: 20 }), (problem, of, per) => {
        const marginal = marginalPrice(problem);
        if (marginal === null) return;
        assert.ok(dualBound(problem, marginal) >= dualBound(problem, { of, per }));
      }),
    );
  });

  it('greedy covers whenever anything does, and says so when nothing does', () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const least = bruteForce(problem);
        const found = coverGreedily(problem);
        assert.equal(found === null, least === null);
        assert.equal(coverage(problem) < 1, least === null);
        if (found !== null) assertCover(problem, found);
      }),
    );
  });
});

/** Every combination of counts; null when none covers. */
function bruteForce({ need, items }: CoverProblem): number | null {
  let least: number | null = null;
  const tryFrom = (index: number, left: number, cost: number): void => {
    if (left <= 0) {
      if (least === null || cost < least) least = cost;
      return;
    }
    const next = items[index];
    if (next === undefined) return;
    for (let count = 0; count <= next.cap; count++) {
      if (count > 0 && count < next.least) continue;
      tryFrom(index + 1, left - count * next.units, cost + count * next.cost);
    }
  };
  tryFrom(0, need, 0);
  return least;
}

function assertCover(
  { need, items }: CoverProblem,
  { counts, cost }: { readonly counts: readonly number[]; readonly cost: number },
): void {
  const units = counts.reduce((sum, count, index) => sum + count * items[index]!.units, 0);
  const spent = counts.reduce((sum, count, index) => sum + count * items[index]!.cost, 0);
  assert.ok(units >= need, `${units} of ${need}`);
  assert.equal(spent, cost);
  counts.forEach((count, index) => assert.ok(count >= 0 && count <= items[index]!.cap));
}
