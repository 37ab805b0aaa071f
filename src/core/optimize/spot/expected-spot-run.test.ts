import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HOUR_MS, MINUTE_MS } from '../../../base/time.ts';
import { jobFor } from './build-for-tests.ts';
import { dalyIntervalMs, youngIntervalMs } from './checkpoint-interval.ts';
import { expectedSpotRun, type SpotRun } from './expected-spot-run.ts';
import type { HazardModel } from './hazard.ts';
import { HAZARDS } from './hazard-parameters.ts';

/** Interrupted without memory every ten hours, away for five. */
const MEMORYLESS: HazardModel = {
  agesMinutes: [0],
  perHour: [[0.2], [0.1]],
  levels: [1],
  persistenceH: 48,
};

function runOf(
  hours: { readonly work: number; readonly deadline: number; readonly changeover: number },
  parts: Partial<SpotRun> = {},
): SpotRun {
  return { job: jobFor(hours), checkpointMs: 0, model: HAZARDS, interruptions: 1, ...parts };
}

describe('the interval between checkpoints', () => {
  it('is what Young and Daly give', () => {
    // δ = 5 min, M = 24 h: √(2 · 5 · 1440) = 120 min, and Daly's series 120 · 1.01408 − 5.
    const [delta, mean] = [5 * MINUTE_MS, 24 * HOUR_MS];
    assert.equal(youngIntervalMs(delta, mean), 120 * MINUTE_MS);
    assert.ok(Math.abs(dalyIntervalMs(delta, mean) / MINUTE_MS - 116.69) < 0.01);
    assert.equal(dalyIntervalMs(50 * HOUR_MS, mean), mean);
  });

  it('is close to the best where interruptions have no memory', () => {
    const hours = { work: 100, deadline: 1000, changeover: 0 };
    const run = runOf(hours, { model: MEMORYLESS, checkpointMs: 4 * MINUTE_MS });
    const daly = dalyIntervalMs(run.checkpointMs, 10 * HOUR_MS);
    const { checkpointEveryMs } = expectedSpotRun(run)!;
    assert.ok(Math.abs(Math.log(checkpointEveryMs! / daly)) < 0.06, `${checkpointEveryMs} ${daly}`);
  });
});

describe('what a spot run will cost', () => {
  it('is what can be reckoned by hand without memory, checkpoints and changeovers', () => {
    // Two of three hours are available: $1 an hour of work, one interruption every ten.
    const run = runOf({ work: 20, deadline: 60, changeover: 0 }, { model: MEMORYLESS });
    const found = expectedSpotRun(run)!;
    assert.deepEqual(
      [found.costUsd, found.hours, found.spotHours, found.preemptions].map((value) =>
        Number(value.toFixed(9)),
      ),
      [20, 30, 20, 2],
    );
    assert.equal(found.checkpointEveryMs, null);
  });

  it('bridges as many absences as the deadline asks for', () => {
    const run = runOf({ work: 20, deadline: 25, changeover: 0 }, { model: MEMORYLESS });
    const { costUsd, hours, onDemandHours } = expectedSpotRun(run)!;
    // 25 hours have 16⅔ of spot; the other 3⅓ are on-demand.
    assert.ok(Math.abs(hours - 25) < 1e-9 && Math.abs(onDemandHours - 10 / 3) < 1e-9);
    assert.ok(Math.abs(costUsd - (50 / 3 + 10)) < 1e-9);
  });

  it('has no answer where not even on-demand is in time', () => {
    assert.equal(expectedSpotRun(runOf({ work: 5, deadline: 5, changeover: 0.1 })), null);
  });

  it('more interruptions never make it cheaper, nor does an earlier deadline', () => {
    const cost = (run: SpotRun): number => expectedSpotRun(run)?.costUsd ?? Infinity;
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 200, noNaN: true }),
        fc.double({ min: 1, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 30 }),
        fc.double({ min: 0.05, max: 8, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (work, slack, changeover, checkpoint, interruptions, factor) => {
          const checkpointMs = checkpoint * MINUTE_MS;
          const hours = { work, deadline: work * slack + changeover + 0.01, changeover };
          const here = cost(runOf(hours, { checkpointMs, interruptions }));
          const more = cost(runOf(hours, { checkpointMs, interruptions: interruptions * factor }));
          assert.ok(more >= here - 1e-9, `${here} grew to ${more}`);
          const later = { ...hours, deadline: hours.deadline * factor };
          assert.ok(cost(runOf(later, { checkpointMs, interruptions })) <= here + 1e-9);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is never dearer than on-demand alone', () => {
    for (const interruptions of [0.1, 1, 10, 100]) {
      const run = runOf({ work: 48, deadline: 60, changeover: 0.5 }, { interruptions });
      assert.ok(expectedSpotRun(run)!.costUsd <= 3 * 48.5 + 1e-9);
    }
  });
});
