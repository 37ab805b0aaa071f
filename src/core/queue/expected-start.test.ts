import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asEpochMs, HOUR_MS, MINUTE_MS } from '../../base/time.ts';
import { expectedStart } from './expected-start.ts';
import { amounts, exactly, holder, NOW, poolState, queueEntry, waiter } from './queue-for-tests.ts';

const ONE = amounts(1);

describe('when one that waits is expected to start', () => {
  it('when those ahead of it have had their turn, each as long as its plan says', () => {
    const heldAt = asEpochMs(NOW - 10 * MINUTE_MS);
    const held = [holder('held', { span: exactly(HOUR_MS), heldAt })];
    const ahead = waiter('ahead', { span: exactly(2 * HOUR_MS) });
    const state = poolState({ held, waiting: [ahead, waiter('own')] });
    const midMs = 50 * MINUTE_MS + 2 * HOUR_MS;
    assert.deepEqual(expectedStart(queueEntry(state), ONE), {
      waitsMs: exactly(midMs),
      rough: false,
    });
  });

  it('with the interval of those before it', () => {
    const span = { lowMs: HOUR_MS, midMs: 2 * HOUR_MS, highMs: 4 * HOUR_MS };
    const state = poolState({ held: [holder('held', { span })], waiting: [waiter('own')] });
    assert.deepEqual(expectedStart(queueEntry(state), ONE)?.waitsMs, span);
  });

  it('nothing is told where one before it takes nobody knows how long', () => {
    const state = poolState({ held: [holder('held')], waiting: [waiter('own')] });
    assert.equal(expectedStart(queueEntry(state), ONE), null);
    const beside = [holder('held'), holder('known', { span: exactly(HOUR_MS) })];
    const other = poolState({ held: beside, waiting: [waiter('own')] });
    const { lowMs, highMs } = expectedStart(queueEntry(other), amounts(2))!.waitsMs;
    assert.deepEqual([lowMs, highMs], [0, HOUR_MS], 'the one that is known makes room at last');
  });

  it('what has outlasted its plan may end now, or take as long again', () => {
    const held = [holder('late', { span: exactly(1), heldAt: asEpochMs(NOW - HOUR_MS) })];
    const state = poolState({ held, waiting: [waiter('own')] });
    const { lowMs, highMs } = expectedStart(queueEntry(state), ONE)!.waitsMs;
    assert.deepEqual([lowMs, highMs], [0, HOUR_MS]);
  });

  it('of a long line the front is played through, and the rest is said to be rough', () => {
    const held = [holder('held', { span: exactly(MINUTE_MS) })];
    const all = Array.from({ length: 1000 }, (_, index) =>
      waiter(`run_${index}`, { span: exactly(MINUTE_MS) }),
    );
    const whole = queueEntry(poolState({ held, waiting: all }));
    const front = poolState({ held, waiting: all.slice(0, 100) });
    const part = queueEntry(front, { own: all.at(-1)!, position: 1000, length: 1000 });
    const [exact, rough] = [expectedStart(whole, ONE)!, expectedStart(part, ONE)!];
    assert.deepEqual([exact.rough, rough.rough], [false, true]);
    assert.equal(exact.waitsMs.midMs, 1000 * MINUTE_MS);
    assert.ok(Math.abs(rough.waitsMs.midMs / exact.waitsMs.midMs - 1) < 0.02);
  });

  it('law: all that waits exactly as told starts exactly then', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 40 });
    const law = fc.property(lengths, fc.integer({ min: 1, max: 8 }), (all, machines) => {
      const waiting = all.map((ms, index) => waiter(`run_${index}`, { span: exactly(ms) }));
      const free = Array.from({ length: machines }, () => 0);
      const starts = all.map((ms) => {
        const next = free.indexOf(Math.min(...free));
        const at = free[next]!;
        free[next] = at + ms;
        return at;
      });
      const told = waiting.map((own, index) => {
        const entry = queueEntry(poolState({ waiting }), { own, position: index + 1 });
        return expectedStart(entry, amounts(machines))?.waitsMs.midMs;
      });
      assert.deepEqual(told, starts);
    });
    fc.assert(law);
  });
});
