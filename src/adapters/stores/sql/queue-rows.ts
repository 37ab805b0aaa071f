import { type ExpressionBuilder, type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import type { EpochMs } from '../../../base/time.ts';
import type {
  Holder,
  PlaceRequest,
  PoolState,
  QueueEntry,
  QueuePosition,
  RunRange,
  Waiter,
} from '../../../ports/store-queue.ts';
import type { NewEvent } from '../../../spec/event.ts';
import type { Run } from '../../../spec/run.ts';
import type { Tx } from './run-parts.ts';
import type { Tables } from './tables.ts';

type Row = Selectable<Tables['reservations']>;
type Key = { readonly tenantId: string; readonly runId: string };

/** Puts an attempt in the line of its pool, or finds it there; what it asks for may have changed. */
export async function standInLine(tx: Tx, run: Run, request: PlaceRequest): Promise<Waiter> {
  const row = rowOf(run, request);
  const known = await tx
    .selectFrom('reservations')
    .selectAll()
    .where('tenant_id', '=', row.tenant_id)
    .where('run_id', '=', row.run_id)
    .where('allocation', '=', row.allocation)
    .where('attempt', '=', row.attempt)
    .executeTakeFirst();
  if (known !== undefined && isUnchanged(known, row)) return waiterOf(known);
  if (known !== undefined) await leaveLine(tx, known);
  await tx.insertInto('reservations').values(row).execute();
  return waiterOf(row as Row);
}

/** Out of the line, into the pool. */
export async function hold(tx: Tx, { tenantId, runId, ...own }: Waiter, at: EpochMs) {
  await tx
    .updateTable('reservations')
    .set({ held_at: at })
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId)
    .where('allocation', '=', own.allocation)
    .where('attempt', '=', own.attempt)
    .execute();
}

/** Gives back what attempts held that have ended, and the places in line of a run that has. */
export async function giveBack(tx: Tx, key: Key, events: readonly NewEvent[]): Promise<void> {
  const { tenantId: tenant_id, runId: run_id } = key;
  for (const { type, data } of events) {
    if (type === 'attempt.ended') await leaveLine(tx, { tenant_id, run_id, ...data });
    if (type === 'run.ended') {
      await tx
        .deleteFrom('reservations')
        .where('tenant_id', '=', tenant_id)
        .where('run_id', '=', run_id)
        .execute();
    }
  }
}

async function leaveLine(
  tx: Tx,
  row: Pick<Row, 'tenant_id' | 'run_id' | 'allocation' | 'attempt'>,
): Promise<void> {
  await tx
    .deleteFrom('reservations')
    .where('tenant_id', '=', row.tenant_id)
    .where('run_id', '=', row.run_id)
    .where('allocation', '=', row.allocation)
    .where('attempt', '=', row.attempt)
    .execute();
}

/** All that is held of a pool, and the front of its line. */
export async function readPool(
  db: Kysely<Tables>,
  { pool, now, waitingMax }: { pool: string; now: EpochMs; waitingMax: number },
): Promise<PoolState> {
  const held = await readHeld(db, pool);
  return { pool, now, held, waiting: await readLine(db, pool, waitingMax) };
}

async function readHeld(db: Kysely<Tables>, pool: string): Promise<readonly Holder[]> {
  const held = await db
    .selectFrom('reservations')
    .selectAll()
    .where('pool', '=', pool)
    .where('held_at', 'is not', null)
    .execute();
  return held.map(holderOf);
}

/** The first of a line, in its order. */
async function readLine(
  db: Kysely<Tables>,
  pool: string,
  waitingMax: number,
): Promise<readonly Waiter[]> {
  const waiting = await db
    .selectFrom('reservations')
    .selectAll()
    .where('pool', '=', pool)
    .where('held_at', 'is', null)
    .orderBy('priority', 'desc')
    .orderBy('since')
    .orderBy('tenant_id')
    .orderBy('run_id')
    .orderBy('allocation')
    .orderBy('attempt')
    .limit(waitingMax)
    .execute();
  return waiting.map(waiterOf);
}

/** The next pool, by name, for which somebody waits. */
export async function nextLine(db: Kysely<Tables>, after: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('reservations')
    .select('pool')
    .where('held_at', 'is', null)
    .where('pool', '>', after)
    .orderBy('pool')
    .limit(1)
    .executeTakeFirst();
  return row?.pool;
}

export async function readEntries(
  db: Kysely<Tables>,
  { tenantId, runId }: Key,
  options: { readonly now: EpochMs; readonly waitingMax: number },
): Promise<readonly QueueEntry[]> {
  const rows = await db
    .selectFrom('reservations')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId)
    .where('held_at', 'is', null)
    .orderBy('allocation')
    .execute();
  const entries: QueueEntry[] = [];
  for (const row of rows) {
    const state = await readPool(db, { pool: row.pool, ...options });
    entries.push({ own: waiterOf(row), state, ...(await placeInLine(db, row)) });
  }
  return entries;
}

