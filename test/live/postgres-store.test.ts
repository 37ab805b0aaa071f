import assert from 'node:assert/strict';
import { after, mock, test } from 'node:test';
import { inspect } from 'node:util';
import { openPool } from '../../src/adapters/stores/postgres/open-pool.ts';
import { openPostgresStore } from '../../src/adapters/stores/postgres/postgres-store.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { storeConformance } from '../../src/ports/store.conformance.ts';
import type { Store } from '../../src/ports/store.ts';
import {
  ALICE,
  allEvents,
  create,
  queued,
  type StoreSetup,
} from '../../src/ports/store-bench.conformance.ts';
import { storeReplicasConformance } from '../../src/ports/store-replicas.conformance.ts';
import { PostgresServer } from './postgres-server.ts';

if (process.env['KEDGE_SKIP_LIVE'] === '1') {
  test('the store on PostgreSQL', {
    skip: 'KEDGE_SKIP_LIVE=1: no PostgreSQL is started',
  }, () => {});
} else {
  const server = await PostgresServer.start();
  after(() => server.remove());
  conformance(server);
  refusals(server);
  promises(server);
}

function open(url: string, { now, fold = foldRun }: Partial<StoreSetup> = {}): Promise<Store> {
  const random = seededRandom(1);
  return openPostgresStore({ url, random, fold, ...(now === undefined ? {} : { now }) });
}

async function failure(work: Promise<unknown>): Promise<KedgeError> {
  const error = await work.then(
    () => assert.fail('it should have been refused'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof KedgeError, String(error));
  return error;
}

function conformance(server: PostgresServer): void {
  storeConformance('postgres', {
    fold: foldRun,
    makeStore: async (setup) => {
      const url = await server.newDatabase();
      const store = await open(url, setup);
      const reopen = async (): Promise<Store> => {
        await store.close();
        return open(url, setup);
      };
      return { store, reopen };
    },
  });

  storeReplicasConformance('postgres', {
    fold: foldRun,
    makeOpen: async (setup) => {
      const url = await server.newDatabase();
      return () => open(url, setup);
    },
  });
}

function refusals(server: PostgresServer): void {
  test('a wrong password, user, database or way there is told as that, and no password with it', async () => {
    const right = server.urlOf('postgres');
    const urls = [
      server.urlOf('postgres', 'hush-hush'),
      server.urlOf('nowhere'),
      right.replace('admin:', 'nobody:'),
      right.replace(/:[^:]*@/, '@'),
      `${right}?sslmode=verify-full`,
    ];
    for (const url of urls) {
      const error = await failure(open(url));
      assert.equal(error.code, 'state.database-refused');
      assert.match(error.message, /127\.0\.0\.1:\d+/);
      assert.doesNotMatch(inspect(error, { depth: 10 }), /hush-hush|secret-of-the-test/);
    }
  });

  test('an address where no database is, or that is none, is told at once', async () => {
    const nowhere = await failure(open('postgres://kedge:hush-hush@127.0.0.1:1/kedge'));
    assert.deepEqual([nowhere.code, nowhere.retry], ['state.unavailable', 'later']);
    assert.doesNotMatch(inspect(nowhere), /hush-hush/);
    for (const start of ['mysql://kedge:hush-hush@', 'postgres://kedge:hush-hush%@']) {
      const none = await failure(open(`${start}localhost/kedge`));
      assert.equal(none.code, 'spec.bad-value');
      assert.doesNotMatch(inspect(none), /hush-hush/);
    }
  });

  test('a user who may not make tables there is told so, and can be helped', async () => {
    const url = await server.newDatabase();
    await server.query(`create role reader login password 'reader'`);
    const readers = url.replace(/admin:[^@]*@/, 'reader:reader@');
    const error = await failure(open(readers));
    assert.equal(error.code, 'state.database-refused');
    await server.query('create schema kedge authorization reader', url);
    const store = await open(readers);
    await create(store, ALICE);
    await store.close();
  });

  test('a database that a newer version has changed is left alone', async () => {
    const url = await server.newDatabase();
    await (await open(url)).close();
    await server.query(`insert into kedge.kysely_migration values ('9999-future', '2030')`, url);
    const error = await failure(open(url));
    assert.equal(error.code, 'state.newer');
    assert.match(error.message, /9999-future/);
  });

  test('a row that makes no sense is an error that names the database, not a wrong run', async () => {
    const url = await server.newDatabase();
    const store = await open(url);
    await create(store, ALICE);
    await server.query(`update kedge.runs set state = 'dancing'`, url);
    await server.query(`update kedge.events set data = '{"name'`, url);
    for (const work of [store.readRun(ALICE), store.pageEvents(ALICE, 0, 10)]) {
      const error = await failure(work);
      assert.equal(error.code, 'state.corrupt');
      assert.match(error.message, /127\.0\.0\.1:\d+/);
    }
    await store.close();
  });

  test('a database that takes no writes says so, serves what it has, and may write again', async () => {
    const url = await server.newDatabase();
    const store = await open(url);
    await create(store, ALICE);
    const database = new URL(url).pathname.slice(1);
    await server.query(`alter database ${database} set default_transaction_read_only = on`);
    await server.query(CUT, url);
    await untilAnswers(store);
    const error = await failure(store.append(ALICE, 'user', [queued]));
    assert.equal(error.code, 'state.read-only');
    await store.readRun(ALICE);
    await server.query(`alter database ${database} reset default_transaction_read_only`);
    await server.query(CUT, url);
    await untilAnswers(store);
    await store.append(ALICE, 'user', [queued]);
    await store.close();
  });
}

/** The connections that were cut are noticed by those who use them next. */
async function untilAnswers(store: Store): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answered = await store.now().catch(() => null);
    if (answered !== null) return;
  }
  assert.fail('it answers again');
}

