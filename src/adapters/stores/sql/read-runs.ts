import type { RunKey } from '../../../ports/store.ts';
import type { Run } from '../../../spec/run.ts';
import { readAttempts, readNodes, type Tx } from './run-parts.ts';
import { notFound, type RunRow, runOfRows } from './run-rows.ts';
import type { SqlDialect } from './sql-dialect.ts';

/** A run, and the row with its place in the queue. */
export type Written = { readonly run: Run; readonly row: RunRow };

/** The run as it is. */
export async function findRun(
  tx: Tx,
  key: RunKey,
  dialect: SqlDialect,
): Promise<Written | undefined> {
  const row = await rowOf(tx, key).executeTakeFirst();
  return row && (await writtenOf(tx, row, dialect));
}

/**
 * The run as it is, and as it stays until the transaction ends. Its parts are read after the row
 * is ours, for they change only with it. Errors: `run.not-found`.
 */
export async function lockRun(tx: Tx, key: RunKey, dialect: SqlDialect): Promise<Written> {
  return writtenOf(tx, await lockRow(tx, key, dialect), dialect);
}

/** The row alone, for what concerns its claim and not its state. Errors: `run.not-found`. */
export async function lockRow(tx: Tx, key: RunKey, dialect: SqlDialect): Promise<RunRow> {
  const query = rowOf(tx, key);
  const row = await (dialect.shared ? query.forUpdate() : query).executeTakeFirst();
  if (row === undefined) throw notFound(key.runId);
  return row;
}

/** Adds attempts and nodes to the rows of one tenant that follow one another, newest first. */
export async function withParts(
  tx: Tx,
  rows: readonly RunRow[],
  { errors }: SqlDialect,
): Promise<Run[]> {
  const [newest, oldest] = [rows.at(0), rows.at(-1)];
  if (newest === undefined || oldest === undefined) return [];
  const range = { tenantId: newest.tenant_id, from: oldest.run_id, to: newest.run_id };
  const attempts = await readAttempts(tx, range);
  const nodes = await readNodes(tx, range);
  return rows.map((row) => {
    const { run_id } = row;
    const parts = { attempts: attempts.get(run_id) ?? [], nodes: nodes.get(run_id) ?? [] };
    return runOfRows(row, parts, errors);
  });
}

function rowOf(tx: Tx, { tenantId, runId }: RunKey) {
  return tx
    .selectFrom('runs')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId);
}

async function writtenOf(tx: Tx, row: RunRow, dialect: SqlDialect): Promise<Written> {
  const [run] = await withParts(tx, [row], dialect);
  return { run: run!, row };
}
