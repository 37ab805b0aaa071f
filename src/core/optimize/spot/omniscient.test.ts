import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HOUR_MS } from '../../../base/time.ts';
import { availabilityFor, jobFor, playFor } from './build-for-tests.ts';
import { greedy } from './greedy.ts';
import { omniscient } from './omniscient.ts';
import { simulateWindow } from './simulate-window.ts';
import type { Holding, SpotJob } from './spot-job.ts';
import { uniformProgress } from './uniform-progress.ts';

/** Every schedule of a short window. */
function leastByTrying(job: SpotJob, ticks: string): number {
  const all = 3 ** ticks.length;
  const available = availabilityFor(ticks);
  let least = Infinity;
  for (let code = 0; code < all; code++) {
    let rest = code;
    const schedule = available.map(() => {
      const digit = rest % 3;
      rest = Math.floor(rest / 3);
      return digit;
    });
    if (schedule.some((digit, tick) => digit === 1 && available[tick] === 0)) continue;
    let tick = 0;
    const holdings: readonly Holding[] = ['none', 'spot', 'on-demand'];
    const decide = (): Holding => holdings[schedule[tick++]!]!;
    const outcome = simulateWindow(job, { tickMs: HOUR_MS, available }, decide);
    if (!outcome.isMissed) least = Math.min(least, outcome.costMicros);
  }
  return least;
}

describe('the omniscient optimum', () => {
  it('is the best of all schedules', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
        fc.integer({ min: 1, max: 11 }),
        fc.integer({ min: 0, max: 5 }),
        (available, work, changeover) => {
          const job = jobFor({ work: work / 2, deadline: 7, changeover: changeover / 4 });
          const ticks = available.map(Number).join('');
          const decide = omniscient(job, { tickMs: HOUR_MS, available: availabilityFor(ticks) });
          const least = leastByTrying(job, ticks);
          if (decide === null) return assert.equal(least, Infinity);
          const window = { tickMs: HOUR_MS, available: availabilityFor(ticks) };
          assert.equal(simulateWindow(job, window, decide).costMicros, least);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is never dearer than a policy, also where no unit divides tick and changeover', () => {
    const ticks = '110100111000110111010011101111';
    for (const changeover of [0, 0.1, 0.2345678, 0.5, 1.5]) {
      const job = jobFor({ work: 15, deadline: 25.25, changeover });
      const window = { tickMs: HOUR_MS, available: availabilityFor(ticks) };
      const best = simulateWindow(job, window, omniscient(job, window)!);
      assert.equal(best.isMissed, false);
      for (const policy of [greedy, uniformProgress]) {
        assert.ok(best.costMicros <= playFor(policy, job, { ticks }).costMicros, policy.name);
      }
    }
  });

  it('is none where not even on-demand meets the deadline', () => {
    const job = jobFor({ work: 4, deadline: 4, changeover: 0.5 });
    assert.equal(omniscient(job, { tickMs: HOUR_MS, available: availabilityFor('1111') }), null);
  });
});
