import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM } from '../../src/adapters/drivers/fake/script.ts';
import { VirtualClock } from '../../src/adapters/drivers/fake/virtual-clock.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs, MINUTE_MS, SECOND_MS } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { LEASE_MS } from '../../src/engine/advance-run.ts';
import { SWEEP_MS } from '../../src/engine/collect-orphans.ts';
import { type Engine, type EngineProblem, startEngine } from '../../src/engine/engine.ts';
import { buildNodeSpec } from '../../src/ports/driver.conformance.ts';
import type { Driver, NodeRef, NodeSpec } from '../../src/ports/driver.ts';
import type { Store } from '../../src/ports/store.ts';
import { buildPlan, buildTask, buildTaskFile } from '../../src/spec/build-for-tests.ts';
import type { Run } from '../../src/spec/run.ts';

const STEP_MS = 500;

/** The loop itself, whose time passes only when a test lets it. */
describe('the engine', () => {
  let clock: VirtualClock;
  let store: Store;
  let driver: Driver;
  let engine: Engine | undefined;
  let problems: EngineProblem[];
  let removed: NodeRef[];
  let secrets: Map<string, Readonly<Record<string, string>>>;

  beforeEach(async () => {
    clock = new VirtualClock(asEpochMs(1_800_000_000_000));
    const random = seededRandom(1);
    const now = () => clock.now();
    store = await openSqliteStore({ file: ':memory:', now, random, fold: foldRun });
    driver = fakeDriver({ clock, ledger: new Ledger(), random, script: CALM });
    problems = [];
    removed = [];
    secrets = new Map();
  });
  afterEach(async () => {
    const stopped = engine?.stop();
    await pass(MINUTE_MS);
    await stopped;
    await store.close();
  });

  /** Time passes in steps, after each of which all that can be done without waiting is done. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= STEP_MS) {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(Math.min(left, STEP_MS));
    }
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const start = (parts: { store?: Partial<Store>; driver?: Partial<Driver> } = {}): Engine => {
    engine = startEngine({
      store: over(store, parts.store),
      drivers: new Map([['fake', over(driver, parts.driver)]]),
      secrets: {
        put: async () => {},
        get: async ({ runId }) => secrets.get(runId) ?? {},
        remove: async ({ runId }) => void secrets.delete(runId),
      },
      readTasks: () => buildTaskFile([buildTask()]),
      clock,
      report: (problem) => problems.push(problem),
      removed: ({ ref }) => removed.push(ref),
    });
    return engine;
  };
  const launch = async (runId: string, count = 1, provider = 'fake'): Promise<void> => {
    const plan = buildPlan([{ provider, place: 'fake', offerId: 'fake', count }]);
    const request = { taskText: '', baseDir: '/', envs: {}, plan };
    const key = { tenantId: 'default', runId };
    await store.createRun(key, request, [{ type: 'run.created', data: { name: runId } }]);
  };
  const liveOf = async (refs: readonly NodeRef[]): Promise<readonly NodeRef[]> => {
    const seen = await driver.observe(refs);
    return refs.filter((_, index) => seen[index]!.state !== 'ended');
  };
  const read = async (runId: string): Promise<Run> =>
    (await store.readRun({ tenantId: 'default', runId })).run;

  it('is not held up by a create that takes minutes, and lets nobody take that run', async () => {
    const copied = Promise.withResolvers<void>();
    start({
      driver: {
        create: async (spec) => {
          if (spec.ref.runId === 'run_slow') await copied.promise;
          return driver.create(spec);
        },
      },
    });
    await launch('run_slow');
    await pass(SECOND_MS);
    await launch('run_quick');
    await pass(10 * MINUTE_MS);
    assert.equal((await read('run_quick')).outcome, 'succeeded');
    assert.equal((await read('run_slow')).state, 'starting');
    assert.deepEqual(await store.claimDue({ leaseMs: LEASE_MS, limit: 10 }), []);
    copied.resolve();
    await pass(10 * MINUTE_MS);
    const slow = await read('run_slow');
    assert.deepEqual([slow.outcome, slow.attempts.length, problems], ['succeeded', 1, []]);
  });

  it('hears a nudge at any moment, and looks at once', async () => {
    let nudges = 0;
    const nextDueAt = async () => {
      const due = await store.nextDueAt();
      // Launched just after the loop has asked how long it may sleep.
      if (++nudges === 1) {
        await launch('run_1');
        engine!.nudge();
      }
      return due;
    };
    start({ store: { nextDueAt } });
    await pass(1);
    assert.equal((await read('run_1')).state, 'starting');
  });

  it('tells why a run waits, once, and tries again less and less often', async () => {
    let tries = 0;
    start({
      driver: {
        create: async () => {
          tries++;
          throw new KedgeError('state.disk-full', 'the disk is full');
        },
      },
    });
    await launch('run_1');
    await pass(10 * MINUTE_MS);
    const run = await read('run_1');
    assert.deepEqual([run.state, run.reason], ['queued', 'cannot start yet: the disk is full']);
    const events = await store.pageEvents({ tenantId: 'default', runId: 'run_1' }, 0, 1000);
    assert.equal(events.filter(({ type }) => type === 'run.queued').length, 1);
    assert.ok(tries > 5 && tries < 20, `${tries} tries in ten minutes`);
    engine!.nudge();
  });

  it('does not spin while the store refuses to write, and goes on when it writes again', async () => {
    let full = true;
    let claims = 0;
    const claimDue: Store['claimDue'] = async (options) => {
      claims++;
      if (full) throw new KedgeError('state.disk-full', 'the disk is full');
      return store.claimDue(options);
    };
    start({ store: { claimDue } });
    await launch('run_1');
    await pass(10 * MINUTE_MS);
    assert.ok(claims < 150, `${claims} claims in ten minutes`);
    full = false;
    const before = claims;
    await pass(5 * SECOND_MS);
    assert.ok(claims > before, 'healthy within 5 s (fault 12)');
    await pass(10 * MINUTE_MS);
    assert.equal((await read('run_1')).outcome, 'succeeded');
  });

  it('ends a gang whose last node cannot be had without hiring the rest of it', async () => {
    const created: number[] = [];
    start({
      driver: {
        create: async (spec) => {
          created.push(spec.ref.rank);
          if (spec.ref.rank === 0)
            throw new KedgeError('driver.workdir-unreadable', 'no such folder');
          return driver.create(spec);
        },
      },
    });
    await launch('run_1', 3);
    await pass(MINUTE_MS);
    const run = await read('run_1');
    assert.deepEqual([run.outcome, created], ['task-failed', [0]]);
    assert.match(run.reason!, /no such folder \(driver\.workdir-unreadable\) \(node 0\)/);
  });

  it('takes no trouble of its own store for a refusal of the place', async () => {
    let calls = 0;
    start({
      store: {
        installationId: async () => {
          if (++calls === 2) throw new KedgeError('state.disk-error', 'the disk does not answer');
          return store.installationId();
        },
      },
    });
    await launch('run_1', 2);
    await pass(10 * MINUTE_MS);
    const run = await read('run_1');
    assert.deepEqual([run.outcome, run.attempts.length], ['succeeded', 1]);
  });

  it('keeps a node that was refused from being bought by a create that comes late (fault 2)', async () => {
    const refused: NodeSpec[] = [];
    start({
      driver: {
        create: async (spec) => {
          if (spec.ref.attempt > 1) return driver.create(spec);
          refused.push(spec);
          throw new KedgeError('launch.no-capacity', 'none left');
        },
      },
    });
    await launch('run_1');
    await pass(10 * MINUTE_MS);
    assert.equal((await read('run_1')).outcome, 'succeeded');
    await driver.create(refused[0]!);
    const [seen] = await driver.observe([refused[0]!.ref]);
    assert.ok(seen?.state === 'ended' && seen.startedAt === null);
  });

  it('ends a run for whose place there is no driver', async () => {
    start();
    await launch('run_1', 1, 'nowhere');
    await pass(MINUTE_MS);
    const run = await read('run_1');
    assert.equal(run.outcome, 'task-failed');
    assert.match(run.reason!, /no driver runs things at nowhere/);
  });

  it('hires no further node of a gang when it has lost the run meanwhile (fault 2)', async () => {
    const created: number[] = [];
    let renewals = 0;
    start({
      store: {
        renew: async (claim, leaseMs) => {
          if (++renewals > 1) throw new KedgeError('state.stale-lease', 'another has it');
          return store.renew(claim, leaseMs);
        },
      },
      driver: {
        create: async (spec) => {
          created.push(spec.ref.rank);
          return driver.create(spec);
        },
      },
    });
    await launch('run_1', 3);
    await pass(10 * SECOND_MS);
    assert.deepEqual(created, [0]);
  });

  it('removes what carries its tag and nobody intends, in two sweeps (fault 6)', async () => {
    const ours = await store.installationId();
    const machines: NodeRef[] = [];
    for (let index = 0; index < 1000; index++) {
      const spec = buildNodeSpec({ run: 'true', rank: index });
      const installationId = index % 2 === 0 ? ours : 'inst_other';
      await driver.create({ ...spec, installationId });
      machines.push(spec.ref);
    }
    start();
    await launch('run_1');
    await pass(SWEEP_MS + SECOND_MS);
    assert.equal((await liveOf(machines)).length, 1000);
    await pass(SWEEP_MS);
    assert.deepEqual(
      await liveOf(machines),
      machines.filter(({ rank }) => rank % 2 === 1),
    );
    // Each is told, for the server's log.
    assert.deepEqual(
      removed,
      machines.filter(({ rank }) => rank % 2 === 0),
    );
    assert.equal((await read('run_1')).state, 'running');
  });

  it('looks at each machine alone when one look at all of them fails by a bug (faults 6, 51)', async () => {
    const installationId = await store.installationId();
    const machines: NodeRef[] = [];
    for (let rank = 0; rank < 3; rank++) {
      const spec = buildNodeSpec({ run: 'true', rank });
      await driver.create({ ...spec, installationId });
      machines.push(spec.ref);
    }
    const observe: Driver['observe'] = async (refs) => {
      if (refs.some(({ rank }) => rank === 1)) throw new TypeError('no such field');
      return driver.observe(refs);
    };
    start({ driver: { observe } });
    await pass(2 * SWEEP_MS + SECOND_MS);
    assert.deepEqual(removed, machines);
  });

  it('leaves no secret behind a run that has ended, even if it dies at the last word', async () => {
    secrets.set('run_1', { KEY: 'canary' });
    let kept: boolean | undefined;
    const writeIntent: Store['writeIntent'] = async (claim, events) => {
      if (events.some(({ type }) => type === 'run.ended')) kept = secrets.has('run_1');
      return store.writeIntent(claim, events);
    };
    start({ store: { writeIntent } });
    await launch('run_1');
    await pass(10 * MINUTE_MS);
    assert.equal(kept, false);
  });

  it('stops in seconds, whatever it has in hand', async () => {
    start({ driver: { create: () => new Promise(() => {}) } });
    await launch('run_1');
    await pass(SECOND_MS);
    const stopped = engine!.stop();
    await pass(10 * SECOND_MS);
    // In virtual time all is over by now, or will never be.
    assert.equal(await Promise.race([stopped, pass(1).then(() => 'never')]), undefined);
  });
});

/** A port with some of its methods replaced. */
function over<Port extends object>(port: Port, parts: Partial<Port> = {}): Port {
  return new Proxy(port, {
    get: (target, name) => {
      const member = (Reflect.get(parts, name) ?? Reflect.get(target, name, target)) as unknown;
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
