import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EnginePulse, PING_MS_MAX } from './engine-pulse.ts';

describe('the pulse of an engine', () => {
  it('is felt by one ping for all who ask at once, and for a moment after', async () => {
    let pings = 0;
    const pulse = new EnginePulse('/a.sock', async () => {
      pings++;
    });
    await Promise.all([1, 2, 3].map(() => pulse.feel()));
    await pulse.feel();
    assert.equal(pings, 1);
  });

  it('that nobody listens is told in the words of the ping, and asked again', async () => {
    let pings = 0;
    const pulse = new EnginePulse('/a.sock', async () => {
      pings++;
      throw new TypeError('connect ECONNREFUSED');
    });
    await assert.rejects(pulse.feel(), /ECONNREFUSED/);
    await assert.rejects(pulse.feel(), /ECONNREFUSED/);
    assert.equal(pings, 2);
  });

  it('that it hangs holds up the first who ask, and nobody after them', async (test) => {
    let now = 0;
    test.mock.method(performance, 'now', () => now);
    let answer = Promise.withResolvers<void>();
    const pulse = new EnginePulse('/a.sock', () => answer.promise);
    const first = [pulse.feel(), pulse.feel()];
    now += PING_MS_MAX;
    answer.reject(new Error('socket hang up'));
    for (const one of first) await assert.rejects(one, /takes connections and hangs/);
    answer = Promise.withResolvers<void>();
    await assert.rejects(pulse.feel(), { code: 'driver.no-reply' });
    answer.resolve();
    await new Promise(setImmediate);
    await pulse.feel();
  });
});
