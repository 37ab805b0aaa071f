import assert from 'node:assert/strict';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM } from '../../src/adapters/drivers/fake/script.ts';
import { VirtualClock } from '../../src/adapters/drivers/fake/virtual-clock.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { rateFromUsd } from '../../src/base/money.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs, HOUR_MS, MINUTE_MS } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { planLine } from '../../src/core/optimize/plan-line.ts';
import { spotPricing } from '../../src/core/optimize/spot/price-spot.ts';
import { advanceRun, LEASE_MS } from '../../src/engine/advance-run.ts';
import { SpotKeeper } from '../../src/engine/spot-keeper.ts';
import type { Driver, NodeRef, NodeSpec } from '../../src/ports/driver.ts';
import type { RunKey, Store } from '../../src/ports/store.ts';
import { buildOffer, buildPlan, buildTask, buildTaskFile } from '../../src/spec/build-for-tests.ts';
import type { Run } from '../../src/spec/run.ts';
import type { Task } from '../../src/spec/task.ts';

const KEY: RunKey = { tenantId: 'default', runId: 'run_1' };
const LOOKS_MAX = 20_000;
/** So that hours of a run are hundreds of looks: one each minute, where it goes on as it is. */
const STRETCH = 12;
/** Of a real machine: a few minutes, and more than none. */
const BOOT_MS = 3 * MINUTE_MS;
const SAVED_EVERY_MS = 10 * MINUTE_MS;

const SPOT = buildOffer({
  id: 'spot',
  provider: 'fake',
  place: 'fake',
  spot: true,
  launchable: true,
  nanosPerHour: rateFromUsd(1),
});
const ON_DEMAND = buildOffer({
  id: 'on-demand',
  provider: 'fake',
  place: 'fake',
  launchable: true,
  nanosPerHour: rateFromUsd(3),
});

export type SpotTrace = {
  readonly workHours: number;
  readonly deadlineHours: number;
  /** When spot changes, in hours from the start; it is there before the first. */
  readonly flipsAtHours: readonly number[];
  /** Whether the place lists only what can be had. */
  readonly tells?: boolean;
};

/**
 * The real engine, store and core, with a provider whose spot comes and goes by a trace and whose
 * task goes on from what it has saved; its ledger is the judge.
 */
export class SpotWorld {
  readonly ledger = new Ledger();
  readonly clock = new VirtualClock(asEpochMs(1_800_000_000_000));
  readonly task: Task;
  readonly specs = new Map<string, NodeSpec>();
  readonly #startedAt = this.clock.now();
  readonly #trace: SpotTrace;
  readonly #driver: Driver;
  #store: Store | undefined;
  #spot: SpotKeeper;

  constructor(trace: SpotTrace) {
    this.#trace = trace;
    this.#driver = this.#provider();
    this.#spot = this.#keeper();
    const goal = {
      ...buildTask().goal,
      spot: 'allow',
      deadlineMs: trace.deadlineHours * HOUR_MS,
    } as const;
    const checkpoint = { path: 'ckpt', intervalMs: SAVED_EVERY_MS, sizeBytes: 0 };
    this.task = buildTask({ goal, checkpoint, work: { hours: trace.workHours, on: null } });
  }

  async launch(): Promise<void> {
    const options = {
      file: ':memory:',
      now: () => this.clock.now(),
      random: seededRandom(2),
      fold: foldRun,
    };
    this.#store = await openSqliteStore(options);
    const hours = this.#trace.workHours;
    const plain = {
      offer: SPOT,
      machines: 1,
      hours: { low: hours, mid: hours, high: hours },
      throughput: null,
    };
    const candidate = spotPricing(this.task, [SPOT, ON_DEMAND])(plain);
    const line = planLine(
      { index: 0, task: this.task },
      { candidate, machines: 1, hours: candidate.hours!.mid },
    );
    const request = { taskText: '', baseDir: '/', envs: {}, plan: buildPlan([line]) };
    await this.#store.createRun(KEY, request, [{ type: 'run.created', data: { name: 'x' } }]);
  }

  /** Another server takes over: nothing is remembered but what the store has. */
  restart(): void {
    this.#spot = this.#keeper();
  }

