import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM } from '../../src/adapters/drivers/fake/script.ts';
import { openPostgresStore } from '../../src/adapters/stores/postgres/postgres-store.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { type EngineProblem, startEngine } from '../../src/engine/engine.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { RunKey, Store } from '../../src/ports/store.ts';
import { created } from '../../src/ports/store-bench.conformance.ts';
import { buildPlan, buildTask, buildTaskFile } from '../../src/spec/build-for-tests.ts';
import type { Run } from '../../src/spec/run.ts';
import { killWriters } from '../io/store-kills.ts';
import { PostgresServer } from './postgres-server.ts';

const KILLS = Number(process.env['KEDGE_KILLS'] ?? 3);
const WRITERS = 12;
const RUNS = 3;
const RUNS_OF_ENGINE = 12;

if (process.env['KEDGE_SKIP_LIVE'] === '1') {
  test('kills of PostgreSQL', { skip: 'KEDGE_SKIP_LIVE=1: no PostgreSQL is started' }, () => {});
} else {
  const server = await PostgresServer.start();
  after(() => server.remove());
  kills(server);
  kedgeKills(server);
  silence(server);
  pauses(server);
}

function kedgeKills(server: PostgresServer): void {
  test(`${KILLS} kills of a server that writes lose nothing that it acknowledged`, async () => {
    const url = await server.newDatabase();
    await killWriters(url, {
      kills: KILLS,
      open: async () => {
        // What the dead one has sent may still be under way.
        while ((await server.query(CONNECTED, url)).length > 0) await sleep(10);
        return open(url);
      },
    });
  });
}

const CONNECTED = `select 1 from pg_stat_activity where application_name = 'kedge'
  and datname = current_database()`;

function silence(server: PostgresServer): void {
  test('a database that hangs is given up, and used again when it answers', async () => {
    const store = await open(await server.newDatabase());
    const key = keyOf('run_1');
    await create(store, key);
    const load = new Load(store, [key]);
    await load.acknowledged(100);
    server.freeze();
    const failures = await Promise.allSettled([
      load.failed(WRITERS),
      ...Array.from({ length: 20 }, () => store.readRun(key)),
    ]);
    const last = failures.at(-1)!;
    assert.equal(last.status === 'rejected' && last.reason.code, 'state.unavailable');
    server.thaw();
    await load.acknowledged(100);
    await load.stop();
    for (let count = 0; count < 50; count++) await store.readRun(key);
    assert.deepEqual([...load.codes], ['state.unavailable']);
    await checkRun(store, key, load);
    await store.close();
  });
}

function kills(server: PostgresServer): void {
  test(`${KILLS} kills of PostgreSQL under load lose nothing that was acknowledged (fault 11)`, async (context) => {
    const random = seededRandom(20260611);
    const store = await open(await server.newDatabase());
    const keys = Array.from({ length: RUNS }, (_, index) => keyOf(`run_${index}`));
    for (const key of keys) await create(store, key);
    const load = new Load(store, keys);
    const recoveriesMs: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      await load.acknowledged(1 + random() * 200);
      await server.kill();
      await load.failed(WRITERS);
      await server.start();
      const up = performance.now();
      await load.acknowledged(1);
      recoveriesMs.push(performance.now() - up);
    }
    await load.stop();
    assert.deepEqual([...load.codes], ['state.unavailable']);
    for (const key of keys) await checkRun(store, key, load);
    const slowest = Math.max(...recoveriesMs).toFixed(0);
    context.diagnostic(
      `${load.kept.size} writes kept, ${load.doubted.size} in doubt, back within ${slowest} ms`,
    );
    assert.ok(Math.max(...recoveriesMs) < 5_000, `${slowest} ms`);
    await store.close();
  });
}

/** Each acknowledged write is there once, each that failed at most once, and rows fit the log. */
async function checkRun(store: Store, key: RunKey, load: Load): Promise<void> {
  const events = await store.pageEvents(key, 0, 1_000_000);
  assert.deepEqual(
    events.map((event) => event.seq),
    events.map((_, index) => index + 1),
  );
  const reasons = events.flatMap(({ type, data }) => (type === 'run.queued' ? [data.reason] : []));
  const unique = new Set(reasons);
  assert.equal(unique.size, reasons.length, 'nothing is there twice');
  const own = [...load.kept].filter((reason) => reason.startsWith(`${key.runId} `));
  assert.deepEqual(
    own.filter((reason) => !unique.has(reason)),
    [],
  );
  for (const reason of reasons) assert.ok(load.kept.has(reason) || load.doubted.has(reason));
  assert.deepEqual((await store.readRun(key)).run, events.reduce(foldRun, null as never));
}

