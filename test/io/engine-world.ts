import assert from 'node:assert/strict';
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

export const KEY: RunKey = { tenantId: 'default', runId: 'run_1' };
const LOOKS_MAX = 5000;

class Crash extends Error {}

/** The real engine, store and core over a virtual provider; the ledger is the judge. */
export class EngineWorld {
  readonly ledger = new Ledger();
  readonly clock = new VirtualClock(asEpochMs(1_800_000_000_000));
  readonly #fake: Driver;
  readonly #driver: Driver;
  readonly #between: (call: number) => Promise<void>;
  readonly #crashes: () => boolean;
  readonly #options: { readonly nodes: number; readonly retries: number };
  #store: Store | undefined;
  #calls = 0;

  constructor(options: {
    readonly script?: Partial<FakeScript>;
    readonly nodes?: number;
    readonly retries?: number;
    /** Asked before each call to store and driver: whether the server dies there. */
    readonly crashes?: () => boolean;
    /** Before the n-th of those calls is made it is asked for 2n, after it for 2n + 1. */
    readonly between?: (call: number) => Promise<void>;
    /** The driver as the engine has it. */
    readonly wrap?: (driver: Driver) => Driver;
  }) {
    const { script = {}, nodes = 1, retries = 0 } = options;
    const { clock, ledger } = this;
    const driver = fakeDriver({
      clock,
      ledger,
      random: seededRandom(1),
      script: { ...CALM, ...script },
    });
    this.#fake = driver;
    this.#driver = options.wrap?.(driver) ?? driver;
    this.#crashes = options.crashes ?? (() => false);
    this.#between = options.between ?? (async () => {});
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

  /** Machines that live now, by the provider's own book. */
  async live(): Promise<readonly string[]> {
    await this.#fake.list('');
    return this.ledger.live().map(({ token }) => token);
  }

  async stop(): Promise<void> {
    await this.store.append(KEY, 'user', [{ type: 'run.stop-requested', data: {} }]);
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
          const call = this.#calls++;
          await this.#between(2 * call);
          if (this.#crashes()) throw new Crash('before');
          const result: unknown = await member.apply(target, args).finally(() => {
            return this.#between(2 * call + 1);
          });
          if (this.#crashes()) throw new Crash('after');
          return result;
        };
      },
    });
  }
}
