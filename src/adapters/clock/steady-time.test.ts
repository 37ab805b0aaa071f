import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asEpochMs, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/time.ts';
import { steadyTime } from './steady-time.ts';

const START = Date.UTC(2026, 0, 1);

/** A machine whose time of day is set, and which sleeps, as the test says. */
class Machine {
  #wall = START;
  #awake = 5000;
  #uptime = 9000;
  readonly time = steadyTime({
    wall: () => this.#wall,
    awake: () => this.#awake,
    uptime: () => Math.floor(this.#uptime / 10) * 10,
  });

  now(): number {
    return this.time.now();
  }

  pass(ms: number): void {
    this.#awake += ms;
    this.sleep(ms);
  }

  sleep(ms: number): void {
    this.#wall += ms;
    this.#uptime += ms;
  }

  setBy(ms: number): void {
    this.#wall += ms;
  }
}

describe('the time of leases (fault 13)', () => {
  it('is the time of day while nobody sets that', () => {
    const machine = new Machine();
    machine.pass(90 * MINUTE_MS);
    assert.equal(machine.now(), START + 90 * MINUTE_MS);
  });

  it('lets no lease end early or late by more than a tenth when the time of day jumps', () => {
    for (const jump of [HOUR_MS, -HOUR_MS, 2 * SECOND_MS, -2 * SECOND_MS]) {
      const machine = new Machine();
      const before = machine.now();
      machine.setBy(jump);
      assert.equal(machine.now(), before);
      for (let left = 30; left > 0; left--) {
        machine.pass(SECOND_MS);
        machine.now();
      }
      const passed = machine.now() - before;
      assert.ok(passed >= 27 * SECOND_MS && passed <= 33 * SECOND_MS, `${jump}: ${passed}`);
    }
  });

  it('comes to the time of day that was set, in ten times as long', () => {
    for (const jump of [HOUR_MS, -HOUR_MS]) {
      const machine = new Machine();
      machine.setBy(jump);
      for (let minute = 0; minute < 601; minute++) {
        machine.pass(MINUTE_MS);
        machine.now();
      }
      assert.equal(machine.now(), START + jump + 601 * MINUTE_MS);
    }
  });

  it('knows of the time that the machine has slept at once', () => {
    const machine = new Machine();
    machine.sleep(8 * HOUR_MS);
    assert.ok(Math.abs(machine.now() - (START + 8 * HOUR_MS)) <= 10);
  });

  it('goes on from what was written last, where the time of day was set back meanwhile', () => {
    const machine = new Machine();
    const written = asEpochMs(START + HOUR_MS);
    machine.time.notBefore(written);
    assert.equal(machine.now(), written);
    machine.pass(10 * SECOND_MS);
    assert.equal(machine.now(), written + 9 * SECOND_MS);
    machine.time.notBefore(asEpochMs(START));
    assert.equal(machine.now(), written + 9 * SECOND_MS);
  });

  it('never goes back, whatever is done to the time of day', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('pass' as const), ms: fc.nat(DAY_MS) }),
      fc.record({ do: fc.constant('sleep' as const), ms: fc.nat(DAY_MS) }),
      fc.record({
        do: fc.constant('setBy' as const),
        ms: fc.integer({ min: -DAY_MS, max: DAY_MS }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const machine = new Machine();
        let last = machine.now();
        for (const one of steps) {
          machine[one.do](one.ms);
          const now = machine.now();
          assert.ok(now >= last, `${last} became ${now}`);
          last = now;
        }
      }),
    );
  });
});