/** Writers that go on whatever happens, each write with a name of its own. */
class Load {
  readonly kept = new Set<string>();
  readonly doubted = new Set<string>();
  readonly codes = new Set<string>();
  readonly #store: Store;
  readonly #writers: readonly Promise<void>[];
  #stopped = false;

  constructor(store: Store, keys: readonly RunKey[]) {
    this.#store = store;
    this.#writers = Array.from({ length: WRITERS }, (_, index) =>
      this.#write(keys[index % keys.length]!, `writer ${index}`),
    );
  }

  /** Resolves when so many more are acknowledged. */
  async acknowledged(count: number): Promise<void> {
    const goal = this.kept.size + count;
    while (this.kept.size < goal) await sleep(1);
  }

  async failed(count: number): Promise<void> {
    const goal = this.doubted.size + count;
    while (this.doubted.size < goal) await sleep(1);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#writers);
  }

  async #write(key: RunKey, name: string): Promise<void> {
    for (let count = 0; !this.#stopped; count++) {
      const reason = `${key.runId} ${name} ${count}`;
      try {
        await this.#store.append(key, 'user', [{ type: 'run.queued', data: { reason } }]);
        this.kept.add(reason);
      } catch (error) {
        this.doubted.add(reason);
        this.codes.add(error instanceof KedgeError ? error.code : String(error));
        await sleep(20);
      }
    }
  }
}

function pauses(server: PostgresServer): void {
  test('while the database is away the engine pauses, and then ends every run once (fault 11)', async () => {
    const clock = quickClock(20);
    const store = await open(await server.newDatabase(), () => clock.now());
    const ledger = new Ledger();
    const problems: EngineProblem[] = [];
    const random = seededRandom(7);
    const engine = startEngine({
      ...engineParts(),
      store,
      drivers: new Map([['fake', fakeDriver({ clock, ledger, random, script: CALM })]]),
      clock,
      report: (problem) => problems.push(problem),
    });
    const keys = Array.from({ length: RUNS_OF_ENGINE }, (_, index) => keyOf(`run_${index}`));
    for (const key of keys) await create(store, key);
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(200 + random() * 1000);
      await server.kill();
      const known = problems.length;
      while (problems.length === known) await sleep(10);
      await server.start();
    }
    const runs = await untilEnded(store, keys);
    await engine.stop();
    assert.deepEqual(new Set(runs.map((run) => run.outcome)), new Set(['succeeded']));
    assert.deepEqual(new Set(runs.map((run) => run.attempts.length)), new Set([1]));
    assert.deepEqual([ledger.live(), ledger.doubled()], [[], []]);
    const codes = new Set(problems.map(({ error }) => (error as KedgeError).code));
    assert.deepEqual([...codes], ['state.unavailable']);
    await store.close();
  });
}

function engineParts() {
  return {
    secrets: { put: async () => {}, get: async () => ({}), remove: async () => {} },
    readTasks: () => buildTaskFile([buildTask()]),
  };
}

/** A clock that runs so many times faster than ours. */
function quickClock(factor: number): Clock {
  const start = Date.now();
  return {
    now: () => asEpochMs(start + (Date.now() - start) * factor),
    sleep: async (ms, signal) => {
      const options = signal === undefined ? {} : { signal: signal as AbortSignal };
      await sleep(ms / factor, undefined, options).catch(() => {});
    },
  };
}

async function untilEnded(store: Store, keys: readonly RunKey[]): Promise<readonly Run[]> {
  for (;;) {
    const runs = await Promise.all(keys.map(async (key) => (await store.readRun(key)).run));
    if (runs.every((run) => run.state === 'ended')) return runs;
    await sleep(50);
  }
}

function keyOf(runId: string): RunKey {
  return { tenantId: 'default', runId };
}

function open(url: string, now?: Clock['now']): Promise<Store> {
  const options = { url, random: seededRandom(1), fold: foldRun };
  return openPostgresStore(now === undefined ? options : { ...options, now });
}

async function create(store: Store, key: RunKey): Promise<void> {
  const plan = buildPlan([{ provider: 'fake', place: 'fake', offerId: 'fake', count: 1 }]);
  await store.createRun(key, { taskText: '', baseDir: '/', envs: {}, plan }, [created]);
}
