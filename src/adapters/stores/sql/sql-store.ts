import { type Kysely, sql } from 'kysely';
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
import { claimDue, nextDueAt } from './due-runs.ts';
import { migrate } from './migrations.ts';
import { findRun, lockRun, type Written, withParts } from './read-runs.ts';
import { type Tx, updateRun, writeParts } from './run-parts.ts';
import {
  eventOfRow,
  notFound,
  type RunRow,
  requestJson,
  requestOfJson,
  runColumns,
} from './run-rows.ts';
import type { SqlDialect } from './sql-dialect.ts';
import type { Tables } from './tables.ts';

export type SqlStoreOptions = {
  readonly dialect: SqlDialect;
  readonly random: Random;
  readonly fold: FoldRun;
  /** Before the store is used, in a transaction of its own. */
  readonly prepare?: (tx: Tx) => Promise<void>;
};

/** Brings the schema up to date and gives the store over it; closes the database when it fails. */
export async function openSqlStore(db: Kysely<Tables>, options: SqlStoreOptions): Promise<Store> {
  const { dialect, prepare } = options;
  try {
    await migrate(db, dialect);
    if (prepare !== undefined) await db.transaction().execute(prepare);
    const installationId = await db
      .transaction()
      .setIsolationLevel('read committed')
      .execute((tx) => installationIdOf(tx, options));
    return new SqlStore(db, { ...options, installationId });
  } catch (error) {
    await db.destroy();
    throw dialect.errors.operational(error);
  }
}

const SYSTEM = 'system';
const INSTALLATION = 'installation_id';

/** Finds or makes it; whoever comes first makes it for all. */
async function installationIdOf(tx: Tx, { dialect, random }: SqlStoreOptions): Promise<string> {
  const value = makeId('inst', await dialect.now(tx), random);
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
}

type Said = { readonly actor: string; readonly events: readonly NewEvent[] };

class SqlStore implements Store {
  readonly #db: Kysely<Tables>;
  readonly #dialect: SqlDialect;
  readonly #fold: FoldRun;
  readonly #installationId: string;

  constructor(db: Kysely<Tables>, options: SqlStoreOptions & { readonly installationId: string }) {
    this.#db = db;
    this.#dialect = options.dialect;
    this.#fold = options.fold;
    this.#installationId = options.installationId;
  }

  async now(): Promise<EpochMs> {
    return this.#telling(() => this.#dialect.now(this.#db));
  }

  async installationId(): Promise<string> {
    return this.#installationId;
  }

