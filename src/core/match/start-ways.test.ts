import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asRate, rateFromUsd } from '../../base/money.ts';
import { buildOffer, buildTask } from '../../spec/build-for-tests.ts';
import type { Candidate } from '../../spec/match.ts';
import type { LaterPrice } from '../../spec/offer.ts';
import type { Goal } from '../../spec/task.ts';
import { wayCost } from './hire-cost.ts';
import { startWays } from './start-ways.ts';

function way(hours: number, laterPrices?: readonly LaterPrice[]): Candidate {
  const offer = buildOffer({
    nanosPerHour: rateFromUsd(3),
    ...(laterPrices === undefined ? {} : { laterPrices }),
  });
  return { offer, machines: 1, hours: { low: hours, mid: hours, high: hours }, throughput: null };
}

function goal(afterS: number, withinS: number): Goal {
  return { ...buildTask().goal, start: { afterMs: afterS * 1000, withinMs: withinS * 1000 } };
}

const NIGHT = [
  { fromS: 18_000, nanosPerHour: rateFromUsd(1) },
  { fromS: 28_800, nanosPerHour: rateFromUsd(4) },
];

function costs(ways: readonly Candidate[]): readonly (readonly [number, number])[] {
  return ways.map((one) => [one.startS ?? 0, wayCost(one, one.hours!.mid) / 1e6]);
}

describe('when a task may begin', () => {
  it('is now, where neither its goal nor a price speaks of later', () => {
    const now = way(4);
    assert.deepEqual(startWays(now, buildTask().goal), [now]);
    assert.deepEqual(costs(startWays(way(4, NIGHT), buildTask().goal)), [[0, 12]]);
  });

  it('is at a step of the price, or so that it ends at one, within the window', () => {
    assert.deepEqual(costs(startWays(way(4, NIGHT), goal(0, 36_000))), [
      [0, 12],
      [3600, 12],
      [14_400, 6],
      [18_000, 7],
      [28_800, 16],
      [36_000, 16],
    ]);
    assert.deepEqual(costs(startWays(way(4, NIGHT), goal(7200, 15_000))), [
      [7200, 10],
      [14_400, 6],
      [15_000, 6.166667],
    ]);
  });

  it('is as early as can be where no price is to come', () => {
    assert.deepEqual(costs(startWays(way(1), goal(60, 3600))), [[60, 3]]);
  });

  it('has among its moments the cheapest of all seconds', () => {
    const step = fc.record({
      fromS: fc.integer({ min: 1, max: 60 }),
      price: fc.integer({ min: 0, max: 9 }),
    });
    const property = fc.property(
      fc.uniqueArray(step, { minLength: 1, maxLength: 4, selector: ({ fromS }) => fromS }),
      fc.integer({ min: 1, max: 30 }),
      fc.tuple(fc.nat(20), fc.nat(40)),
      (steps, lastingS, [afterS, windowS]) => {
        const laterPrices = steps
          .toSorted((a, b) => a.fromS - b.fromS)
          .map(({ fromS, price }) => ({ fromS, nanosPerHour: asRate(price * 3_600_000) }));
        const own = way(lastingS / 3600, laterPrices);
        const found = costs(startWays(own, goal(afterS, afterS + windowS)));
        const bySecond = Array.from({ length: windowS + 1 }, (_, second) => {
          const seconds = Array.from({ length: lastingS }, (__, at) => afterS + second + at);
          const priceAt = (at: number): number =>
            laterPrices.findLast(({ fromS }) => fromS <= at)?.nanosPerHour ??
            own.offer.nanosPerHour;
          return seconds.reduce((sum, at) => sum + priceAt(at), 0) / 3600 / 1e9;
        });
        const best = Math.min(...found.map(([, cost]) => cost));
        assert.ok(Math.abs(best - Math.min(...bySecond)) <= 1e-6);
      },
    );
    fc.assert(property, { numRuns: process.env['KEDGE_FULL'] === undefined ? 100 : 3000 });
  });
});
