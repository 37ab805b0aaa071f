import { type Kysely, sql } from 'kysely';
import { assert } from '../../../base/assert.ts';
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
import {
  LINE_READ_MAX,
  type Placed,
  type Placing,
  type PoolState,
  type QueueEntry,
  type QueuePosition,
  type RunRange,
  type Waiter,
} from '../../../ports/store-queue.ts';
import type { NewEvent, RunEvent } from '../../../spec/event.ts';
import type { Run } from '../../../spec/run.ts';
import type { NodeSeries } from '../../../spec/sample.ts';
import { claimDue, makeDue, nextDueAt } from './due-runs.ts';
import { GroupCommit } from './group-commit.ts';
import { checkLease, checkToken, earlier } from './leases.ts';
import { migrate } from './migrations.ts';
import { numberEvents, type Said, waitingEvents } from './number-events.ts';
import {
  giveBack,
  hold,
  isAtFront,
  nextLine,
  readEntries,
  readPool,
  readPositions,
  standInLine,
} from './queue-rows.ts';
import { findRun, lockRow, lockRun, type Written, withParts } from './read-runs.ts';
import { RequestCache } from './request-cache.ts';
import { type Tx, updateRun, writeParts } from './run-parts.ts';
import { eventOfRow, notFound, requestJson, requestOfJson, runColumns } from './run-rows.ts';
import { busyRows, putSamples, readSamples } from './samples.ts';
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

class SqlStore implements Store {
  readonly #db: Kysely<Tables>;
  readonly #dialect: SqlDialect;
  readonly #fold: FoldRun;
  readonly #installationId: string;
  readonly #group: GroupCommit;
  readonly #requests = new RequestCache();

