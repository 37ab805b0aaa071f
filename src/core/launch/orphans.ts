import type { NodeRef } from '../../ports/driver.ts';
import type { Run } from '../../spec/run.ts';

/** What one sweep of one provider has found. */
export type Sweep = {
  /** Not known to have ended, and tagged as ours; listed before the runs were read. */
  readonly live: readonly NodeRef[];
  /** By `runKeyOf`; a run that the store does not know has no entry. */
  readonly runs: ReadonlyMap<string, Run>;
  /** Tokens that the sweep before this one found without an owner. */
  readonly suspects: ReadonlySet<string>;
};

export type SweepVerdict = {
  /** To be removed: without an owner in this sweep and in the one before. */
  readonly orphans: readonly NodeRef[];
  /** Tokens without an owner, for the next sweep. */
  readonly suspects: ReadonlySet<string>;
};

/**
 * Machines that nobody intends any more. Since an intent is written before its create, and the
 * runs are read after the listing, a machine without a live intent will never get one. It is
 * removed at the second sweep all the same: what a listing says late is not acted on at once.
 */
export function findOrphans({ live, runs, suspects }: Sweep): SweepVerdict {
  const unowned = live.filter((ref) => !isIntended(runs.get(runKeyOf(ref)), ref));
  return {
    orphans: unowned.filter(({ token }) => suspects.has(token)),
    suspects: new Set(unowned.map(({ token }) => token)),
  };
}

export function runKeyOf({ tenantId, runId }: Pick<NodeRef, 'tenantId' | 'runId'>): string {
  return `${tenantId}/${runId}`;
}

function isIntended(run: Run | undefined, { token }: NodeRef): boolean {
  // A run that was quarantined may have ended before its nodes.
  if (run === undefined || run.state === 'ended') return false;
  return run.nodes.some((node) => node.token === token && node.state !== 'ended');
}
