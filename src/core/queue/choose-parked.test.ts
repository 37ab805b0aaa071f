import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asEpochMs, HOUR_MS, MINUTE_MS } from '../../base/time.ts';
import type { Holder } from '../../ports/store-queue.ts';
import { atMost, Room } from './amounts.ts';
import { chooseParked, PARK_AGE_MS_MIN, type Parking } from './choose-parked.ts';
import { amounts, exactly, holder, NOW, poolState, waiter } from './queue-for-tests.ts';

const HAS = amounts(10);
const ago = (ms: number) => asEpochMs(NOW - ms);
const old = (runId: string, cpus: number, parts: Partial<Holder> = {}) =>
  holder(runId, { amounts: amounts(cpus), heldAt: ago(HOUR_MS), ...parts });
const urgent = (cpus: number) => waiter('urgent', { amounts: amounts(cpus), priority: 5 });
const all = (): Parking => 'may';

function parked(
  held: readonly Holder[],
  cpus: number,
  parkingOf: (holder: Holder) => Parking = all,
): readonly string[] {
  const state = poolState({ held, waiting: [urgent(cpus)] });
  return chooseParked(state, HAS, parkingOf).map(({ runId }) => runId);
}

describe('who is parked for one that is more urgent', () => {
  it('is the least urgent, and of these the youngest, and no more than are needed', () => {
    const held = [
      old('first', 4),
      old('younger', 4, { heldAt: ago(30 * MINUTE_MS) }),
      old('less', 2, { priority: -1 }),
    ];
    assert.deepEqual(parked(held, 2), ['less']);
    assert.deepEqual(parked(held, 4), ['younger']);
    assert.deepEqual(parked(held, 6), ['less', 'younger']);
  });

  it('is nobody that is as urgent, that may not be, or that has only begun', () => {
    assert.deepEqual(parked([old('equal', 10, { priority: 5 })], 2), []);
    assert.deepEqual(
      parked([old('bound', 10)], 2, () => 'stays'),
      [],
    );
    const fresh = { heldAt: ago(PARK_AGE_MS_MIN - 1) };
    assert.deepEqual(parked([old('fresh', 10, fresh)], 2), []);
  });

  it('is nobody when that would not be enough', () => {
    const held = [old('small', 2), old('wide', 8, { priority: 9 })];
    assert.deepEqual(parked(held, 4), []);
  });

  it('is nobody more while somebody leaves, or when it starts soon by itself', () => {
    const leaving = (one: Holder): Parking => (one.runId === 'leaving' ? 'leaves' : 'may');
    assert.deepEqual(parked([old('leaving', 4), old('other', 6)], 4, leaving), []);
    const ends = { span: exactly(HOUR_MS + MINUTE_MS) };
    assert.deepEqual(parked([old('ends', 10, ends)], 4), []);
  });

  it('always makes room, by people less urgent, each of whom is needed', () => {
    const one = fc.record({
      cpus: fc.integer({ min: 1, max: 5 }),
      priority: fc.integer({ min: 0, max: 8 }),
      age: fc.integer({ min: 0, max: 3 * HOUR_MS }),
    });
    fc.assert(
      fc.property(
        fc.array(one, { maxLength: 8 }),
        fc.integer({ min: 1, max: 12 }),
        (some, cpus) => {
          const held = some.map(({ cpus: each, priority, age }, index) =>
            holder(`run_${index}`, { amounts: amounts(each), priority, heldAt: ago(age) }),
          );
          const waiting = [urgent(cpus)];
          const chosen = chooseParked(poolState({ held, waiting }), HAS, all);
          if (chosen.length === 0) return;
          const needs = atMost(amounts(cpus), HAS);
          const roomWithout = (gone: readonly Holder[]): boolean => {
            const left = held.filter((each) => !gone.includes(each));
            return new Room(
              HAS,
              left.map((each) => each.amounts),
            ).fits(needs);
          };
          assert.ok(!roomWithout([]) && roomWithout(chosen));
          for (const each of chosen) {
            assert.ok(each.priority < 5 && NOW - each.heldAt >= PARK_AGE_MS_MIN);
            assert.ok(!roomWithout(chosen.filter((other) => other !== each)));
          }
        },
      ),
    );
  });
});
