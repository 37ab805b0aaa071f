import type { Insertable, Selectable, Transaction } from 'kysely';
import type { RunEvent } from '../../../spec/event.ts';
import type { Run } from '../../../spec/run.ts';
import { attemptRow, eventRow, nodeRow, type RunRow } from './run-rows.ts';
import type { Tables } from './tables.ts';

export type Tx = Transaction<Tables>;
type AttemptRow = Insertable<Tables['attempts']>;
type NodeRow = Insertable<Tables['nodes']>;

/** SQLite binds at most 32,766 values in one statement, PostgreSQL 65,535; a node has twelve. */
const ROWS_AT_ONCE = 1000;

type Change = {
  readonly before: Run | null;
  readonly after: Run;
  readonly events: readonly RunEvent[];
};

/** Writes the events, and those attempts and nodes that a fold has changed. */
export async function writeParts(tx: Tx, { before, after, events }: Change): Promise<void> {
  for (const rows of chunks(events.map(eventRow))) {
    await tx.insertInto('events').values(rows).execute();
  }
  const known = new Set<unknown>(before === null ? [] : [...before.attempts, ...before.nodes]);
  const attempts = after.attempts.filter((attempt) => !known.has(attempt));
  await putAttempts(
    tx,
    attempts.map((attempt) => attemptRow(after, attempt)),
  );
  const nodes = after.nodes.filter((node) => !known.has(node));
  await putNodes(
    tx,
    nodes.map((node) => nodeRow(after, node)),
  );
}

async function putAttempts(tx: Tx, all: readonly AttemptRow[]): Promise<void> {
  for (const rows of chunks(all)) {
    await tx
      .insertInto('attempts')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'run_id', 'allocation', 'attempt'])
          .doUpdateSet(({ ref }) => ({
            state: ref('excluded.state'),
            outcome: ref('excluded.outcome'),
            ended_at: ref('excluded.ended_at'),
          })),
      )
      .execute();
  }
}

async function putNodes(tx: Tx, all: readonly NodeRow[]): Promise<void> {
  for (const rows of chunks(all)) {
    await tx
      .insertInto('nodes')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'run_id', 'allocation', 'attempt', 'rank'])
          .doUpdateSet(({ ref }) => ({
            state: ref('excluded.state'),
            reason: ref('excluded.reason'),
            outcome: ref('excluded.outcome'),
            exit_code: ref('excluded.exit_code'),
            started_at: ref('excluded.started_at'),
            ended_at: ref('excluded.ended_at'),
          })),
      )
      .execute();
  }
}

/** Changes columns of one run. */
export async function updateRun(
  tx: Tx,
  row: RunRow,
  columns: Partial<Omit<RunRow, 'tenant_id' | 'run_id'>>,
): Promise<void> {
  await tx
    .updateTable('runs')
    .set(columns)
    .where('tenant_id', '=', row.tenant_id)
    .where('run_id', '=', row.run_id)
    .execute();
}

/** The runs of one tenant from one id to another, both included. */
export type RunRange = { readonly tenantId: string; readonly from: string; readonly to: string };

/** By run id; those of one run in the order of their keys. */
export async function readAttempts(tx: Tx, { tenantId, from, to }: RunRange) {
  const rows = await tx
    .selectFrom('attempts')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('run_id', '>=', from)
    .where('run_id', '<=', to)
    .orderBy('run_id')
    .orderBy('allocation')
    .orderBy('attempt')
    .execute();
  return byRun(rows);
}

/** By run id; those of one run in the order of their keys. */
export async function readNodes(tx: Tx, { tenantId, from, to }: RunRange) {
  const rows = await tx
    .selectFrom('nodes')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('run_id', '>=', from)
    .where('run_id', '<=', to)
    .orderBy('run_id')
    .orderBy('allocation')
    .orderBy('attempt')
    .orderBy('rank')
    .execute();
  return byRun(rows);
}

function byRun<Row extends Selectable<Tables['attempts' | 'nodes']>>(rows: readonly Row[]) {
  return Map.groupBy(rows, (row) => row.run_id);
}

function* chunks<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    yield rows.slice(from, from + ROWS_AT_ONCE);
  }
}
