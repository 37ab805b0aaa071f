import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asEpochMs } from '../../base/time.ts';
import type { Holder, PoolState, Waiter } from '../../ports/store-queue.ts';
import type { Amounts } from '../../spec/reservation.ts';
import { atMost, Room } from './amounts.ts';
import { amounts, exactly, holder, NOW, poolState, waiter } from './queue-for-tests.ts';
import { startsNow } from './starts-now.ts';

const CPUS = 10;
const POOL = amounts(CPUS, { memoryMib: 64, gpusByName: { H100: 4 } });

const starting = (state: Partial<PoolState>, capacity: Amounts = POOL): readonly string[] =>
  startsNow(poolState(state), capacity).map(({ runId }) => runId);

describe('who of a line may start now', () => {
  it('as many as there is room for, the first first', () => {
    const waiting = Array.from({ length: 15 }, (_, index) => waiter(`run_${index}`));
    const held = [holder('held', { amounts: amounts(3) })];
    const first = waiting.slice(0, 7).map(({ runId }) => runId);
    assert.deepEqual(starting({ held, waiting }), first);
  });

  it('nobody passes one that waits when nothing tells how long they take', () => {
    const held = [holder('held', { amounts: amounts(5) })];
    const waiting = [waiter('wide', { amounts: amounts(6) }), waiter('narrow')];
    assert.deepEqual(starting({ held, waiting }), []);
  });

  const held = [holder('held', { amounts: amounts(6), span: exactly(60_000) })];
  const wide = waiter('wide', { amounts: amounts(8), span: exactly(1000) });

  it('one passes that has ended before the first could start', () => {
    const short = waiter('short', { amounts: amounts(4), span: exactly(60_000) });
    assert.deepEqual(starting({ held, waiting: [wide, short] }), ['short']);
  });

  it('one that would hold it up does not, however little longer it takes', () => {
    const long = waiter('long', { amounts: amounts(4), span: exactly(60_001) });
    assert.deepEqual(starting({ held, waiting: [wide, long] }), []);
    const perhaps = { lowMs: 1000, midMs: 2000, highMs: 60_001 };
    assert.deepEqual(starting({ held, waiting: [wide, { ...long, span: perhaps }] }), []);
  });

  it('one passes that takes nothing of what the first waits for', () => {
    const gpus = [holder('held', { amounts: amounts(1, { gpusByName: { H100: 4 } }) })];
    const first = waiter('gpu', { amounts: amounts(1, { gpusByName: { H100: 1 } }) });
    assert.deepEqual(starting({ held: gpus, waiting: [first, waiter('cpu')] }), ['cpu']);
    const all = waiter('all', { amounts: amounts(9) });
    assert.deepEqual(starting({ held: gpus, waiting: [first, all] }), [], 'it needs the last vCPU');
  });

  it('what is larger than the whole pool takes all of it, once it is empty', () => {
    const huge = waiter('huge', { amounts: amounts(100, { gpusByName: { H100: 9, T4: 1 } }) });
    assert.deepEqual(starting({ held, waiting: [huge] }), []);
    assert.deepEqual(starting({ waiting: [huge, waiter('next')] }), ['huge']);
  });

  it('where the capacity has shrunk nothing more starts', () => {
    assert.deepEqual(starting({ held, waiting: [waiter('next')] }, amounts(4)), []);
  });
});

const arbitraryAmounts = fc
  .record({
    cpus: fc.integer({ min: 0, max: 12 }),
    mib: fc.integer({ min: 0, max: 40 }),
    gpus: fc.integer({ min: 0, max: 3 }),
  })
  .map(
    ({ cpus, mib, gpus }): Amounts =>
      amounts(cpus, { memoryMib: mib, gpusByName: gpus === 0 ? {} : { H100: gpus } }),
  );
const arbitrarySpan = fc.option(
  fc
    .tuple(fc.nat(100), fc.nat(100), fc.nat(100))
    .map(([low, more, most]) => ({ lowMs: low, midMs: low + more, highMs: low + more + most })),
  { freq: 5 },
);
const arbitraryWaiters = fc
  .array(fc.record({ amounts: arbitraryAmounts, span: arbitrarySpan }), { maxLength: 12 })
  .map((all) => all.map((parts, index): Waiter => waiter(`run_${index}`, parts)));

