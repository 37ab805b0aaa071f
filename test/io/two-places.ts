import assert from 'node:assert/strict';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { FakeFiles } from '../../src/adapters/drivers/fake/fake-files.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM, type FakeScript } from '../../src/adapters/drivers/fake/script.ts';
import { VirtualClock } from '../../src/adapters/drivers/fake/virtual-clock.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { advanceRun, LEASE_MS } from '../../src/engine/advance-run.ts';
import type { Retuner } from '../../src/engine/retuner.ts';
import { movesRequested } from '../../src/engine/run-now.ts';
import type { Driver, NodeRef } from '../../src/ports/driver.ts';
import type { RunKey, RunRequest, Store } from '../../src/ports/store.ts';
import {
  buildAllocation,
  buildPlan,
  buildTask,
  buildTaskFile,
} from '../../src/spec/build-for-tests.ts';
import type { Run } from '../../src/spec/run.ts';

export const KEY: RunKey = { tenantId: 'default', runId: 'run_1' };
export const REF: NodeRef = { ...KEY, allocation: 0, attempt: 1, rank: 0, token: '' };
export const STATE = new TextEncoder().encode('weights of step 100');
/** One that writes checkpoints. */
export const TASK = buildTask({ checkpoint: { path: 'ckpt', intervalMs: null, sizeBytes: null } });
const LOOKS_MAX = 20_000;

class Crash extends Error {}

export type Place = { readonly ledger: Ledger; readonly files: FakeFiles; readonly driver: Driver };

export class TwoPlaces {
  readonly clock = new VirtualClock(asEpochMs(1_800_000_000_000));
  readonly a: Place;
  readonly b: Place;
  crashes: () => boolean = () => false;
  retuner: Retuner | undefined;
  #store: Store | undefined;

  constructor(
    scripts: { readonly a?: Partial<FakeScript>; readonly b?: Partial<FakeScript> } = {},
  ) {
    this.a = this.#place(scripts.a);
    this.b = this.#place(scripts.b);
    this.a.files.put(REF, 'checkpoint', 'step-100/weights', STATE);
  }

  get store(): Store {
    assert.ok(this.#store);
    return this.#store;
  }

  async launch(over: Partial<RunRequest> = {}): Promise<void> {
    const now = () => this.clock.now();
    this.#store = await openSqliteStore({
      file: ':memory:',
      now,
      random: seededRandom(2),
      fold: foldRun,
    });
    const plan = buildPlan([{ provider: 'a', place: 'a', offerId: 'a' }]);
    const request = { taskText: '', baseDir: '/', envs: {}, plan, ...over };
    await this.store.createRun(KEY, request, [{ type: 'run.created', data: { name: 'x' } }]);
  }

  async move(): Promise<void> {
    const { run } = await this.store.readRun(KEY);
    const line = buildAllocation({ provider: 'b', place: 'b', offerId: 'b' });
    const events = movesRequested(run, [{ allocation: 0, line, reason: 'the user asked for it' }]);
    await this.store.append(KEY, 'user', events);
  }

  /** Looks at what is due until the condition holds. */
  async until(holds: (run: Run) => boolean): Promise<Run> {
    for (let look = 0; look < LOOKS_MAX; look++) {
      const { run } = await this.store.readRun(KEY);
      if (holds(run)) return run;
      await this.#look();
      const due = (await this.store.nextDueAt()) ?? this.clock.now();
      await this.clock.advance(Math.max(1, due - this.clock.now()));
    }
    return assert.fail(`it did not come to that in ${LOOKS_MAX} looks`);
  }

  async filesAt({ files }: Place): Promise<string | null> {
    const entries = await files.list(REF, 'checkpoint');
    if (!entries.some(({ path }) => path === 'step-100/weights')) return null;
    const slice = { offset: 0, maxBytes: 1000 };
    const bytes = await files.read(REF, 'checkpoint', 'step-100/weights', slice);
    return new TextDecoder().decode(bytes);
  }

  /** Moments at which machines of both places lived at once. */
  overlaps(): number {
    const [ofA, ofB] = [this.a.ledger.machines(), this.b.ledger.machines()];
    return ofA.flatMap((one) =>
      ofB.filter((other) => {
        const begins = Math.max(one.boughtAt, other.boughtAt);
        return begins < Math.min(one.end?.endedAt ?? Infinity, other.end?.endedAt ?? Infinity);
      }),
    ).length;
  }

  async #look(): Promise<void> {
    for (const claim of await this.store.claimDue({ leaseMs: LEASE_MS, limit: 10 })) {
      try {
        const nextAt = await advanceRun(
          {
            store: this.#mortal(this.store),
            drivers: new Map([
              ['a', this.#mortalDriver(this.a.driver)],
              ['b', this.#mortalDriver(this.b.driver)],
            ]),
            secrets: { put: async () => {}, get: async () => ({}), remove: async () => {} },
            readTasks: () => buildTaskFile([TASK]),
            ...(this.retuner === undefined ? {} : { retuner: this.retuner }),
          },
          claim,
        );
        await this.store.release(claim, nextAt);
      } catch (error) {
        if (error instanceof Crash) continue;
        if (!(error instanceof KedgeError)) throw error;
        await this.store.release(claim, asEpochMs(this.clock.now() + 1000));
      }
    }
  }

  #place(script: Partial<FakeScript> = {}): Place {
    const { clock } = this;
    const ledger = new Ledger();
    const files = new FakeFiles();
    const driver = fakeDriver({
      clock,
      ledger,
      files,
      random: seededRandom(1),
      script: { ...CALM, ...script },
    });
    return { ledger, files, driver };
  }

  #mortalDriver(driver: Driver): Driver {
    return { ...this.#mortal(driver), files: this.#mortal(driver.files) };
  }

  /** The same thing, on whose every call the server may die, before it or after it. */
  #mortal<Port extends object>(port: Port): Port {
    const names = new Set<string>(Object.keys(port));
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(port))) names.add(name);
    const wrapped = [...names].map((name) => {
      const member = Reflect.get(port, name, port) as unknown;
      if (typeof member !== 'function') return [name, member];
      const call = async (...args: unknown[]) => {
        if (this.crashes()) throw new Crash('before');
        const result: unknown = await member.apply(port, args);
        if (this.crashes()) throw new Crash('after');
        return result;
      };
      return [name, call];
    });
    return Object.fromEntries(wrapped) as Port;
  }
}