async function placeInLine(db: Kysely<Tables>, row: Row) {
  const { length, ahead } = await db
    .selectFrom('reservations')
    .select(({ fn }) => [
      fn.countAll<number>().as('length'),
      fn.countAll<number>().filterWhere(isAheadOf(row)).as('ahead'),
    ])
    .where('pool', '=', row.pool)
    .where('held_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { length, position: ahead + 1 };
}

/** False for one before whom so many stand; who they are need not be read for that. */
export async function isAtFront(
  db: Kysely<Tables>,
  own: Waiter,
  { pool, waitingMax }: { pool: string; waitingMax: number },
): Promise<boolean> {
  const { tenantId: tenant_id, runId: run_id, allocation, attempt, priority, since } = own;
  const place = { tenant_id, run_id, allocation, attempt, priority, since };
  const last = await db
    .selectFrom('reservations')
    .select('run_id')
    .where('pool', '=', pool)
    .where('held_at', 'is', null)
    .where(isAheadOf(place))
    .limit(1)
    .offset(waitingMax - 1)
    .executeTakeFirst();
  return last === undefined;
}

type Place = Pick<Row, 'tenant_id' | 'run_id' | 'allocation' | 'attempt' | 'priority' | 'since'>;

function isAheadOf({ priority, ...row }: Place) {
  return ({ eb, or, and, refTuple, tuple }: ExpressionBuilder<Tables, 'reservations'>) =>
    or([
      eb('priority', '>', priority),
      and([
        eb('priority', '=', priority),
        eb(
          refTuple('since', 'tenant_id', 'run_id', 'allocation', 'attempt'),
          '<',
          tuple(row.since, row.tenant_id, row.run_id, row.allocation, row.attempt),
        ),
      ]),
    ]);
}

export async function readPositions(
  db: Kysely<Tables>,
  { tenantId, from, to }: RunRange,
): Promise<readonly QueuePosition[]> {
  const line = db
    .selectFrom('reservations')
    .select(['tenant_id', 'run_id'])
    .select(
      sql<number>`row_number() over (partition by pool
        order by priority desc, since, tenant_id, run_id, allocation, attempt)`.as('position'),
    )
    .where('held_at', 'is', null);
  const rows = await db
    .selectFrom(line.as('line'))
    .select('run_id')
    .select(({ fn }) => fn.min('position').as('position'))
    .where('tenant_id', '=', tenantId)
    .where('run_id', '>=', from)
    .where('run_id', '<=', to)
    .groupBy('run_id')
    .orderBy('run_id')
    .execute();
  return rows.map(({ run_id, position }) => ({ runId: run_id, position }));
}

function rowOf(run: Run, request: PlaceRequest): Insertable<Tables['reservations']> {
  const { amounts, span } = request;
  return {
    tenant_id: run.tenantId,
    run_id: run.runId,
    allocation: request.allocation,
    attempt: request.attempt,
    pool: request.pool,
    held_at: null,
    priority: request.priority,
    since: run.createdAt,
    cpus_milli: amounts.cpusMilli,
    memory_mib: amounts.memoryMib,
    gpus: JSON.stringify(amounts.gpusByName),
    low_ms: span?.lowMs ?? null,
    mid_ms: span?.midMs ?? null,
    high_ms: span?.highMs ?? null,
  };
}

/** Asked for again, it is what it was; one that has room keeps it. */
function isUnchanged(known: Row, row: Insertable<Tables['reservations']>): boolean {
  if (known.held_at !== null) return true;
  return Object.entries(row).every(([column, value]) => known[column as keyof Row] === value);
}

function waiterOf(row: Row): Waiter {
  const { low_ms: lowMs, mid_ms: midMs, high_ms: highMs } = row;
  const gpus: unknown = row.gpus === '{}' ? {} : JSON.parse(row.gpus);
  return {
    tenantId: row.tenant_id,
    runId: row.run_id,
    allocation: row.allocation,
    attempt: row.attempt,
    amounts: {
      cpusMilli: row.cpus_milli,
      memoryMib: row.memory_mib,
      gpusByName: gpus as Record<string, number>,
    },
    span: lowMs === null || midMs === null || highMs === null ? null : { lowMs, midMs, highMs },
    priority: row.priority,
    since: row.since,
  };
}

function holderOf(row: Row): Holder {
  return { ...waiterOf(row), heldAt: row.held_at! };
}