/** What fits together, held since some moment. */
const arbitraryHeld = fc
  .array(fc.record({ amounts: arbitraryAmounts, span: arbitrarySpan, age: fc.nat(150) }))
  .map((all) => {
    const room = new Room(POOL);
    return all.flatMap(({ age, ...parts }, index): Holder[] => {
      const needs = atMost(parts.amounts, POOL);
      if (!room.fits(needs)) return [];
      room.take(needs);
      const heldAt = asEpochMs(NOW - age);
      return [holder(`held_${index}`, { ...parts, amounts: needs, heldAt })];
    });
  });
const arbitraryState = fc
  .record({ held: arbitraryHeld, waiting: arbitraryWaiters })
  .map((parts) => poolState(parts));

function roomOf(state: PoolState, started: readonly Waiter[]): Room {
  const taken = [...state.held, ...started].map((one) => atMost(one.amounts, POOL));
  return new Room(POOL, taken);
}

describe('laws of a line', () => {
  it('never more is handed out than there is', () => {
    const law = fc.property(arbitraryState, (state) => {
      const room = roomOf(state, startsNow(state, POOL));
      return ['cpusMilli', 'memoryMib', 'H100'].every((what) => room.left(what) >= 0);
    });
    fc.assert(law);
  });

  it('the first of a line starts whenever there is room for it', () => {
    const law = fc.property(arbitraryState, (state) => {
      const [first] = state.waiting;
      if (first === undefined) return true;
      const fits = roomOf(state, []).fits(atMost(first.amounts, POOL));
      return startsNow(state, POOL).includes(first) === fits;
    });
    fc.assert(law);
  });

  it('without anybody that waits for room the line goes in its order', () => {
    const law = fc.property(arbitraryState, (state) => {
      const started = startsNow(state, POOL);
      const upTo = state.waiting.findIndex((one) => !started.includes(one));
      const passed = started.slice(upTo === -1 ? started.length : upTo);
      const head = state.waiting[upTo];
      // Whoever passes does so because the first that is left has no room.
      const before = roomOf(state, state.waiting.slice(0, Math.max(0, upTo)));
      return passed.length === 0 || !before.fits(atMost(head!.amounts, POOL));
    });
    fc.assert(law);
  });

  it('whoever passes never makes the first that waits start later, however long all take', () => {
    const law = fc.property(arbitraryState, fc.func(fc.nat(1000)), (state, share) => {
      const started = startsNow(state, POOL);
      const upTo = state.waiting.findIndex((one) => !started.includes(one));
      const head = state.waiting[upTo];
      if (head === undefined) return true;
      // Those ahead of it hold as well; each takes as long as its span allows.
      const ahead = [...state.held, ...state.waiting.slice(0, upTo)];
      const passing = started.slice(upTo);
      const alone = startOf(head, ahead, (one) => lastsMs(one, share));
      const behind = startOf(head, [...ahead, ...passing], (one) => lastsMs(one, share));
      return behind <= alone;
    });
    fc.assert(law, { numRuns: 500 });
  });
});

/** Anything within its span, from now on; of an unknown length, anything at all. */
function lastsMs(one: Waiter | Holder, share: (runId: string) => number): number {
  const part = share(one.runId) / 1000;
  const { lowMs, highMs } = one.span ?? { lowMs: 0, highMs: 500 };
  const age = 'heldAt' in one ? NOW - one.heldAt : 0;
  return Math.max(0, lowMs + part * (highMs - lowMs) - age);
}

/** When there is room for it, if all the others started now and nobody came after them. */
function startOf(head: Waiter, others: readonly Waiter[], lasts: (one: Waiter) => number): number {
  const room = new Room(
    POOL,
    others.map((one) => atMost(one.amounts, POOL)),
  );
  const needs = atMost(head.amounts, POOL);
  if (room.fits(needs)) return 0;
  for (const one of others.toSorted((a, b) => lasts(a) - lasts(b))) {
    room.give(atMost(one.amounts, POOL));
    if (room.fits(needs)) return lasts(one);
  }
  return Number.POSITIVE_INFINITY;
}
