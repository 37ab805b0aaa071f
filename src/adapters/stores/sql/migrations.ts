import { type Kysely, sql, type Transaction } from 'kysely';
import { isoTime } from '../../../base/time.ts';
import type { ColumnTypes, SqlDialect } from './sql-dialect.ts';
import type { Tables } from './tables.ts';

/**
 * Brings the schema to this version, forward only, all of it in one transaction; of several that
 * begin at once one does it. Errors: `state.newer` for a database that a later Kedge has changed.
 */
export async function migrate(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  if (await isCurrent(db, dialect)) return;
  // So that who has waited for another sees what the other did.
  const transaction = db.transaction().setIsolationLevel('read committed');
  await transaction.execute(async (tx) => {
    await dialect.claimSchema(tx);
    if (await isCurrent(tx, dialect)) return;
    await apply(tx, dialect);
  });
}

async function isCurrent(db: Kysely<Tables>, dialect: SqlDialect): Promise<boolean> {
  const done = await doneMigrations(db, dialect);
  const names = Object.keys(MIGRATIONS);
  const unknown = done.find((name) => !names.includes(name));
  if (unknown !== undefined) throw dialect.errors.newer(`it has the change ${unknown}`);
  return done.length === names.length;
}

/** The list has the name and form that Kysely's own migrator gave it. */
const selectDone = sql<{ name: string }>`select name from kysely_migration`;

async function doneMigrations(db: Kysely<Tables>, dialect: SqlDialect): Promise<readonly string[]> {
  const tables = await dialect.findTable('kysely_migration').execute(db);
  if (tables.rows.length === 0) return [];
  const done = await selectDone.execute(db);
  return done.rows.map((row) => row.name);
}

async function apply(tx: Transaction<Tables>, { columns, now }: SqlDialect): Promise<void> {
  await sql
    .raw(`create table if not exists kysely_migration
      (name varchar(255) not null primary key, timestamp varchar(255) not null)`)
    .execute(tx);
  const { rows } = await selectDone.execute(tx);
  const at = isoTime(await now(tx));
  for (const [name, statements] of Object.entries(MIGRATIONS)) {
    if (rows.some((row) => row.name === name)) continue;
    for (const statement of statements(columns)) await sql.raw(statement).execute(tx);
    await sql`insert into kysely_migration values (${name}, ${at})`.execute(tx);
  }
}

/** By name, in the order in which they are applied. One that was released never changes. */
const MIGRATIONS: Readonly<Record<string, (types: ColumnTypes) => readonly string[]>> = {
  '0001-runs': createTables,
  '0002-moves': addMoves,
  '0003-reservations': addReservations,
  '0004-samples': addSamples,
  '0005-strikes': addStrikes,
};

function addMoves({ integer, text }: ColumnTypes): readonly string[] {
  return [
    `alter table runs add column moves ${text} not null default '[]'`,
    `alter table attempts add column move ${integer} not null default 0`,
  ];
}

function addReservations({ integer, text, keyed }: ColumnTypes): readonly string[] {
  return [
    `create table reservations (
      tenant_id ${text} not null, run_id ${text} not null, allocation ${integer} not null,
      attempt ${integer} not null, pool ${text} not null, held_at ${integer},
      priority ${integer} not null, since ${integer} not null,
      cpus_milli ${integer} not null, memory_mib ${integer} not null, gpus ${text} not null,
      low_ms ${integer}, mid_ms ${integer}, high_ms ${integer},
      primary key (tenant_id, run_id, allocation, attempt),
      foreign key (tenant_id, run_id) references runs) ${keyed}`,
    `create index reservations_held on reservations (pool) where held_at is not null`,
    `create index reservations_line on reservations
      (pool, priority desc, since, tenant_id, run_id, allocation, attempt) where held_at is null`,
  ];
}

function addSamples({ integer, text, keyed }: ColumnTypes): readonly string[] {
  return [
    `alter table runs add column stop_reason ${text}`,
    `alter table runs add column alarms ${text} not null default '[]'`,
    `create table samples (
      tenant_id ${text} not null, run_id ${text} not null, allocation ${integer} not null,
      attempt ${integer} not null, rank ${integer} not null, series ${text} not null,
      primary key (tenant_id, run_id, allocation, attempt, rank),
      foreign key (tenant_id, run_id) references runs) ${keyed}`,
  ];
}

function addStrikes({ integer }: ColumnTypes): readonly string[] {
  return [`alter table runs add column strikes ${integer} not null default 0`];
}

function createTables({ integer, text, keyed, plain }: ColumnTypes): readonly string[] {
  const run = `tenant_id ${text} not null, run_id ${text} not null`;
  const attempt = `${run}, allocation ${integer} not null, attempt ${integer} not null`;
  return [
    `create table runs (
      ${run}, name ${text} not null, state ${text} not null,
      reason ${text}, outcome ${text}, exit_code ${integer}, stop_requested ${integer} not null,
      created_at ${integer} not null, started_at ${integer}, ended_at ${integer},
      next_at ${integer}, lease_token ${integer} not null default 0, lease_expires_at ${integer},
      last_seq ${integer} not null,
      primary key (tenant_id, run_id)) ${plain}`,
    // A run that is held is due when its lease runs out, else at its time.
    `create index runs_due on runs (coalesce(lease_expires_at, next_at)) where state <> 'ended'`,
    `create table requests (
      ${run}, request ${text} not null,
      primary key (tenant_id, run_id),
      foreign key (tenant_id, run_id) references runs) ${plain}`,
    `create table attempts (
      ${attempt}, state ${text} not null, outcome ${text},
      created_at ${integer} not null, ended_at ${integer},
      primary key (tenant_id, run_id, allocation, attempt),
      foreign key (tenant_id, run_id) references runs) ${keyed}`,
    `create table nodes (
      ${attempt}, rank ${integer} not null, token ${text} not null, state ${text} not null,
      reason ${text}, outcome ${text}, exit_code ${integer}, started_at ${integer},
      ended_at ${integer},
      primary key (tenant_id, run_id, allocation, attempt, rank),
      foreign key (tenant_id, run_id, allocation, attempt) references attempts) ${keyed}`,
    `create table events (
      ${run}, seq ${integer} not null, type ${text} not null,
      schema_version ${integer} not null, at ${integer} not null, actor ${text} not null,
      data ${text} not null,
      primary key (tenant_id, run_id, seq),
      foreign key (tenant_id, run_id) references runs) ${keyed}`,
    `create table settings (
      tenant_id ${text} not null, key ${text} not null, value ${text} not null,
      primary key (tenant_id, key)) ${keyed}`,
  ];
}
