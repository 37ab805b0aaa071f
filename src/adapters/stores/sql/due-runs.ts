import { type Kysely, sql } from 'kysely';
import { asEpochMs, type EpochMs } from '../../../base/time.ts';
import type { Claim, RunKey } from '../../../ports/store.ts';
import type { Tx } from './run-parts.ts';
import type { SqlDialect } from './sql-dialect.ts';
import type { Tables } from './tables.ts';

/**
 * A run is due when its lease has run out, or, while nobody holds it, at its time. One that has
 * ended is never due; each query says so in the words of the index.
 */
const dueAt = sql<EpochMs>`coalesce(lease_expires_at, next_at)`;

/**
 * Takes due runs, each with a new token. Where several claim at once, each passes over what
 * another is taking or writing at that moment, rather than wait for it.
 */
export async function claimDue(
  tx: Tx,
  { leaseMs, limit, dialect }: { leaseMs: number; limit: number; dialect: SqlDialect },
): Promise<Claim[]> {
  const now = await dialect.now(tx);
  const expiresAt = asEpochMs(now + leaseMs);
  const due = tx
    .selectFrom('runs')
    .select(['tenant_id', 'run_id'])
    .where(dueAt, '<=', now)
    .where('state', '<>', sql.lit('ended'))
    .orderBy(dueAt)
    .limit(limit);
  const rows = await tx
    // Once, before the update: a row that it passes over may be free when it is asked again.
    .with(
      (cte) => cte('due').materialized(),
      () => (dialect.shared ? due.forUpdate().skipLocked() : due),
    )
    .updateTable('runs')
    .set({
      lease_token: sql<number>`lease_token + 1`,
      strikes: sql<number>`strikes + 1`,
      lease_expires_at: expiresAt,
      next_at: null,
    })
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('tenant_id', 'run_id'),
        'in',
        selectFrom('due').select(['tenant_id', 'run_id']).$asTuple('tenant_id', 'run_id'),
      ),
    )
    .returning(['tenant_id', 'run_id', 'lease_token', 'strikes'])
    .execute();
  return rows.map((row) => {
    const { tenant_id: tenantId, run_id: runId, lease_token: token, strikes } = row;
    return { tenantId, runId, token, expiresAt, strikes };
  });
}

/** Due at once, but for those that another is writing at that moment. */
export async function makeDue(
  tx: Tx,
  keys: readonly RunKey[],
  { now, dialect }: { readonly now: EpochMs; readonly dialect: SqlDialect },
): Promise<void> {
  const wanted = tx
    .selectFrom('runs')
    .select(['tenant_id', 'run_id'])
    .where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('tenant_id', 'run_id'),
        'in',
        keys.map(({ tenantId, runId }) => tuple(tenantId, runId)),
      ),
    )
    .where(({ eb, or }) => or([eb('next_at', 'is', null), eb('next_at', '>', now)]))
    .where('state', '<>', sql.lit('ended'));
  await tx
    .with(
      (cte) => cte('wanted').materialized(),
      () => (dialect.shared ? wanted.forUpdate().skipLocked() : wanted),
    )
    .updateTable('runs')
    .set({ next_at: now })
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('tenant_id', 'run_id'),
        'in',
        selectFrom('wanted').select(['tenant_id', 'run_id']).$asTuple('tenant_id', 'run_id'),
      ),
    )
    .execute();
}

/** When the next unended run is due; null when nothing waits. */
export async function nextDueAt(db: Kysely<Tables>): Promise<EpochMs | null> {
  const first = await db
    .selectFrom('runs')
    .select(dueAt.as('due_at'))
    .where(dueAt, 'is not', null)
    .where('state', '<>', sql.lit('ended'))
    .orderBy(dueAt)
    .limit(1)
    .executeTakeFirst();
  return first?.due_at ?? null;
}
