import { type Kysely, sql } from 'kysely';
import type { RunKey } from '../../../ports/store.ts';
import { type NodeSeries, nodeSeriesSchema, packSeries } from '../../../spec/sample.ts';
import { fromWire, toWire } from '../../../spec/wire.ts';
import type { Tx } from './run-parts.ts';
import { checked, parsed, type RunRow } from './run-rows.ts';
import type { StateErrors } from './sql-dialect.ts';
import type { Tables } from './tables.ts';

/** Writes what nodes of a run used over what was written of them before. */
export async function putSamples(
  tx: Tx,
  { tenantId, runId }: RunKey,
  all: readonly NodeSeries[],
): Promise<void> {
  for (const series of all) {
    const { allocation, attempt, rank } = series;
    const row = {
      tenant_id: tenantId,
      run_id: runId,
      allocation,
      attempt,
      rank,
      series: JSON.stringify(toWire(packSeries(series))),
    };
    await tx
      .insertInto('samples')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'run_id', 'allocation', 'attempt', 'rank'])
          .doUpdateSet({ series: row.series }),
      )
      .execute();
  }
}

export async function readSamples(
  db: Kysely<Tables>,
  { tenantId, runId }: RunKey,
  errors: StateErrors,
): Promise<readonly NodeSeries[]> {
  const rows = await db
    .selectFrom('samples')
    .select('series')
    .where('tenant_id', '=', tenantId)
    .where('run_id', '=', runId)
    .orderBy('allocation')
    .orderBy('attempt')
    .orderBy('rank')
    .execute();
  const where = { errors, what: `the samples of ${runId}` };
  return rows.map(({ series }) => {
    return checked(nodeSeriesSchema, fromWire(parsed(series, where)), where);
  });
}

export async function busyRows(tx: Tx, tenantId: string, limit: number): Promise<RunRow[]> {
  return tx
    .selectFrom('runs')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('state', '<>', sql.lit('ended'))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('nodes')
          .select('rank')
          .whereRef('nodes.tenant_id', '=', 'runs.tenant_id')
          .whereRef('nodes.run_id', '=', 'runs.run_id')
          .where('nodes.state', '<>', 'ended'),
      ),
    )
    .orderBy('run_id', 'desc')
    .limit(limit)
    .execute();
}
