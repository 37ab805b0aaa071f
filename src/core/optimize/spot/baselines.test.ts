import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { usd } from '../../../base/money.ts';
import { HOUR_MS } from '../../../base/time.ts';
import { jobFor, playFor } from './build-for-tests.ts';
import { greedy } from './greedy.ts';
import type { SpotPolicy } from './spot-job.ts';
import { eagerProgress, uniformProgress } from './uniform-progress.ts';

const job = jobFor({ work: 4, deadline: 8, changeover: 0.5 });
const ticks = '00100111';

describe('the policies that ours is compared with', () => {
  it('greedy waits for spot until only on-demand is left, and then stays on it', () => {
    const { costMicros, spotMs, onDemandMs, endMs, preemptions } = playFor(greedy, job, { ticks });
    assert.deepEqual(
      [usd(costMicros), spotMs / HOUR_MS, onDemandMs / HOUR_MS, endMs / HOUR_MS, preemptions],
      [13, 1, 4, 8, 1],
    );
  });

  it('eager Uniform Progress catches up on-demand, and leaves it as soon as spot comes', () => {
    const { costMicros, spotMs, onDemandMs, endMs, preemptions } = playFor(eagerProgress, job, {
      ticks,
    });
    assert.deepEqual(
      [usd(costMicros), spotMs / HOUR_MS, onDemandMs / HOUR_MS, endMs / HOUR_MS, preemptions],
      [12, 3, 3, 7, 1],
    );
  });

  it('Uniform Progress leaves on-demand only when it is two changeovers ahead', () => {
    const { costMicros, spotMs, onDemandMs, endMs } = playFor(uniformProgress, job, { ticks });
    assert.deepEqual(
      [usd(costMicros), spotMs / HOUR_MS, onDemandMs / HOUR_MS, endMs / HOUR_MS],
      [13, 1, 4, 6],
    );
  });

  it('all wait while nothing is behind, and use nothing but spot that never ends', () => {
    for (const policy of [greedy, eagerProgress, uniformProgress]) {
      const { costMicros, preemptions } = playFor(policy, job, { ticks: '11111111' });
      assert.deepEqual([usd(costMicros), preemptions], [4.5, 0], policy.name);
    }
  });

  it('none ever misses a deadline that on-demand alone meets', () => {
    const policies: readonly SpotPolicy[] = [greedy, eagerProgress, uniformProgress];
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: 0, max: 300 }),
        (available, work, changeover, spare) => {
          const minutes = { work: 12 * work, changeover, spare };
          const tight = jobFor({
            work: minutes.work / 60,
            changeover: minutes.changeover / 60,
            deadline: (minutes.work + minutes.changeover + minutes.spare) / 60,
          });
          const line = available.map(Number).join('');
          for (const policy of policies) {
            const { isMissed } = playFor(policy, tight, { ticks: line, tickMs: HOUR_MS / 3 });
            assert.equal(isMissed, false, policy.name);
          }
        },
      ),
    );
  });
});
