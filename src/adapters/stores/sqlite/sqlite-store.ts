import type { DatabaseSync } from 'node:sqlite';
import { Kysely, sql } from 'kysely';
import { assert } from '../../../base/assert.ts';
import { KedgeError } from '../../../base/errors.ts';
import { makeId } from '../../../base/ids.ts';
import type { Random } from '../../../base/rng.ts';
import { asEpochMs, type EpochMs } from '../../../base/time.ts';
import type {
  Claim,
  FoldRun,
  Page,
  RunKey,
  RunRequest,
  Store,
  StoredRun,
} from '../../../ports/store.ts';
import type { NewEvent, RunEvent } from '../../../spec/event.ts';
import type { Run } from '../../../spec/run.ts';
import { migrate } from './migrations.ts';
import { NodeSqliteDialect } from './node-sqlite-dialect.ts';
import { openDatabase } from './open-database.ts';
import { readAttempts, readNodes, type Tx, updateRun, writeParts } from './run-parts.ts';
import {
  eventOfRow,
  notFound,
  type RunRow,
  requestJson,
  requestOfJson,
  runColumns,
  runOfRows,
} from './run-rows.ts';
import { sqliteError } from './sqlite-error.ts';
import type { Tables } from './tables.ts';

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
  options: SqliteOptions,
): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) });
  try {
    await migrate(db, options.file);
    const installationId = await prepare(db, options);
    return new SqliteStore(db, { ...options, installationId });
  } catch (error) {
    await db.destroy();
    throw sqliteError(error, options.file);
  }
}

const SYSTEM = 'system';
const INSTALLATION = 'installation_id';

/**
 * Finds or makes the installation's id, and frees what was held: whoever held it is dead, for the
 * file is ours alone. Their tokens stay behind, so that nothing of theirs can come late.
 */
async function prepare(db: Kysely<Tables>, { now, random }: SqliteOptions): Promise<string> {
  const value = makeId('inst', now(), random);
  return db.transaction().execute(async (tx) => {
    await tx
      .updateTable('runs')
      .set({ next_at: now(), lease_expires_at: null })
      .where('lease_expires_at', 'is not', null)
      .where('state', '<>', sql.lit('ended'))
      .execute();
    await tx
      .insertInto('settings')
      .values({ tenant_id: SYSTEM, key: INSTALLATION, value })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const setting = await tx
      .selectFrom('settings')
      .select('value')
      .where('tenant_id', '=', SYSTEM)
      .where('key', '=', INSTALLATION)
      .executeTakeFirstOrThrow();
    return setting.value;
  });
}

type Written = { readonly run: Run; readonly row: RunRow };

/**
 * A run is due when its lease has run out, or, while nobody holds it, at its time. One that has
 * ended is never due; each query says so in the words of the index.
 */
const dueAt = sql<EpochMs>`coalesce(lease_expires_at, next_at)`;

class SqliteStore implements Store {
  readonly #db: Kysely<Tables>;
  readonly #options: SqliteOptions & { readonly installationId: string };

  constructor(db: Kysely<Tables>, options: SqliteOptions & { readonly installationId: string }) {
    this.#db = db;
    this.#options = options;
  }

  async now(): Promise<EpochMs> {
    return this.#options.now();
  }

  async installationId(): Promise<string> {
    return this.#options.installationId;
  }

