import { fakeDriver } from '../src/adapters/drivers/fake/fake-driver.ts';
import { FakeFiles } from '../src/adapters/drivers/fake/fake-files.ts';
import { Ledger } from '../src/adapters/drivers/fake/ledger.ts';
import type { FakeScript, FakeTask } from '../src/adapters/drivers/fake/script.ts';
import { seededRandom } from '../src/base/rng.ts';
import { asEpochMs, SECOND_MS } from '../src/base/time.ts';
import type { Driver, NodeRef, NodeSpec } from '../src/ports/driver.ts';
import type { PoolCapacity } from '../src/spec/reservation.ts';
import { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';

/** Of home, what its owner hands out; a machine takes a vCPU of it. */
export const POOL = 'machine:home';
/** A command of a simulated task that runs until it is stopped. */
export const FOREVER = 'forever';
const OUT_OF_SIGHT_MS = 20 * SECOND_MS;

export type Provider = {
  readonly driver: Driver;
  readonly ledger: Ledger;
  readonly files: FakeFiles;
  /** Brings the ledger up to now, as only the provider itself can. */
  readonly settle: () => Promise<void>;
};

/** The virtual cloud of one world. What a machine will meet is fixed by seed and token. */
export function makeProvider(options: {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly faults: () => Faults;
  /** Machines that it hands out; null where it sells them. */
  readonly pool: number | null;
}): Provider {
  const { seed, scheduler, faults } = options;
  const ledger = new Ledger();
  const now = () => asEpochMs(scheduler.now() + faults().skewMs);
  const clock = { now, sleep: async () => {} };
  const script = makeScript({ ...options, ledger });
  const files = new FakeFiles();
  const capacity = options.pool === null ? [] : [capacityOf(options.pool)];
  const random = seededRandom(seed);
  const driver = fakeDriver({ clock, ledger, script, random, files, capacity });
  return { driver, ledger, files, settle: async () => void (await driver.list('')) };
}

function capacityOf(machines: number): PoolCapacity {
  const has = { cpusMilli: 1000 * machines, memoryMib: 0, gpusByName: {} };
  return { pool: POOL, name: 'home', has };
}

function makeScript(world: {
  readonly seed: number;
  readonly scheduler: Scheduler;
  readonly faults: () => Faults;
  readonly ledger: Ledger;
}): FakeScript {
  const { seed, scheduler, faults, ledger } = world;
  const calls = new Chance(seed, 'provider');
  const of = ({ token }: NodeRef, what: string): Chance => new Chance(seed, `${token}/${what}`);
  return {
    task: (spec) => drawTask(spec, { chance: of(spec.ref, 'task'), faults: faults() }),
    bootMs: { min: 100, max: 5 * SECOND_MS },
    lagMs: () => calls.between(0, faults().lagMsMax),
    onCreate: () => {
      if (calls.is(faults().denied)) return 'denied';
      const isFull = ledger.live().length >= faults().capacity;
      return isFull || calls.is(faults().noCapacity) ? 'no-capacity' : 'done';
    },
    onStop: () => (calls.is(faults().stopIgnored) ? 'ignored' : 'done'),
    preemptedAfterMs: (ref) => {
      const chance = of(ref, 'preempted');
      return chance.is(faults().preempted) ? chance.int(0, 8 * SECOND_MS) : null;
    },
    forgottenAfterMs: (ref, purchase) => {
      const chance = of(ref, `forgotten ${purchase}`);
      return chance.is(faults().forgotten) ? chance.int(0, 8 * SECOND_MS) : null;
    },
    sample: () => null,
    isOutOfSight: (ref) => {
      const span = Math.floor(scheduler.now() / OUT_OF_SIGHT_MS);
      return of(ref, `sight ${span}`).is(faults().outOfSight);
    },
  };
}

function drawTask(
  { run }: NodeSpec,
  { chance, faults }: { readonly chance: Chance; readonly faults: Faults },
): FakeTask {
  return {
    durationMs: run === FOREVER ? null : chance.int(200, 8 * SECOND_MS),
    exitCode: chance.is(faults.taskFails) ? chance.int(1, 3) : 0,
    output: '',
    ignoresTerminate: chance.is(faults.taskResists),
  };
}