function promises(server: PostgresServer): void {
  test('an application’s own tables in the same database are left alone', async () => {
    const url = await server.newDatabase();
    await server.query(
      'create table public.runs (a int); create table public.settings (b int)',
      url,
    );
    const store = await open(url);
    await create(store, ALICE);
    await store.close();
    const rows = 'select a from public.runs union all select b from public.settings';
    assert.deepEqual(await server.query(rows, url), []);
  });

  test('the time is the database’s, whatever the clock here says (fault 13)', async () => {
    const store = await open(await server.newDatabase());
    mock.timers.enable({ apis: ['Date'], now: 0 });
    const before = await databaseMs(server);
    await create(store, ALICE);
    const [claim] = await store.claimDue({ leaseMs: 60_000, limit: 1 });
    const now = await store.now();
    const later = await databaseMs(server);
    mock.timers.reset();
    assert.ok(before <= now && now <= later, `${before} ≤ ${now} ≤ ${later}`);
    assert.ok(before + 60_000 <= claim!.expiresAt && claim!.expiresAt <= later + 60_000);
    assert.ok((await allEvents(store, ALICE)).every(({ at }) => before <= at && at <= later));
    await store.close();
  });

  test('a write is on the disk before it is acknowledged, whatever the default there', async () => {
    const url = await server.newDatabase();
    await server.query(`alter role admin set synchronous_commit = off`);
    const pool = openPool(url, 'test');
    const { rows } = await pool.query('show synchronous_commit');
    await pool.end();
    await server.query(`alter role admin reset synchronous_commit`);
    assert.deepEqual(rows, [{ synchronous_commit: 'on' }]);
  });

  test('numbers that JavaScript cannot hold are no numbers of ours', async () => {
    const pool = openPool(await server.newDatabase(), 'test');
    assert.deepEqual((await pool.query(`select ${2 ** 53 - 1}::bigint as n`)).rows, [
      { n: 2 ** 53 - 1 },
    ]);
    await assert.rejects(pool.query('select 9007199254740992::bigint'), /safe/);
    await pool.end();
  });

  test('connections that are cut in mid-write fail that write, and nothing else', async () => {
    const url = await server.newDatabase();
    const store = await open(url);
    await create(store, ALICE);
    let kept = 0;
    const codes = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const writes = Array.from({ length: 20 }, () => store.append(ALICE, 'user', [queued]));
      const cut = server.query(CUT, url);
      for (const write of await Promise.allSettled(writes)) {
        if (write.status === 'fulfilled') kept++;
        else codes.add((write.reason as KedgeError).code);
      }
      await cut;
    }
    assert.deepEqual([...codes], ['state.unavailable']);
    await store.append(ALICE, 'user', [queued]);
    const events = await allEvents(store, ALICE);
    assert.ok(events.length >= kept + 2);
    assert.equal(events.at(-1)!.seq, events.length);
    await store.close();
  });
}

const CUT = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'kedge'`;

async function databaseMs(server: PostgresServer): Promise<number> {
  const [row] = await server.query<{ ms: string }>(
    `select floor(extract(epoch from clock_timestamp()) * 1000)::text as ms`,
  );
  return Number(row!.ms);
}
