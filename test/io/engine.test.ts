import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM, type FakeScript } from '../../src/adapters/drivers/fake/script.ts';
import { VirtualClock } from '../../src/adapters/drivers/fake/virtual-clock.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { advanceRun, LEASE_MS } from '../../src/engine/advance-run.ts';
import type { Driver } from '../../src/ports/driver.ts';
import type { RunKey, Store } from '../../src/ports/store.ts';
import { buildPlan, buildTask, buildTaskFile } from '../../src/spec/build-for-tests.ts';
import type { Run } from '../../src/spec/run.ts';

const KEY: RunKey = { tenantId: 'default', runId: 'run_1' };
const LOOKS_MAX = 5000;

class Crash extends Error {}

/** The real engine, store and core over a virtual provider; the ledger is the judge. */
class World {
  readonly ledger = new Ledger();
  readonly clock = new VirtualClock(asEpochMs(1_800_000_000_000));
  readonly #driver: Driver;
  readonly #crashes: () => boolean;
  readonly #options: { readonly nodes: number; readonly retries: number };
  #store: Store | undefined;

  constructor(options: {
    readonly script?: Partial<FakeScript>;
    readonly nodes?: number;
    readonly retries?: number;
    /** Asked before each call to store and driver: whether the server dies there. */
    readonly crashes?: () => boolean;
  }) {
    const { script = {}, nodes = 1, retries = 0, crashes = () => false } = options;
    const { clock, ledger } = this;
    this.#driver = fakeDriver({
      clock,
      ledger,
      random: seededRandom(1),
      script: { ...CALM, ...script },
    });
    this.#crashes = crashes;
    this.#options = { nodes, retries };
  }

  get store(): Store {
    assert.ok(this.#store);
    return this.#store;
  }

  async launch(): Promise<void> {
    const now = () => this.clock.now();
    const options = { file: ':memory:', now, random: seededRandom(2), fold: foldRun };
    this.#store = await openSqliteStore(options);
    const plan = buildPlan([
      { provider: 'fake', place: 'fake', offerId: 'fake', count: this.#options.nodes },
    ]);
    const request = { taskText: '', baseDir: '/', envs: {}, plan };
    await this.store.createRun(KEY, request, [{ type: 'run.created', data: { name: 'x' } }]);
  }

  /** Looks at what is due until the run has ended and nothing of it lives, or time is up. */
  async play(during: (run: Run, look: number) => Promise<void> = async () => {}): Promise<Run> {
    for (let look = 0; look < LOOKS_MAX; look++) {
      const { run } = await this.store.readRun(KEY);
      if (run.state === 'ended') return run;
      await during(run, look);
      await this.#look();
      const due = (await this.store.nextDueAt()) ?? this.clock.now();
      await this.clock.advance(Math.max(1, due - this.clock.now()));
    }
    return assert.fail(`the run did not end in ${LOOKS_MAX} looks`);
  }

  async #look(): Promise<void> {
    const { retries } = this.#options;
    for (const claim of await this.store.claimDue({ leaseMs: LEASE_MS, limit: 10 })) {
      try {
        const nextAt = await advanceRun(
          {
            store: this.#mortal(this.store),
            drivers: new Map([['fake', this.#mortal(this.#driver)]]),
            secrets: { put: async () => {}, get: async () => ({}), remove: async () => {} },
            readTasks: () => buildTaskFile([buildTask({ retries })]),
          },
          claim,
        );
        await this.store.release(claim, nextAt);
      } catch (error) {
        // A dead server gives nothing back: the lease runs out. A living one tries again soon.
        if (error instanceof Crash) continue;
        await this.store.release(claim, asEpochMs(this.clock.now() + 1000));
      }
    }
  }

  /** The same thing, on whose every call the server may die, before it or after it. */
  #mortal<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          if (this.#crashes()) throw new Crash('before');
          const result: unknown = await member.apply(target, args);
          if (this.#crashes()) throw new Crash('after');
          return result;
        };
      },
    });
  }
}

const once =
  <Fault>(fault: Fault) =>
  (_ref: unknown, call: number): Fault | 'done' =>
    call === 0 ? fault : 'done';