  constructor(db: Kysely<Tables>, options: SqlStoreOptions & { readonly installationId: string }) {
    this.#db = db;
    this.#dialect = options.dialect;
    this.#group = new GroupCommit(db, options.dialect.setDurable);
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
    let isNew = false;
    const created = await this.#transact(async (tx) => {
      const known = await findRun(tx, key, this.#dialect);
      if (known !== undefined) return known.run;
      const { tenantId: tenant_id, runId: run_id } = key;
      const now = await this.#dialect.now(tx);
      const numbered = numberEvents(key, { lastSeq: 0, at: now, actor: 'user', events });
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
      isNew = true;
      return run;
    });
    // An engine is about to ask for it.
    if (isNew) this.#requests.put(key, request);
    return created;
  }

  async readRun(key: RunKey): Promise<StoredRun> {
    return this.#look(async (tx) => {
      const run = await this.#found(tx, key);
      const request = await this.#requests.get(key, () => this.#readRequest(tx, key));
      return { run, request };
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
    return this.#transactLease((tx) => claimDue(tx, { ...options, dialect: this.#dialect }));
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
    return this.#transactLease(async (tx) => {
      const row = await lockRow(tx, claim, this.#dialect);
      const now = await this.#dialect.now(tx);
      checkLease(claim, row, now);
      const expiresAt = asEpochMs(now + leaseMs);
      await updateRun(tx, row, { lease_expires_at: expiresAt });
      return { ...claim, expiresAt };
    });
  }

  async release(claim: Claim, nextAt: EpochMs | null, strikes = 0): Promise<void> {
    return this.#transactLease(async (tx) => {
      const row = await lockRow(tx, claim, this.#dialect);
      checkToken(claim, row);
      const next_at = earlier(row.next_at, nextAt);
      await updateRun(tx, row, { next_at, lease_expires_at: null, strikes });
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

  async place(claim: Claim, { request, intent, decide }: Placing): Promise<Placed> {
    return this.#transact(async (tx) => {
      const before = await lockRun(tx, claim, this.#dialect);
      const now = await this.#dialect.now(tx);
      checkLease(claim, before.row, now);
      const { run } = before;
      if (run.state === 'ended' || run.stopRequested) return { run, placed: false };
      const { pool } = request;
      await this.#dialect.lockPool(tx, pool);
      const own = await standInLine(tx, run, request);
      const front = { pool, waitingMax: LINE_READ_MAX };
      const mayStart = await isAtFront(tx, own, front);
      const nobody = { pool, now, held: [], waiting: [] };
      const verdict = decide(mayStart ? await readPool(tx, { ...front, now }) : nobody, own);
      if (verdict.placed) await hold(tx, own, now);
      const events = verdict.placed ? intent : waitingEvents(run, verdict.reason);
      if (events.length === 0) return { run, placed: false };
      const after = await this.#write(tx, before, { at: now, actor: 'engine', events });
      return { run: after, placed: verdict.placed };
    });
  }

  async wakeWaiting(pick: (state: PoolState) => readonly Waiter[]): Promise<boolean> {
    return this.#transactLease(async (tx) => {
      const now = await this.#dialect.now(tx);
      let pool = await nextLine(tx, '');
      const waits = pool !== undefined;
      for (; pool !== undefined; pool = await nextLine(tx, pool)) {
        const chosen = pick(await readPool(tx, { pool, now, waitingMax: LINE_READ_MAX }));
        if (chosen.length > 0) await makeDue(tx, chosen, { now, dialect: this.#dialect });
      }
      return waits;
    });
  }

  async readQueue(key: RunKey, waitingMax: number): Promise<readonly QueueEntry[]> {
    return this.#look(async (tx) => {
      const now = await this.#dialect.now(tx);
      return readEntries(tx, key, { now, waitingMax });
    });
  }

  async queuePositions(range: RunRange): Promise<readonly QueuePosition[]> {
    return this.#telling(() => readPositions(this.#db, range));
  }

  async append(key: RunKey, actor: string, events: readonly NewEvent[]): Promise<Run> {
    return this.#transact(async (tx) => {
      const { run, row } = await lockRun(tx, key, this.#dialect);
      const at = await this.#dialect.now(tx);
      return this.#write(tx, { run, row: { ...row, next_at: at } }, { at, actor, events });
    });
  }

  async writeSamples(claim: Claim, series: readonly NodeSeries[]): Promise<void> {
    await this.#transact(async (tx) => {
      const row = await lockRow(tx, claim, this.#dialect);
      checkToken(claim, row);
      await putSamples(tx, claim, series);
    });
  }

  async readSamples(key: RunKey): Promise<readonly NodeSeries[]> {
    return this.#telling(() => readSamples(this.#db, key, this.#dialect.errors));
  }

  async busyRuns(tenantId: string, limit: number): Promise<readonly Run[]> {
    return this.#look(async (tx) => {
      return withParts(tx, await busyRows(tx, tenantId, limit), this.#dialect);
    });
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  /**
   * One transaction: all of it is on the disk when it resolves, or nothing of it happened. Each
   * statement sees what was committed before it, and so what a lock has waited for.
   */
  async #transact<Result>(
    work: (tx: Tx) => Promise<Result>,
    options: { readonly durable: boolean } = { durable: true },
  ): Promise<Result> {
    return this.#telling(() => {
      if (!this.#dialect.shared) return this.#group.run(work, options);
      return this.#db.transaction().setIsolationLevel('read committed').execute(work);
    });
  }

  /** Of leases: those of a machine that has gone down are worth nothing, lost or not. */
  #transactLease<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.#transact(work, { durable: false });
  }

  /**
   * Changes nothing and sees one moment: in a transaction, or where nobody else can write by
   * having the one connection for as long.
   */
  async #look<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    if (!this.#dialect.shared) {
      const connection = this.#db.connection();
      return this.#telling(() => connection.execute((db) => work(db as Tx)));
    }
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

  async #readRequest(tx: Tx, { tenantId, runId }: RunKey): Promise<RunRequest> {
    const row = await tx
      .selectFrom('requests')
      .select('request')
      .where('tenant_id', '=', tenantId)
      .where('run_id', '=', runId)
      .executeTakeFirstOrThrow();
    return requestOfJson(row.request, { errors: this.#dialect.errors, runId });
  }

  async #found(tx: Tx, key: RunKey): Promise<Run> {
    const found = await findRun(tx, key, this.#dialect);
    if (found === undefined) throw notFound(key.runId);
    return found.run;
  }

  /** Numbers the events, folds them into the run, and writes both. */
  async #write(tx: Tx, { run, row }: Written, said: Said & { readonly at: EpochMs }): Promise<Run> {
    const numbered = numberEvents(run, { lastSeq: row.last_seq, ...said });
    const after = this.#folded(run, numbered);
    const last_seq = row.last_seq + numbered.length;
    await updateRun(tx, row, { ...runColumns(after), next_at: row.next_at, last_seq });
    await writeParts(tx, { before: run, after, events: numbered });
    await giveBack(tx, run, said.events);
    return after;
  }

  #folded(run: Run | null, events: readonly RunEvent[]): Run {
    const folded = events.reduce<Run | null>(this.#fold, run);
    assert(folded !== null, 'a run is made by at least one event');
    return folded;
  }
}
