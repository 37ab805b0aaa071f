import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HOUR_MS, MINUTE_MS } from '../../../base/time.ts';
import { jobFor } from './build-for-tests.ts';
import { dalyIntervalMs, youngIntervalMs } from './checkpoint-interval.ts';
import { type ExpectedSpotRun, expectedSpotRun, type WorkOnSpot } from './expected-spot-run.ts';
import type { HazardModel } from './hazard.ts';
import { HAZARDS } from './hazard-parameters.ts';
import { type SpotLifeTerms, spotLife } from './spot-life.ts';

/** Interrupted without memory every ten hours, away for five. */
const MEMORYLESS: HazardModel = {
  agesMinutes: [0],
  perHour: [[0.2], [0.1]],
  levels: [1],
  persistenceH: [48, 48],
  foresightH: [48, 48],
};

type Hours = {
  readonly work: number;
  readonly deadline: number | null;
  readonly changeover: number;
};

/** A job of $3 an hour on-demand and $1 on spot, whose checkpoints cost nothing. */
function runOf(
  { work, deadline, changeover }: Hours,
  life: Partial<SpotLifeTerms> = {},
  job: Partial<WorkOnSpot> = {},
): ExpectedSpotRun | null {
  const { changeoverMs, ...rest } = jobFor({ work, deadline: deadline ?? 0, changeover });
  const terms = {
    changeoverMs,
    model: HAZARDS,
    interruptions: 1,
    checkpoints: { costMs: 0, everyMs: null },
  };
  const deadlineMs = deadline === null ? null : rest.deadlineMs;
  return expectedSpotRun({ ...rest, deadlineMs, ...job }, spotLife({ ...terms, ...life }));
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
    const costMs = 4 * MINUTE_MS;
    const found = runOf(hours, { model: MEMORYLESS, checkpoints: { costMs, everyMs: null } });
    const daly = dalyIntervalMs(costMs, 10 * HOUR_MS);
    const { checkpointEveryMs } = found!;
    assert.ok(Math.abs(Math.log(checkpointEveryMs! / daly)) < 0.06, `${checkpointEveryMs} ${daly}`);
  });
});

describe('what a spot run will cost', () => {
  it('is what can be reckoned by hand without memory, checkpoints and changeovers', () => {
    // Two of three hours are available: $1 an hour of work, one interruption every ten.
    const found = runOf({ work: 20, deadline: 60, changeover: 0 }, { model: MEMORYLESS })!;
    assert.deepEqual(
      [found.costUsd, found.hours, found.spotHours, found.preemptions].map(rounded),
      [20, 30, 20, 2],
    );
    assert.equal(found.checkpointEveryMs, null);
  });

  it('bridges as many absences as the deadline asks for', () => {
    const hours = { work: 20, deadline: 25, changeover: 0 };
    const { costUsd, hours: took, onDemandHours } = runOf(hours, { model: MEMORYLESS })!;
    // 25 hours have 16⅔ of spot; the other 3⅓ are on-demand.
    assert.ok(Math.abs(took - 25) < 1e-9 && Math.abs(onDemandHours - 10 / 3) < 1e-9);
    assert.ok(Math.abs(costUsd - (50 / 3 + 10)) < 1e-9);
  });

  it('without checkpoints is that of as many attempts as are lost, reckoned by hand', () => {
    // Of ten hours in one go e^−1 = 0.37 live; each attempt lasts 10 · (1 − e^−1) h in the mean.
    const hours = { work: 10, deadline: null, changeover: 0 };
    const found = runOf(hours, { model: MEMORYLESS, checkpoints: null })!;
    const tries = Math.E;
    const paid = tries * 10 * (1 - 1 / Math.E);
    assert.deepEqual(
      [found.costUsd, found.preemptions, found.hours, found.checkpointEveryMs].map(rounded),
      [paid, tries - 1, paid + (tries - 1) * 5, null].map(rounded),
    );
  });

  it('without checkpoints tries once where the deadline leaves time for a loss', () => {
    const terms = { model: MEMORYLESS, checkpoints: null };
    const found = runOf({ work: 10, deadline: 20, changeover: 0 }, terms)!;
    const lost = 1 - 1 / Math.E;
    assert.equal(rounded(found.costUsd), rounded(10 * lost + 3 * 10 * lost));
    const late = runOf({ work: 10, deadline: 19.9, changeover: 0 }, terms)!;
    assert.deepEqual([late.costUsd, late.spotHours], [30, 0]);
  });

  it('has no answer where not even on-demand is in time', () => {
    assert.equal(runOf({ work: 5, deadline: 5, changeover: 0.1 }), null);
  });

  it('waits where on-demand is not to be had, and has no answer where that is too late', () => {
    const alone = { onDemandNanosPerHour: null };
    const hours = { work: 20, deadline: 30, changeover: 0 };
    const found = runOf(hours, { model: MEMORYLESS }, alone)!;
    assert.deepEqual([rounded(found.hours), found.onDemandHours], [30, 0]);
    assert.equal(runOf({ ...hours, deadline: 29.9 }, { model: MEMORYLESS }, alone), null);
  });

  it('without interruptions is the work at the price of spot, and nearly so where they are rare', () => {
    const hours = { work: 20, deadline: 25, changeover: 0.1 };
    const checkpoints = { costMs: MINUTE_MS, everyMs: null };
    const never = runOf(hours, { interruptions: 0, checkpoints })!;
    assert.deepEqual([never.costUsd, never.hours, never.preemptions], [20, 20, 0]);
    const rare = runOf(hours, { interruptions: 1e-7, checkpoints })!;
    assert.ok(rare.costUsd > 20 && rare.costUsd < 20.02, `${rare.costUsd}`);
  });

  it('more interruptions never make it cheaper, nor do an earlier deadline or no checkpoints', () => {
    const cost = (found: ExpectedSpotRun | null): number => found?.costUsd ?? Infinity;
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 200, noNaN: true }),
        fc.double({ min: 1, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.option(fc.integer({ min: 0, max: 30 })),
        fc.option(fc.integer({ min: 5, max: 300 })),
        fc.double({ min: 0.01, max: 8, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        fc.boolean(),
        (work, slack, changeover, costs, every, interruptions, factor, isAlone) => {
          const everyMs = every === null ? null : every * MINUTE_MS;
          const checkpoints = costs === null ? null : { costMs: costs * MINUTE_MS, everyMs };
          const hours = { work, deadline: work * slack + changeover + 0.01, changeover };
          const job = isAlone ? { onDemandNanosPerHour: null } : {};
          const life = { checkpoints, interruptions };
          const here = cost(runOf(hours, life, job));
          const most = { ...life, interruptions: interruptions * factor };
          const more = cost(runOf(hours, most, job));
          assert.ok(more >= here - 1e-9, `${here} grew to ${more}`);
          const later = { ...hours, deadline: hours.deadline * factor };
          assert.ok(cost(runOf(later, life, job)) <= here + 1e-9);
          assert.ok(cost(runOf(hours, { ...life, checkpoints: null }, job)) >= here - 1e-9);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is never dearer than on-demand alone', () => {
    for (const interruptions of [0.1, 1, 10, 100]) {
      const found = runOf({ work: 48, deadline: 60, changeover: 0.5 }, { interruptions })!;
      assert.ok(found.costUsd <= 3 * 48.5 + 1e-9);
    }
  });
});

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(9));
}
