import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { openDatabase } from '../../src/adapters/stores/sqlite/open-database.ts';
import {
  openSqliteStore,
  type SqliteOptions,
  storeOnDatabase,
} from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs, type EpochMs } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { storeConformance } from '../../src/ports/store.conformance.ts';
import type { Store } from '../../src/ports/store.ts';
import type { StoreSetup } from '../../src/ports/store-bench.conformance.ts';
import { buildPlan } from '../../src/spec/build-for-tests.ts';
import type { NewEvent } from '../../src/spec/event.ts';
import { killWriters, startWriter, WRITTEN } from './store-kills.ts';

const KILLS = Number(process.env['KEDGE_KILLS'] ?? 10);
const dir = mkdtempSync(join(tmpdir(), 'kedge-store-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const key = WRITTEN;
const created: NewEvent = { type: 'run.created', data: { name: 'digits' } };
const queued: NewEvent = { type: 'run.queued', data: { reason: 'no room' } };

let files = 0;
function newFile(): string {
  return join(dir, `${++files}`, 'data', 'kedge.db');
}

function open(file: string, setup: Partial<StoreSetup> = {}): Promise<Store> {
  return openSqliteStore(optionsOf(file, setup));
}

function optionsOf(file: string, setup: Partial<StoreSetup> = {}): SqliteOptions {
  const now = setup.now ?? (() => asEpochMs(Date.now()));
  return { file, now, random: seededRandom(1), fold: setup.fold ?? foldRun };
}

function create(store: Store, taskText = 'run: true') {
  const request = { taskText, baseDir: '/', envs: {}, plan: buildPlan() };
  return store.createRun(key, request, [created]);
}

async function failure(work: Promise<unknown>): Promise<KedgeError> {
  const error = await work.then(
    () => assert.fail('it should have been refused'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof KedgeError, String(error));
  return error;
}

storeConformance('sqlite in memory', {
  fold: foldRun,
  makeStore: async (setup) => ({ store: await open(':memory:', setup) }),
});

storeConformance('sqlite on disk', {
  fold: foldRun,
  makeStore: async (setup) => {
    const file = newFile();
    const store = await open(file, setup);
    const reopen = async (): Promise<Store> => {
      await store.close();
      return open(file, setup);
    };
    return { store, reopen };
  },
});

test('only its user can read the database, its log and their folder', async () => {
  const file = newFile();
  const store = await open(file);
  await create(store);
  assert.equal(statSync(dirname(file)).mode & 0o777, 0o700);
  for (const path of [file, `${file}-wal`]) assert.equal(statSync(path).mode & 0o777, 0o600);
  await store.close();
});

test('a second server on the same data is refused at once, and the first goes on', async () => {
  const file = newFile();
  const store = await open(file);
  await create(store);
  const error = await failure(open(file));
  assert.equal(error.code, 'server.already-running');
  assert.match(error.hint!, /kedge server status/);
  await store.append(key, 'user', [queued]);
  await store.close();
  const next = await open(file);
  assert.equal((await next.pageEvents(key, 0, 10)).length, 2);
  await next.close();
});

function frozen(): EpochMs {
  return asEpochMs(1_800_000_000_000);
}

test('a lease that a dead server held keeps nobody waiting', async () => {
  const file = newFile();
  const store = await open(file, { now: frozen });
  await create(store);
  const [claim] = await store.claimDue({ leaseMs: 60_000, limit: 1 });
  await store.close();
  const next = await open(file, { now: frozen });
  const [taken] = await next.claimDue({ leaseMs: 60_000, limit: 1 });
  assert.ok(taken!.token > claim!.token);
  await next.close();
});

test('a look that a clock planned which was set back since is due at once', async () => {
  const file = newFile();
  const store = await open(file, { now: frozen });
  await create(store);
  const [claim] = await store.claimDue({ leaseMs: 60_000, limit: 1 });
  await store.release(claim!, asEpochMs(frozen() + 3_600_000));
  await store.close();
  const next = await open(file, { now: frozen });
  assert.equal(await next.nextDueAt(), frozen());
  await next.close();
});

test('time goes on from what was written last, though the time of day was set back (fault 13)', async () => {
  const file = newFile();
  const store = await open(file, { now: frozen });
  await create(store);
  await store.close();
  let floor = asEpochMs(0);
  const now = () => asEpochMs(Math.max(floor, frozen() - 3_600_000));
  const notBefore = (moment: EpochMs): void => void (floor = moment);
  const next = await openSqliteStore({ ...optionsOf(file, { now }), notBefore });
  assert.deepEqual([floor, await next.now()], [frozen(), frozen()]);
  const [due] = await next.claimDue({ leaseMs: 60_000, limit: 1 });
  assert.equal(due?.runId, key.runId);
  await next.close();
});

test(`${KILLS} kills of a server that writes lose nothing that it acknowledged`, async () => {
  const file = newFile();
  await killWriters(file, { kills: KILLS, open: () => open(file) });
});

test('a server that lives in another process keeps its data to itself until it is killed', async () => {
  const file = newFile();
  const writer = startWriter(file);
  await once(createInterface(writer.stdout!), 'line');
  assert.equal((await failure(open(file))).code, 'server.already-running');
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  const store = await open(file);
  await store.append(key, 'user', [queued]);
  await store.close();
});

test('a file that is no database is named and left as it is', async () => {
  const file = newFile();
  await (await open(file)).close();
  const noise = 'this is somebody’s diary\n'.repeat(500);
  writeFileSync(file, noise);
  const error = await failure(open(file));
  assert.equal(error.code, 'state.corrupt');
  assert.ok(error.message.includes(file) && error.hint!.includes(file));
  assert.equal(readFileSync(file, 'utf8'), noise);
});

test('damage in a page that nobody would read for long is found when it is opened', async () => {
  const file = newFile();
  const store = await open(file);
  await create(store);
  for (let count = 0; count < 100; count++) await store.append(key, 'user', [queued]);
  await store.close();
  const bytes = readFileSync(file);
  bytes.fill(0xa5, bytes.length - 4096);
  writeFileSync(file, bytes);
  const error = await failure(open(file));
  assert.equal(error.code, 'state.corrupt');
  assert.deepEqual(readFileSync(file), bytes);
});

test('a row that makes no sense is an error with the name of the file, not a wrong run', async () => {
  const file = newFile();
  const store = await open(file);
  await create(store);
  await store.close();
  const direct = new DatabaseSync(file);
  direct.exec(`update runs set state = 'dancing'; update events set data = '{"name'`);
  direct.close();
  const again = await open(file);
  for (const work of [again.readRun(key), again.pageEvents(key, 0, 10)]) {
    const error = await failure(work);
    assert.equal(error.code, 'state.corrupt');
    assert.ok(error.message.includes(file));
  }
  await again.close();
});

test('a database that a newer version has changed is left alone', async () => {
  const file = newFile();
  await (await open(file)).close();
  const direct = new DatabaseSync(file);
  direct.exec(`insert into kysely_migration values ('9999-future', '2030-01-01')`);
  direct.close();
  const error = await failure(open(file));
  assert.equal(error.code, 'state.newer');
  assert.match(error.message, /9999-future/);
});

test('a full disk refuses the write, loses nothing, and is no obstacle once there is room', async () => {
  const file = newFile();
  const store = await open(file);
  await create(store);
  await store.close();
  const tight = await openWithRoom(file, { pages: 8 });
  const before = await tight.readRun(key);
  const wide = { type: 'run.queued', data: { reason: 'x'.repeat(100_000) } } as const;
  const error = await failure(tight.append(key, 'user', [wide]));
  assert.equal(error.code, 'state.disk-full');
  assert.equal(error.retry, 'later');
  assert.deepEqual(await tight.readRun(key), before);
  await tight.append(key, 'user', [queued]);
  await tight.close();
});

test('of several writes at once on a full disk what is acknowledged is there, and no more', async () => {
  const file = newFile();
  const store = await open(file);
  await create(store);
  await store.close();
  const tight = await openWithRoom(file, { pages: 8 });
  const wide = { type: 'run.queued', data: { reason: 'x'.repeat(100_000) } } as const;
  const asked = [queued, wide, queued, wide].map((event) => tight.append(key, 'user', [event]));
  const told = await Promise.allSettled(asked);
  assert.ok(told.some(({ status }) => status === 'rejected'));
  const kept = told.filter(({ status }) => status === 'fulfilled').length;
  assert.equal((await tight.pageEvents(key, 0, 10)).length, 1 + kept);
  await tight.append(key, 'user', [queued]);
  await tight.close();
});

test('a folder that cannot be written is told as that', async () => {
  const file = newFile();
  await (await open(file)).close();
  const error = await failure(open(join(file, 'data', 'kedge.db')));
  assert.equal(error.code, 'state.read-only');
  assert.match(error.hint!, /KEDGE_HOME/);
  assert.equal((await failure(open(dirname(file)))).code, 'state.read-only');
});

/** As on a disk that has so many pages left. */
async function openWithRoom(file: string, { pages }: { pages: number }): Promise<Store> {
  const database = openDatabase(file);
  const used = Number(database.prepare('pragma page_count').get()!['page_count']);
  database.exec(`pragma max_page_count = ${used + pages}`);
  return storeOnDatabase(database, optionsOf(file));
}
