import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HOUR_MS } from '../../../base/time.ts';
import { evenStarts, playTrace, startsEvery, tally } from './backtest.ts';
import { availabilityFor, jobFor } from './build-for-tests.ts';
import { greedy } from './greedy.ts';
import type { SpotPolicy } from './spot-job.ts';

describe('windows of a trace', () => {
  it('begin evenly from the first to the last that fits', () => {
    assert.deepEqual(evenStarts({ from: 10, to: 40, ticks: 9 }, 4), [10, 17, 24, 31]);
    assert.deepEqual(evenStarts({ from: 0, to: 5, ticks: 5 }, 12), [0]);
    assert.deepEqual(evenStarts({ from: 0, to: 7, ticks: 5 }, 12), [0, 1, 2]);
    assert.deepEqual(evenStarts({ from: 0, to: 4, ticks: 5 }, 12), []);
  });

  it('or every so many ticks', () => {
    assert.deepEqual(startsEvery({ from: 0, to: 12, ticks: 5 }, 3), [0, 3, 6]);
    assert.deepEqual(startsEvery({ from: 0, to: 4, ticks: 5 }, 3), []);
  });
});

describe('a backtest', () => {
  const job = jobFor({ work: 2, deadline: 4, changeover: 0 });

  it('plays every window with what came before it, and the optimum last', () => {
    const pasts: string[] = [];
    const spy: SpotPolicy = {
      name: 'spy',
      begin: (one, tickMs, past) => {
        pasts.push(past.join(''));
        return greedy.begin(one, tickMs, past);
      },
    };
    const trace = { tickMs: HOUR_MS, available: availabilityFor('1010010') };
    const outcomes = playTrace(job, trace, { starts: [0, 3], policies: [spy] });
    assert.deepEqual(pasts, ['', '101']);
    const [byGreedy, best] = outcomes.map(tally);
    // From 0 spot takes both ticks; from 3 one, and the other is on-demand.
    assert.equal(byGreedy!.meanCostMicros, 3e6);
    assert.deepEqual([byGreedy!.preemptions, byGreedy!.misses], [2, 0]);
    assert.equal(best!.meanCostMicros, 3e6);
    assert.deepEqual([best!.meanSpotHours, best!.meanOnDemandHours], [1.5, 0.5]);
  });
});
