import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { KedgeError } from '../../../base/errors.ts';

/**
 * Brings the schema to this version, forward only, all of it in one transaction. Errors:
 * `state.newer` for a database that a later Kedge has changed.
 */
export async function migrate<Tables>(db: Kysely<Tables>, file: string): Promise<void> {
  const done = await doneMigrations(db);
  const names = Object.keys(MIGRATIONS);
  const unknown = done.find((name) => !names.includes(name));
  if (unknown !== undefined) throw newer(file, `it has the change ${unknown}`);
  if (done.length === names.length) return;
  const provider = { getMigrations: async () => ({ ...MIGRATIONS }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw error;
}

/** The refusal to read what a later version wrote. */
export function newer(file: string, what: string): KedgeError {
  return new KedgeError('state.newer', `${file} was written by a newer Kedge: ${what}`, {
    hint: 'install the newer Kedge again, or set KEDGE_HOME to another folder',
    details: { file },
  });
}

/** By name, in the order in which they are applied. One that was released never changes. */
const MIGRATIONS: Readonly<Record<string, Migration>> = { '0001-runs': { up: createTables } };

async function createTables(db: Kysely<unknown>): Promise<void> {
  for (const statement of TABLES) await sql.raw(statement).execute(db);
}

const TABLES: readonly string[] = [
  `create table runs (
    tenant_id text not null, run_id text not null, name text not null, state text not null,
    reason text, outcome text, exit_code integer, stop_requested integer not null,
    created_at integer not null, started_at integer, ended_at integer,
    next_at integer, lease_token integer not null default 0, lease_expires_at integer,
    last_seq integer not null,
    primary key (tenant_id, run_id)) strict`,
  // A run that is held is due when its lease runs out, else at its time.
  `create index runs_due on runs (coalesce(lease_expires_at, next_at)) where state <> 'ended'`,
  `create table requests (
    tenant_id text not null, run_id text not null, request text not null,
    primary key (tenant_id, run_id),
    foreign key (tenant_id, run_id) references runs) strict`,
  `create table attempts (
    tenant_id text not null, run_id text not null, allocation integer not null,
    attempt integer not null, state text not null, outcome text,
    created_at integer not null, ended_at integer,
    primary key (tenant_id, run_id, allocation, attempt),
    foreign key (tenant_id, run_id) references runs) strict, without rowid`,
  `create table nodes (
    tenant_id text not null, run_id text not null, allocation integer not null,
    attempt integer not null, rank integer not null, token text not null, state text not null,
    reason text, outcome text, exit_code integer, started_at integer, ended_at integer,
    primary key (tenant_id, run_id, allocation, attempt, rank),
    foreign key (tenant_id, run_id, allocation, attempt) references attempts)
    strict, without rowid`,
  `create table events (
    tenant_id text not null, run_id text not null, seq integer not null, type text not null,
    schema_version integer not null, at integer not null, actor text not null,
    data text not null,
    primary key (tenant_id, run_id, seq),
    foreign key (tenant_id, run_id) references runs) strict, without rowid`,
  `create table settings (
    tenant_id text not null, key text not null, value text not null,
    primary key (tenant_id, key)) strict, without rowid`,
];

async function doneMigrations<Tables>(db: Kysely<Tables>): Promise<readonly string[]> {
  const tables = await sql`select 1 from sqlite_schema where name = 'kysely_migration'`.execute(db);
  if (tables.rows.length === 0) return [];
  const done = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return done.rows.map((row) => row.name);
}