describe('the engine, judged by the ledger of a virtual provider', () => {
  it('runs a gang of three to its end, on three machines', async () => {
    const world = new World({ nodes: 3 });
    await world.launch();
    const run = await world.play();
    assert.equal(run.outcome, 'succeeded');
    assert.equal(world.ledger.entries.filter(({ event }) => event === 'bought').length, 3);
    assert.deepEqual([world.ledger.live(), world.ledger.doubled()], [[], []]);
  });

  it('a create whose reply was lost is settled by asking, not by buying again (fault 3)', async () => {
    const world = new World({ nodes: 2, script: { onCreate: once('reply-lost') } });
    await world.launch();
    assert.equal((await world.play()).outcome, 'succeeded');
    assert.equal(world.ledger.entries.filter(({ event }) => event === 'bought').length, 2);
  });

  it('a place that stays out of sight for an hour gets no second machine (fault 10)', async () => {
    const from = asEpochMs(1_800_000_010_000);
    const isOutOfSight = (_: unknown, at: number): boolean => at > from && at < from + 3_600_000;
    const world = new World({ script: { isOutOfSight } });
    await world.launch();
    assert.equal((await world.play()).outcome, 'succeeded');
    assert.deepEqual(world.ledger.doubled(), []);
    assert.equal(world.ledger.entries.filter(({ event }) => event === 'bought').length, 1);
  });

  it('a termination that is acknowledged and not done is asked for again (fault 5)', async () => {
    const onStop = (_: unknown, call: number) => (call < 5 ? 'ignored' : 'done') as 'done';
    const task = () => ({ ...CALM.task({} as never), durationMs: null });
    const world = new World({ script: { onStop, task } });
    await world.launch();
    const run = await world.play(async (_, look) => {
      if (look === 30)
        await world.store.append(KEY, 'user', [{ type: 'run.stop-requested', data: {} }]);
    });
    assert.equal(run.outcome, 'cancelled');
    assert.deepEqual(world.ledger.live(), []);
  });

  it('a preempted gang is placed anew, whole, and the old one is gone first (fault 9)', async () => {
    const preemptedAfterMs = (ref: { attempt: number; rank: number }): number | null =>
      ref.attempt === 1 && ref.rank === 1 ? 5000 : null;
    const world = new World({ nodes: 3, script: { preemptedAfterMs } });
    await world.launch();
    const run = await world.play();
    assert.deepEqual([run.outcome, run.attempts.length], ['succeeded', 2]);
    assert.deepEqual(world.ledger.live(), []);
  });

  it('no capacity is no failure of the task: it is tried again after a pause', async () => {
    const onCreate = (ref: { attempt: number }) =>
      (ref.attempt < 3 ? 'no-capacity' : 'done') as 'done';
    const world = new World({ script: { onCreate } });
    await world.launch();
    const run = await world.play();
    assert.deepEqual([run.outcome, run.attempts.length], ['succeeded', 3]);
  });

  it('a stop at any moment of a launch leaves nothing running (fault 48)', async () => {
    for (let moment = 0; moment < 40; moment++) {
      const task = () => ({ ...CALM.task({} as never), durationMs: null });
      const world = new World({ nodes: 2, script: { task } });
      await world.launch();
      const run = await world.play(async (_, look) => {
        if (look === moment)
          await world.store.append(KEY, 'user', [{ type: 'run.stop-requested', data: {} }]);
      });
      assert.equal(run.outcome, 'cancelled');
      assert.deepEqual(world.ledger.live(), [], `stopped at look ${moment}`);
    }
  });

  it('a server that dies at any call, again and again, loses and doubles nothing (fault 1)', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      const onCreate = () => (random() < 0.2 ? 'reply-lost' : 'done') as 'done';
      const onStop = () => (random() < 0.3 ? 'ignored' : 'done') as 'done';
      const exits = random() < 0.3 ? 5 : 0;
      const task = () => ({ ...CALM.task({} as never), durationMs: 20_000, exitCode: exits });
      const crashes = () => random() < 0.05;
      const world = new World({
        nodes: 1 + (seed % 3),
        crashes,
        script: { onCreate, onStop, task },
      });
      await world.launch();
      const run = await world.play();
      assert.equal(run.outcome, exits === 0 ? 'succeeded' : 'task-failed', `seed ${seed}`);
      assert.equal(run.attempts.length, 1, `seed ${seed}: started once`);
      assert.deepEqual([world.ledger.live(), world.ledger.doubled()], [[], []], `seed ${seed}`);
    }
  });
});
