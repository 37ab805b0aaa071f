import { type Kysely, sql } from 'kysely';
import type { Tx } from './run-parts.ts';
import type { SqlDialect } from './sql-dialect.ts';
import type { Tables } from './tables.ts';

type Unit = {
  readonly durable: boolean;
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly done: (result: unknown) => void;
  readonly failed: (error: unknown) => void;
};

/** So many at most hold up whoever wants to read. */
const UNITS_MAX = 16;

/**
 * Transactions of a database that takes one at a time: those that wait for it at the same moment
 * share one commit, which is what takes the time (a write to the disk). Each is all or nothing by
 * itself, and none is told as done before the disk has all of them.
 */
export class GroupCommit {
  readonly #db: Kysely<Tables>;
  readonly #setDurable: SqlDialect['setDurable'];
  readonly #waiting: Unit[] = [];
  /** As the database was opened. */
  #durable = true;
  #busy = false;

  constructor(db: Kysely<Tables>, setDurable: SqlDialect['setDurable']) {
    this.#db = db;
    this.#setDurable = setDurable;
  }

  run<Result>(
    work: (tx: Tx) => Promise<Result>,
    { durable }: { readonly durable: boolean },
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const done = resolve as (result: unknown) => void;
      this.#waiting.push({ durable, work, done, failed: reject });
      if (!this.#busy) void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const size = await this.#commitGroup();
      // Without waits of their own, writers could keep everybody else from their turn.
      if (size > 1) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#busy = false;
  }

  async #commitGroup(): Promise<number> {
    let group: readonly Unit[] = [];
    try {
      const tell = await this.#db.connection().execute(async (db) => {
        group = this.#waiting.splice(0, UNITS_MAX);
        await this.#prepare(db, group);
        const transaction = db.transaction().setIsolationLevel('read committed');
        return transaction.execute((tx) => runAll(tx, group));
      });
      for (const one of tell) one();
    } catch (error) {
      for (const { failed } of group) failed(error);
    }
    return group.length;
  }

  /** Only between transactions. */
  async #prepare(db: Kysely<Tables>, group: readonly Unit[]): Promise<void> {
    const durable = group.some((unit) => unit.durable);
    if (durable === this.#durable) return;
    await this.#setDurable?.(db, durable);
    this.#durable = durable;
  }
}

async function runAll(tx: Tx, group: readonly Unit[]): Promise<readonly (() => void)[]> {
  if (group.length > 1) return runEach(tx, group);
  const only = group[0]!;
  const result = await only.work(tx);
  return [() => only.done(result)];
}

/** What to tell each of them once all is committed. */
async function runEach(tx: Tx, group: readonly Unit[]): Promise<readonly (() => void)[]> {
  const tell: (() => void)[] = [];
  for (const { work, done, failed } of group) {
    await sql`savepoint unit`.execute(tx);
    try {
      const result = await work(tx);
      tell.push(() => done(result));
    } catch (error) {
      // Where the database has given up the whole transaction this fails, and so do all.
      await undo(tx, error);
      tell.push(() => failed(error));
    }
    await sql`release unit`.execute(tx);
  }
  return tell;
}

async function undo(tx: Tx, cause: unknown): Promise<void> {
  try {
    await sql`rollback to unit`.execute(tx);
  } catch {
    throw cause;
  }
}
