import type { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import type { Random } from '../../../base/rng.ts';
import { asEpochMs, type EpochMs, MINUTE_MS } from '../../../base/time.ts';
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
  /** Steady while the store is open: leases are measured by it. */
  readonly now: () => EpochMs;
  /** Told the latest moment that the file knows of, before `now` is asked for the first time. */
  readonly notBefore?: (moment: EpochMs) => void;
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
  { file, now, notBefore, random, fold }: SqliteOptions,
): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) });
  const dialect = sqliteDialect(file, now);
  const prepare = async (tx: Tx): Promise<void> => {
    const latest = await latestMoment(tx);
    if (latest !== null) notBefore?.(latest);
    await freeHeldRuns(tx, now());
  };
  return openSqlStore(db, { dialect, random, fold, prepare });
}

function sqliteDialect(file: string, now: () => EpochMs): SqlDialect {
  return {
    shared: false,
    columns: { integer: 'integer', text: 'text', keyed: 'strict, without rowid', plain: 'strict' },
    findTable: (name) => sql`select 1 from sqlite_schema where name = ${name}`,
    claimSchema: async () => {},
    lockPool: async () => {},
    ...(file === ':memory:' ? {} : { setDurable }),
    now: async () => now(),
    errors: {
      operational: (cause) => sqliteError(cause, file),
      corrupt: (found) => corrupt(file, found),
      newer: (what) => newer(file, what),
    },
  };
}

/** When something was last said of a run that goes on; null when none does. */
async function latestMoment(tx: Tx): Promise<EpochMs | null> {
  const row = await tx
    .selectFrom('runs')
    .innerJoin('events', (join) =>
      join
        .onRef('events.tenant_id', '=', 'runs.tenant_id')
        .onRef('events.run_id', '=', 'runs.run_id'),
    )
    .select((eb) => eb.fn.max<EpochMs | null>('events.at').as('at'))
    .where('runs.state', '<>', sql.lit('ended'))
    .whereRef('events.seq', '=', 'runs.last_seq')
    .executeTakeFirst();
  return row?.at ?? null;
}

/** In the order of the log: a commit that waits takes with it all before it. sqlite.org/pragma.html */
async function setDurable(db: Kysely<Tables>, durable: boolean): Promise<void> {
  await sql`pragma synchronous = ${sql.raw(durable ? 'full' : 'normal')}`.execute(db);
}

/** No pause between two looks at a run is longer. */
const LOOK_MS_MAX = 5 * MINUTE_MS;

/**
 * Whoever held a run is dead, for the file is ours alone. Their tokens stay behind, so that
 * nothing of theirs can come late. A look that is due much later than any ever is was planned by a
 * time of day that has been set back since.
 */
async function freeHeldRuns(tx: Tx, now: EpochMs): Promise<void> {
  await tx
    .updateTable('runs')
    .set({ next_at: now, lease_expires_at: null })
    .where(({ eb, or }) =>
      or([
        eb('lease_expires_at', 'is not', null),
        eb('next_at', '>', asEpochMs(now + LOOK_MS_MAX)),
      ]),
    )
    .where('state', '<>', sql.lit('ended'))
    .execute();
}
