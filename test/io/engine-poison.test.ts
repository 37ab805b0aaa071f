import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM } from '../../src/adapters/drivers/fake/script.ts';
import { VirtualClock } from '../../src/adapters/drivers/fake/virtual-clock.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs, MINUTE_MS, SECOND_MS } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { type EngineProblem, startEngine } from '../../src/engine/engine.ts';
import { BUGS_MAX, DEATHS_MAX } from '../../src/engine/quarantine.ts';
import type { Driver } from '../../src/ports/driver.ts';
import type { Store } from '../../src/ports/store.ts';
import { buildPlan, buildTask, buildTaskFile } from '../../src/spec/build-for-tests.ts';
import type { Run } from '../../src/spec/run.ts';

const POISON = 'run_poison';
const STEP_MS = 500;

/** Runs that fail whoever looks at them, among many that do not (fault 51). */
describe('a poisoned run', () => {
  let clock: VirtualClock;
  let store: Store;
  let driver: Driver;
  let ledger: Ledger;
  let problems: EngineProblem[];
  let server: Server;

  beforeEach(async () => {
    clock = new VirtualClock(asEpochMs(1_800_000_000_000));
    const random = seededRandom(1);
    const now = () => clock.now();
    store = await openSqliteStore({ file: ':memory:', now, random, fold: foldRun });
    ledger = new Ledger();
    const task = () => ({ ...CALM.task({} as never), durationMs: SECOND_MS });
    driver = fakeDriver({ clock, ledger, random, script: { ...CALM, task } });
    problems = [];
  });
  afterEach(async () => {
    server.kill();
    await store.close();
  });

  const serve = (parts: Parts = {}): Server => {
    const report = (problem: EngineProblem): void => void problems.push(problem);
    server = new Server({ store, driver, clock, report, ...parts });
    return server;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= STEP_MS) {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(Math.min(left, STEP_MS));
    }
  };
  const launch = async (runId: string, count = 1): Promise<void> => {
    const plan = buildPlan([{ provider: 'fake', place: 'fake', offerId: 'fake', count }]);
    const request = { taskText: runId, baseDir: '/', envs: {}, plan };
    const key = { tenantId: 'default', runId };
    await store.createRun(key, request, [{ type: 'run.created', data: { name: runId } }]);
  };
  const read = async (runId: string): Promise<Run> =>
    (await store.readRun({ tenantId: 'default', runId })).run;
  /** Until none is left, or time is up. */
  const finish = async (): Promise<void> => {
    for (let minute = 0; minute < 30 && (await store.countActive()) > 0; minute++) {
      await pass(MINUTE_MS);
    }
  };

  it('in a thousand is taken out, and 999 finish', async () => {
    for (let run = 1; run < 1000; run++) await launch(`run_${run}`);
    await launch(POISON);
    serve({ readTasks: throwing(new TypeError('x is undefined')) });
    await finish();
    const runs = await store.pageRuns('default', { after: null, limit: 1000 });
    assert.equal(runs.filter(({ outcome }) => outcome === 'succeeded').length, 999);
    const { outcome, reason } = await read(POISON);
    assert.equal(outcome, 'unknown');
    assert.match(reason!, /^quarantined: Kedge failed 5 times in a row on it: x is undefined/);
    assert.equal(problems.length, BUGS_MAX);
  });

  it('whose machines run is stopped before it ends, and none is leaked', async () => {
    await launch(POISON, 3);
    // Its task ends long after the third look, from which on the driver mistakes the whole gang.
    const task = () => ({ ...CALM.task({} as never), durationMs: 10 * MINUTE_MS });
    driver = fakeDriver({ clock, ledger, random: seededRandom(1), script: { ...CALM, task } });
    let looks = 0;
    serve({
      driver: {
        ...driver,
        observe: async (refs) => {
          if (refs.length > 1 && ++looks > 3) throw new TypeError('nodes is not iterable');
          return driver.observe(refs);
        },
      },
    });
    await finish();
    const run = await read(POISON);
    assert.deepEqual(
      [run.outcome, run.nodes.map(({ state }) => state)],
      ['unknown', ['ended', 'ended', 'ended']],
    );
    assert.deepEqual([ledger.live(), ledger.machines().length], [[], 3]);
  });

  it('that its user stops was stopped by its user', async () => {
    await launch(POISON);
    serve({ readTasks: throwing(new TypeError('x is undefined')) });
    await pass(2 * SECOND_MS);
    await store.append(await read(POISON), 'user', [{ type: 'run.stop-requested', data: {} }]);
    await finish();
    assert.equal((await read(POISON)).outcome, 'cancelled');
  });

  it('whose driver fails by bugs at every call is given up, and its machines are swept away', async () => {
    await launch(POISON);
    await launch('run_well');
    serve({
      driver: {
        ...driver,
        observe: async (refs) => {
          if (refs.some(({ runId }) => runId === POISON)) throw new TypeError('no such field');
          return driver.observe(refs);
        },
      },
    });
    await finish();
    assert.equal((await read('run_well')).outcome, 'succeeded');
    const run = await read(POISON);
    // What nobody can see is not said to have ended.
    assert.deepEqual([run.state, run.nodes[0]?.state], ['stopping', 'stopping']);
    assert.match(run.reason!, /^quarantined/);
    assert.deepEqual(ledger.live(), []);
  });

  it('that kills the server takes nobody with it, however often', async () => {
    for (let run = 1; run < 50; run++) await launch(`run_${run}`);
    await launch(POISON, 2);
    let deaths = 0;
    const start = (): Server =>
      serve({
        driver: {
          ...driver,
          create: async (spec) => {
            if (spec.ref.runId !== POISON || spec.ref.rank === 0) return driver.create(spec);
            deaths++;
            server.kill();
          },
        },
      });
    start();
    for (let life = 0; life < 100 && (await store.countActive()) > 0; life++) {
      await pass(10 * SECOND_MS);
      if (server.isDead) start();
    }
    const runs = await store.pageRuns('default', { after: null, limit: 1000 });
    const others = runs.filter(({ runId }) => runId !== POISON);
    assert.deepEqual(new Set(others.map(({ outcome }) => outcome)), new Set(['succeeded']));
    assert.deepEqual([deaths, (await read(POISON)).outcome], [DEATHS_MAX, 'unknown']);
    assert.match((await read(POISON)).reason!, /^quarantined: the server died 20 times/);
    assert.deepEqual(ledger.live(), []);
  });
});

