import { Kysely, PostgresDialect, sql } from 'kysely';
import { assert } from '../../../base/assert.ts';
import type { Random } from '../../../base/rng.ts';
import type { EpochMs } from '../../../base/time.ts';
import type { FoldRun, Store } from '../../../ports/store.ts';
import type { SqlDialect } from '../sql/sql-dialect.ts';
import { openSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import { databaseName, openPool, SCHEMA } from './open-pool.ts';
import { postgresErrors } from './postgres-error.ts';

export type PostgresOptions = {
  /** As in `DATABASE_URL`: postgres://user:password@host:5432/database. */
  readonly url: string;
  readonly random: Random;
  readonly fold: FoldRun;
  /** Another clock than the database's own, as a test that moves it. */
  readonly now?: () => EpochMs;
};

/**
 * The store of a team: one PostgreSQL database that several servers use at once, each write
 * durable there before it is acknowledged. While the database is away every call is refused with
 * `state.unavailable`, and works again once it is back. Errors: `state.unavailable`,
 * `state.database-refused`, `state.newer`, `state.disk-full`, `state.disk-error`,
 * `state.read-only`, `state.corrupt`, `spec.bad-value` for a URL that is none.
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const { url, random, fold, now } = options;
  const name = databaseName(url);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: openPool(url, name) }) });
  return openSqlStore(db, { dialect: postgresDialect(name, now), random, fold });
}

/** Any number will do that no other application in the same database is likely to lock. */
const SCHEMA_LOCK = 0x6b_65_64_67_65; // "kedge"

function postgresDialect(name: string, now: (() => EpochMs) | undefined): SqlDialect {
  return {
    shared: true,
    columns: { integer: 'bigint', text: 'text collate "C"', keyed: '', plain: '' },
    findTable: (table) => sql`
      select 1 from pg_catalog.pg_tables
      where schemaname = ${SCHEMA} and tablename = ${table}`,
    claimSchema,
    lockPool,
    now: async (db) => (now === undefined ? databaseNow(db) : now()),
    errors: postgresErrors(name),
  };
}

/**
 * To the end of the transaction. To make a schema `if not exists` takes the right to make one even
 * where it exists, which an administrator may have made for us.
 */
async function claimSchema(db: Kysely<Tables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(SCHEMA_LOCK)})`.execute(db);
  const known = await sql`
    select 1 from pg_catalog.pg_namespace where nspname = ${SCHEMA}`.execute(db);
  if (known.rows.length === 0) await sql`create schema ${sql.id(SCHEMA)}`.execute(db);
}

/** By a number made from its name: two pools that share one wait for each other, no more. */
async function lockPool(tx: Kysely<Tables>, pool: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`kedge pool ${pool}`}, 0))`.execute(tx);
}

/** Not `now()`, which stands still during a transaction. */
async function databaseNow(db: Kysely<Tables>): Promise<EpochMs> {
  const { rows } = await sql<{ at: EpochMs }>`
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as at`.execute(db);
  const [row] = rows;
  assert(row !== undefined, 'the database tells the time');
  return row.at;
}
