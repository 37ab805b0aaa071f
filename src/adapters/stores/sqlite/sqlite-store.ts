import type { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import type { Random } from '../../../base/rng.ts';
import type { EpochMs } from '../../../base/time.ts';
import type { FoldRun, Store } from '../../../ports/store.ts';
import type { Tx } from '../sql/run-parts.ts';
import type { SqlDialect } from '../sql/sql-dialect.ts';
import { openSqlStore } from '../sql/sql-store.ts';
import type { Tables } from '../sql/tables.ts';
import { NodeSqliteDialect } from './node-sqlite-dialect.ts';
import { openDatabase } from './open-database.ts';
import { corrupt, newer, sqliteError } from './sqlite-error.ts';

export type SqliteOptions = {
  /** A path, or `:memory:` for a store that ends with its process. */
  readonly file: string;
  readonly now: () => EpochMs;
  readonly random: Random;
  readonly fold: FoldRun;
};

/**
 * The embedded store: one SQLite file, used by one process at a time, each write on the disk
 * before it is acknowledged. Errors: `server.already-running`, `state.corrupt`, `state.newer`,
 * `state.disk-full`, `state.read-only`, `state.disk-error`.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  return storeOnDatabase(openDatabase(options.file), options);
}

/** The store over a database that `openDatabase` has opened; closes it when it fails. */
export async function storeOnDatabase(
  database: DatabaseSync,
  { file, now, random, fold }: SqliteOptions,
): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) });
  const dialect = sqliteDialect(file, now);
  return openSqlStore(db, { dialect, random, fold, prepare: (tx) => freeHeldRuns(tx, now()) });
}

function sqliteDialect(file: string, now: () => EpochMs): SqlDialect {
  return {
    shared: false,
    columns: { integer: 'integer', text: 'text', keyed: 'strict, without rowid', plain: 'strict' },
    findTable: (name) => sql`select 1 from sqlite_schema where name = ${name}`,
    claimSchema: async () => {},
    now: async () => now(),
    errors: {
      operational: (cause) => sqliteError(cause, file),
      corrupt: (found) => corrupt(file, found),
      newer: (what) => newer(file, what),
    },
  };
}

/**
 * Whoever held a run is dead, for the file is ours alone. Their tokens stay behind, so that
 * nothing of theirs can come late.
 */
async function freeHeldRuns(tx: Tx, now: EpochMs): Promise<void> {
  await tx
    .updateTable('runs')
    .set({ next_at: now, lease_expires_at: null })
    .where('lease_expires_at', 'is not', null)
    .where('state', '<>', sql.lit('ended'))
    .execute();
}