const readAny = () => buildTaskFile([buildTask()]);

/** Cannot read the task of the poisoned run. */
function throwing(error: Error) {
  return (text: string) => {
    if (text === POISON) throw error;
    return readAny();
  };
}

type Parts = {
  readonly readTasks?: (text: string) => ReturnType<typeof readAny>;
  readonly driver?: Driver;
};

/** An engine that may die at once, as by SIGKILL: what it has asked for it never hears. */
class Server {
  #dead = false;

  constructor(
    parts: Parts & {
      readonly store: Store;
      readonly driver: Driver;
      readonly clock: VirtualClock;
      readonly report: (problem: EngineProblem) => void;
    },
  ) {
    const { readTasks = readAny, clock, report } = parts;
    startEngine({
      store: this.#mortal(parts.store),
      drivers: new Map([['fake', this.#mortal(parts.driver)]]),
      secrets: { put: async () => {}, get: async () => ({}), remove: async () => {} },
      readTasks,
      clock: this.#mortal(clock),
      report,
    });
  }

  get isDead(): boolean {
    return this.#dead;
  }

  kill(): void {
    this.#dead = true;
  }

  #mortal<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target) as unknown;
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (this.#dead) return new Promise(() => {});
          const result: unknown = member.apply(target, args);
          if (!(result instanceof Promise)) return result;
          return result.finally(() => (this.#dead ? new Promise(() => {}) : undefined));
        };
      },
    });
  }
}