  async createRun(key: RunKey, request: RunRequest, events: readonly NewEvent[]): Promise<Run> {
    return this.#transact(async (tx) => {
      const known = await findRun(tx, key, this.#dialect);
      if (known !== undefined) return known.run;
      const { tenantId: tenant_id, runId: run_id } = key;
      const now = await this.#dialect.now(tx);
      const numbered = number(key, { lastSeq: 0, at: now, actor: 'user', events });
      const run = this.#folded(null, numbered);
      const columns = { ...runColumns(run), next_at: now, last_seq: numbered.length };
      const inserted = await tx
        .insertInto('runs')
        .values({ tenant_id, run_id, ...columns })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      // Another server was asked for the same run since we looked.
      if (inserted.numInsertedOrUpdatedRows === 0n) return this.#found(tx, key);
      await tx
        .insertInto('requests')
        .values({ tenant_id, run_id, request: requestJson(request) })
        .execute();
      await writeParts(tx, { before: null, after: run, events: numbered });
      return run;
    });
  }

  async readRun(key: RunKey): Promise<StoredRun> {
    return this.#look(async (tx) => {
      const run = await this.#found(tx, key);
      const row = await tx
        .selectFrom('requests')
        .select('request')
        .where('tenant_id', '=', key.tenantId)
        .where('run_id', '=', key.runId)
        .executeTakeFirstOrThrow();
      const { errors } = this.#dialect;
      return { run, request: requestOfJson(row.request, { errors, runId: key.runId }) };
    });
  }

  async pageRuns(tenantId: string, { after, limit }: Page): Promise<readonly Run[]> {
    return this.#look(async (tx) => {
      let query = tx.selectFrom('runs').selectAll().where('tenant_id', '=', tenantId);
      if (after !== null) query = query.where('run_id', '<', after);
      const rows = await query.orderBy('run_id', 'desc').limit(limit).execute();
      return withParts(tx, rows, this.#dialect);
    });
  }

  async pageEvents(key: RunKey, after: number, limit: number): Promise<readonly RunEvent[]> {
    return this.#telling(async () => {
      const rows = await this.#db
        .selectFrom('events')
        .selectAll()
        .where('tenant_id', '=', key.tenantId)
        .where('run_id', '=', key.runId)
        .where('seq', '>', after)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map((row) => eventOfRow(row, this.#dialect.errors));
    });
  }

  async claimDue(options: { leaseMs: number; limit: number }): Promise<readonly Claim[]> {
    return this.#transact((tx) => claimDue(tx, { ...options, dialect: this.#dialect }));
  }

  async countActive(): Promise<number> {
    return this.#telling(async () => {
      const { count } = await this.#db
        .selectFrom('runs')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('state', '<>', sql.lit('ended'))
        .executeTakeFirstOrThrow();
      return count;
    });
  }

  async nextDueAt(): Promise<EpochMs | null> {
    return this.#telling(() => nextDueAt(this.#db));
  }

  async renew(claim: Claim, leaseMs: number): Promise<Claim> {
    return this.#transact(async (tx) => {
      const { row } = await lockRun(tx, claim, this.#dialect);
      const now = await this.#dialect.now(tx);
      checkLease(claim, row, now);
      const expiresAt = asEpochMs(now + leaseMs);
      await updateRun(tx, row, { lease_expires_at: expiresAt });
      return { ...claim, expiresAt };
    });
  }

  async release(claim: Claim, nextAt: EpochMs | null): Promise<void> {
    return this.#transact(async (tx) => {
      const { row } = await lockRun(tx, claim, this.#dialect);
      checkToken(claim, row);
      const next_at = earlier(row.next_at, nextAt);
      await updateRun(tx, row, { next_at, lease_expires_at: null });
    });
  }

  async writeIntent(claim: Claim, events: readonly NewEvent[]): Promise<Run> {
    return this.#transact(async (tx) => {
      const before = await lockRun(tx, claim, this.#dialect);
      const now = await this.#dialect.now(tx);
      checkLease(claim, before.row, now);
      return this.#write(tx, before, { at: now, actor: 'engine', events });
    });
  }

  async writeOutcome(claim: Claim, events: readonly NewEvent[]): Promise<Run> {
    return this.#transact(async (tx) => {
      const before = await lockRun(tx, claim, this.#dialect);
      checkToken(claim, before.row);
      const at = await this.#dialect.now(tx);
      return this.#write(tx, before, { at, actor: 'engine', events });
    });
  }

  async append(key: RunKey, actor: string, events: readonly NewEvent[]): Promise<Run> {
    return this.#transact(async (tx) => {
      const { run, row } = await lockRun(tx, key, this.#dialect);
      const at = await this.#dialect.now(tx);
      return this.#write(tx, { run, row: { ...row, next_at: at } }, { at, actor, events });
    });
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  /**
   * One transaction: all of it is on the disk when it resolves, or nothing of it happened. Each
   * statement sees what was committed before it, and so what a lock has waited for.
   */
  async #transact<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const transaction = this.#db.transaction().setIsolationLevel('read committed');
    return this.#telling(() => transaction.execute(work));
  }

  /** One transaction that changes nothing and sees one moment. */
  async #look<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    const transaction = this.#db.transaction().setIsolationLevel('repeatable read');
    return this.#telling(() => transaction.setAccessMode('read only').execute(work));
  }

  async #telling<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.#dialect.errors.operational(error);
    }
  }

  async #found(tx: Tx, key: RunKey): Promise<Run> {
    const found = await findRun(tx, key, this.#dialect);
    if (found === undefined) throw notFound(key.runId);
    return found.run;
  }

  /** Numbers the events, folds them into the run, and writes both. */
  async #write(tx: Tx, { run, row }: Written, said: Said & { readonly at: EpochMs }): Promise<Run> {
    const numbered = number(run, { lastSeq: row.last_seq, ...said });
    const after = this.#folded(run, numbered);
    const last_seq = row.last_seq + numbered.length;
    await updateRun(tx, row, { ...runColumns(after), next_at: row.next_at, last_seq });
    await writeParts(tx, { before: run, after, events: numbered });
    return after;
  }

  #folded(run: Run | null, events: readonly RunEvent[]): Run {
    const folded = events.reduce<Run | null>(this.#fold, run);
    assert(folded !== null, 'a run is made by at least one event');
    return folded;
  }
}

function number(
  { tenantId, runId }: RunKey,
  { lastSeq, at, actor, events }: Said & { readonly lastSeq: number; readonly at: EpochMs },
): readonly RunEvent[] {
  return events.map((event, index) => {
    const seq = lastSeq + index + 1;
    return { ...storable(event), tenantId, runId, seq, schemaVersion: 1, at, actor };
  });
}

/**
 * What a task or a place says may have characters that no database keeps as they are: half a
 * surrogate pair, and in PostgreSQL the NUL. They are replaced before the fold sees them.
 */
function storable(event: NewEvent): NewEvent {
  const data = Object.entries(event.data).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value,
  ]);
  return { type: event.type, data: Object.fromEntries(data) } as NewEvent;
}

function checkLease(claim: Claim, row: RunRow, now: EpochMs): void {
  checkToken(claim, row);
  const expiresAt = row.lease_expires_at;
  if (expiresAt !== null && expiresAt > now) return;
  throw stale(claim, expiresAt === null ? 'it was given back' : 'its lease has run out');
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