  async until(holds: (run: Run) => boolean): Promise<Run> {
    assert.ok(this.#store);
    for (let look = 0; look < LOOKS_MAX; look++) {
      const { run } = await this.#store.readRun(KEY);
      if (holds(run)) return run;
      await this.#look(this.#store);
      const due = (await this.#store.nextDueAt()) ?? this.clock.now();
      await this.clock.advance(Math.max(1, due - this.clock.now()));
    }
    return assert.fail(`it did not come to that in ${LOOKS_MAX} looks`);
  }

  /** Dollars by the provider's book: from boot to end, at each machine's price. */
  costUsd(): number {
    return this.ledger.machines().reduce((sum, { ref, boughtAt, end }) => {
      const hours = ((end?.endedAt ?? this.clock.now()) - boughtAt) / HOUR_MS;
      return sum + hours * (this.#isSpot(ref) ? 1 : 3);
    }, 0);
  }

  /** Hours from the start. */
  hoursNow(): number {
    return (this.clock.now() - this.#startedAt) / HOUR_MS;
  }

  async #look(store: Store): Promise<void> {
    for (const claim of await store.claimDue({ leaseMs: LEASE_MS, limit: 10 })) {
      const parts = {
        store,
        drivers: new Map([['fake', this.#driver]]),
        secrets: { put: async () => {}, get: async () => ({}), remove: async () => {} },
        readTasks: () => buildTaskFile([this.task]),
        spot: this.#spot,
        pace: { stretch: STRETCH },
      };
      await store.release(claim, await advanceRun(parts, claim));
    }
  }

  #keeper(): SpotKeeper {
    const hoursLeft = async () => new Map();
    return new SpotKeeper({ drivers: new Map([['fake', this.#driver]]), hoursLeft });
  }

  #provider(): Driver {
    const { clock, ledger } = this;
    const calm = CALM.task(null as never);
    const inner = fakeDriver({
      clock,
      ledger,
      random: seededRandom(1),
      script: {
        ...CALM,
        bootMs: { min: BOOT_MS, max: BOOT_MS },
        task: () => ({ ...calm, durationMs: this.#trace.workHours * HOUR_MS - this.#savedMs() }),
        onCreate: (ref) =>
          this.#isSpot(ref) && !this.#isThere(clock.now()) ? 'no-capacity' : 'done',
        preemptedAfterMs: (ref) => (this.#isSpot(ref) ? this.#goesAfterMs() : null),
      },
    });
    return {
      ...inner,
      create: async (spec) => {
        this.specs.set(spec.ref.token, spec);
        await inner.create(spec);
      },
      offers: async () => {
        const isListed = this.#trace.tells === false || this.#isThere(clock.now());
        return isListed ? [SPOT, ON_DEMAND] : [ON_DEMAND];
      },
    };
  }

  #isSpot({ token }: NodeRef): boolean {
    const spec = this.specs.get(token);
    assert.ok(spec, `nobody asked for ${token}`);
    return spec.offerId === SPOT.id;
  }

  #isThere(at: number): boolean {
    const hours = (at - this.#startedAt) / HOUR_MS;
    return this.#trace.flipsAtHours.filter((flip) => flip <= hours).length % 2 === 0;
  }

  /** From the end of its boot; one that is gone before has not run. */
  #goesAfterMs(): number | null {
    const bootedAt = this.clock.now() + BOOT_MS;
    const flip = this.#trace.flipsAtHours.find((hours, index) => {
      return index % 2 === 0 && this.#startedAt + hours * HOUR_MS > this.clock.now();
    });
    return flip === undefined ? null : this.#startedAt + flip * HOUR_MS - bootedAt;
  }

  /** Of a task that was stopped all that it did, of one that was taken away what it had saved. */
  #savedMs(): number {
    return this.ledger.machines().reduce((sum, { startedAt, end }) => {
      if (startedAt === null || end === null) return sum;
      const ranMs = end.endedAt - startedAt;
      return (
        sum + (end.how === 'lost' ? Math.floor(ranMs / SAVED_EVERY_MS) * SAVED_EVERY_MS : ranMs)
      );
    }, 0);
  }
}
