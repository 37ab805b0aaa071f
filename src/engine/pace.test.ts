import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs, SECOND_MS } from '../base/time.ts';
import { Pace } from './pace.ts';

describe('how often runs are looked at', () => {
  /** Looks evenly for ten seconds; the stretch at their end. */
  const after = (looksASecond: number, pauseMs = 0): number => {
    let now = 0;
    const clock = { now: () => asEpochMs(now), sleep: async () => {} };
    const pace = new Pace(clock);
    for (let look = 0; look < 10 * looksASecond; look++) {
      now = look * (SECOND_MS / looksASecond);
      pace.look();
    }
    now += pauseMs;
    pace.look();
    return pace.stretch;
  };

  it('as often as they want, while they are few', () => {
    assert.equal(after(1), 1);
    assert.equal(after(40), 1);
  });

  it('the less often, the more of them there are', () => {
    assert.ok(Math.abs(after(500) - 10) < 0.5, String(after(500)));
    assert.ok(after(1000) > after(500));
  });

  it('as often as before, soon after the many have gone', () => {
    assert.equal(after(1000, 10 * SECOND_MS), 1);
  });
});