  async createRun(key: RunKey, request: RunRequest, events: readonly NewEvent[]): Promise<Run> {
    return this.#transact(async (tx) => {
      const known = await this.#find(tx, key);
      if (known !== undefined) return known.run;
      const { tenantId: tenant_id, runId: run_id } = key;
      const numbered = this.#number(key, { lastSeq: 0, actor: 'user', events });
      const run = this.#fold(null, numbered);
      const columns = { ...runColumns(run), next_at: this.#options.now() };
      const last_seq = numbered.length;
      await tx
        .insertInto('runs')
        .values({ tenant_id, run_id, ...columns, last_seq })
        .execute();
      await tx
        .insertInto('requests')
        .values({ tenant_id, run_id, request: requestJson(request) })
        .execute();
      await writeParts(tx, { before: null, after: run, events: numbered });
      return run;
    });
  }

  async readRun(key: RunKey): Promise<StoredRun> {
    return this.#transact(async (tx) => {
      const { run } = await this.#read(tx, key);
      const row = await tx
        .selectFrom('requests')
        .select('request')
        .where('tenant_id', '=', key.tenantId)
        .where('run_id', '=', key.runId)
        .executeTakeFirstOrThrow();
      const { file } = this.#options;
      return { run, request: requestOfJson(row.request, { file, runId: key.runId }) };
    });
  }

  async pageRuns(tenantId: string, { after, limit }: Page): Promise<readonly Run[]> {
    return this.#transact(async (tx) => {
      let query = tx.selectFrom('runs').selectAll().where('tenant_id', '=', tenantId);
      if (after !== null) query = query.where('run_id', '<', after);
      const rows = await query.orderBy('run_id', 'desc').limit(limit).execute();
      return this.#withParts(tx, rows);
    });
  }

  async pageEvents(key: RunKey, after: number, limit: number): Promise<readonly RunEvent[]> {
    return this.#transact(async (tx) => {
      const rows = await tx
        .selectFrom('events')
        .selectAll()
        .where('tenant_id', '=', key.tenantId)
        .where('run_id', '=', key.runId)
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map((row) => eventOfRow(row, this.#options.file));
    });
  }

  async claimDue({ leaseMs, limit }: { leaseMs: number; limit: number }): Promise<Claim[]> {
    const now = this.#options.now();
    const expiresAt = asEpochMs(now + leaseMs);
    const rows = await this.#transact(async (tx) =>
      tx
        .updateTable('runs')
        .set({
          lease_token: sql<number>`lease_token + 1`,
          lease_expires_at: expiresAt,
          next_at: null,
        })
        .where(({ eb, refTuple, selectFrom }) =>
          eb(
            refTuple('tenant_id', 'run_id'),
            'in',
            selectFrom('runs')
              .select(['tenant_id', 'run_id'])
              .where(dueAt, '<=', now)
              .where('state', '<>', sql.lit('ended'))
              .orderBy(dueAt)
              .limit(limit)
              .$asTuple('tenant_id', 'run_id'),
          ),
        )
        .returning(['tenant_id', 'run_id', 'lease_token'])
        .execute(),
    );
    return rows.map((row) => {
      const { tenant_id: tenantId, run_id: runId, lease_token: token } = row;
      return { tenantId, runId, token, expiresAt };
    });
  }

  async countActive(): Promise<number> {
    return this.#transact(async (tx) => {
      const { count } = await tx
        .selectFrom('runs')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('state', '<>', sql.lit('ended'))
        .executeTakeFirstOrThrow();
      return count;
    });
  }

  async nextDueAt(): Promise<EpochMs | null> {
    return this.#transact(async (tx) => {
      const first = await tx
        .selectFrom('runs')
        .select(dueAt.as('due_at'))
        .where(dueAt, 'is not', null)
        .where('state', '<>', sql.lit('ended'))
        .orderBy(dueAt)
        .limit(1)
        .executeTakeFirst();
      return first?.due_at ?? null;
    });
  }

  async renew(claim: Claim, leaseMs: number): Promise<Claim> {
    return this.#transact(async (tx) => {
      const { row } = await this.#read(tx, claim);
      this.#checkLease(claim, row);
      const expiresAt = asEpochMs(this.#options.now() + leaseMs);
      await updateRun(tx, row, { lease_expires_at: expiresAt });
      return { ...claim, expiresAt };
    });
  }

  async release(claim: Claim, nextAt: EpochMs | null): Promise<void> {
    return this.#transact(async (tx) => {
      const { row } = await this.#read(tx, claim);
      checkToken(claim, row);
      const next_at = earlier(row.next_at, nextAt);
      await updateRun(tx, row, { next_at, lease_expires_at: null });
    });
  }

  async writeIntent(claim: Claim, events: readonly NewEvent[]): Promise<Run> {
    return this.#transact(async (tx) => {
      const before = await this.#read(tx, claim);
      this.#checkLease(claim, before.row);
      return this.#write(tx, before, { actor: 'engine', events });
    });
  }

  async writeOutcome(claim: Claim, events: readonly NewEvent[]): Promise<Run> {
    return this.#transact(async (tx) => {
      const before = await this.#read(tx, claim);
      checkToken(claim, before.row);
      return this.#write(tx, before, { actor: 'engine', events });
    });
  }

  async append(key: RunKey, actor: string, events: readonly NewEvent[]): Promise<Run> {
    return this.#transact(async (tx) => {
      const { run, row } = await this.#read(tx, key);
      const due = { run, row: { ...row, next_at: this.#options.now() } };
      return this.#write(tx, due, { actor, events });
    });
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  /** One transaction: all of it is on the disk when it resolves, or nothing of it happened. */
  async #transact<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    try {
      return await this.#db.transaction().execute(work);
    } catch (error) {
      throw sqliteError(error, this.#options.file);
    }
  }

  async #read(tx: Tx, key: RunKey): Promise<Written> {
    const found = await this.#find(tx, key);
    if (found === undefined) throw notFound(key.runId);
    return found;
  }

  async #find(tx: Tx, { tenantId, runId }: RunKey): Promise<Written | undefined> {
    const row = await tx
      .selectFrom('runs')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('run_id', '=', runId)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const [run] = await this.#withParts(tx, [row]);
    return { run: run!, row };
  }

  /** Adds attempts and nodes to the rows of one tenant that follow one another by id. */
  async #withParts(tx: Tx, rows: readonly RunRow[]): Promise<Run[]> {
    const [newest, oldest] = [rows.at(0), rows.at(-1)];
    if (newest === undefined || oldest === undefined) return [];
    const range = { tenantId: newest.tenant_id, from: oldest.run_id, to: newest.run_id };
    const attempts = await readAttempts(tx, range);
    const nodes = await readNodes(tx, range);
    return rows.map((row) => {
      const { run_id } = row;
      const parts = { attempts: attempts.get(run_id) ?? [], nodes: nodes.get(run_id) ?? [] };
      return runOfRows(row, parts, this.#options.file);
    });
  }

  /** Numbers the events, folds them into the run, and writes both. */
  async #write(
    tx: Tx,
    { run, row }: Written,
    { actor, events }: { readonly actor: string; readonly events: readonly NewEvent[] },
  ): Promise<Run> {
    const key = { tenantId: run.tenantId, runId: run.runId };
    const numbered = this.#number(key, { lastSeq: row.last_seq, actor, events });
    const after = this.#fold(run, numbered);
    const last_seq = row.last_seq + numbered.length;
    await updateRun(tx, row, { ...runColumns(after), next_at: row.next_at, last_seq });
    await writeParts(tx, { before: run, after, events: numbered });
    return after;
  }

  #number(
    key: RunKey,
    given: { lastSeq: number; actor: string; events: readonly NewEvent[] },
  ): readonly RunEvent[] {
    const { tenantId, runId } = key;
    const { lastSeq, actor, events } = given;
    const at = this.#options.now();
    return events.map((event, index) => {
      const seq = lastSeq + index + 1;
      return { ...event, tenantId, runId, seq, schemaVersion: 1, at, actor };
    });
  }

  #fold(run: Run | null, events: readonly RunEvent[]): Run {
    const folded = events.reduce<Run | null>(this.#options.fold, run);
    assert(folded !== null, 'a run is made by at least one event');
    return folded;
  }

  #checkLease(claim: Claim, row: RunRow): void {
    checkToken(claim, row);
    const expiresAt = row.lease_expires_at;
    if (expiresAt !== null && expiresAt > this.#options.now()) return;
    throw stale(claim, expiresAt === null ? 'it was given back' : 'its lease has run out');
  }
}

function checkToken(claim: Claim, row: RunRow): void {
  if (row.lease_token !== claim.token) throw stale(claim, 'it was claimed anew since');
}

function stale({ runId, token }: Claim, why: string): KedgeError {
  return new KedgeError('state.stale-lease', `claim ${token} of ${runId} is over: ${why}`, {
    hint: 'claim the run again and look at its state first',
  });
}

/** What an append made due stays due at once, whatever its claim knew of it. */
function earlier(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
