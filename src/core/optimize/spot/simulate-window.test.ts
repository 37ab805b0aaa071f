import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usd } from '../../../base/money.ts';
import { HOUR_MS } from '../../../base/time.ts';
import { availabilityFor, jobFor } from './build-for-tests.ts';
import { simulateWindow, type WindowOutcome } from './simulate-window.ts';
import type { Holding, Moment, SpotJob } from './spot-job.ts';

const LETTERS: Readonly<Record<string, Holding>> = { '-': 'none', s: 'spot', o: 'on-demand' };

/** Holds what the letters say, tick by tick. */
function playLetters(job: SpotJob, ticks: string, letters: string): WindowOutcome {
  let tick = 0;
  return simulateWindow(
    job,
    { tickMs: HOUR_MS, available: availabilityFor(ticks) },
    () => LETTERS[letters[tick++]!]!,
  );
}

describe('one window', () => {
  it('bills a changeover without progress, over as many ticks as it takes', () => {
    const job = jobFor({ work: 2, deadline: 6, changeover: 1.5 });
    const { endMs, spotMs, costMicros } = playLetters(job, '111111', 'ssssss');
    assert.deepEqual([endMs / HOUR_MS, spotMs / HOUR_MS, usd(costMicros)], [3.5, 3.5, 3.5]);
  });

  it('asks for a changeover again after a preemption, a switch and a pause', () => {
    const job = jobFor({ work: 2, deadline: 9, changeover: 0.5 });
    assert.equal(playLetters(job, '101111111', 's-sssssss').endMs, 4 * HOUR_MS);
    assert.equal(playLetters(job, '111111111', 'sosssssss').endMs, 3.5 * HOUR_MS);
    assert.equal(playLetters(job, '111111111', 's-sssssss').endMs, 4 * HOUR_MS);
  });

  it('loses a changeover that is not over when spot goes', () => {
    const job = jobFor({ work: 1, deadline: 9, changeover: 1.5 });
    const { endMs, preemptions, spotMs } = playLetters(job, '101111111', 's-ssssss');
    assert.deepEqual([endMs, preemptions, spotMs], [4.5 * HOUR_MS, 1, 3.5 * HOUR_MS]);
  });

  it('shows the policy the availability of its tick, and spot that has gone as not held', () => {
    const seen: Moment[] = [];
    const job = jobFor({ work: 2, deadline: 4, changeover: 0 });
    simulateWindow(job, { tickMs: HOUR_MS, available: availabilityFor('101') }, (moment) => {
      seen.push(moment);
      return moment.isAvailable ? 'spot' : 'none';
    });
    assert.deepEqual(
      seen.map(({ isAvailable, held, timeLeftMs }) => [isAvailable, held, timeLeftMs / HOUR_MS]),
      [
        [true, 'none', 4],
        [false, 'none', 3],
        [true, 'none', 2],
      ],
    );
  });

  it('goes on on-demand after a missed deadline, and says that it was missed', () => {
    const job = jobFor({ work: 2, deadline: 3, changeover: 0 });
    const { isMissed, endMs, onDemandMs } = playLetters(job, '000', '---');
    assert.deepEqual([isMissed, endMs, onDemandMs], [true, 5 * HOUR_MS, 2 * HOUR_MS]);
  });

  it('ends in time when the last of the work ends at the deadline', () => {
    const job = jobFor({ work: 2.5, deadline: 3, changeover: 0.5 });
    assert.equal(playLetters(job, '000', 'ooo').isMissed, false);
  });
});
