import type { EpochMs } from '../../../base/time.ts';
import type { NodeRef } from '../../../ports/driver.ts';

/** One thing that happened at the virtual provider, whatever its customer was told of it. */
export type LedgerEntry = {
  readonly at: EpochMs;
  readonly event: 'bought' | 'started' | 'ended' | 'stopped' | 'refused';
  readonly ref: NodeRef;
};

/**
 * The provider's own book, which only grows: what the tests of an engine are judged by, beside
 * all that the engine believes.
 */
export class Ledger {
  readonly #entries: LedgerEntry[] = [];

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  write(entry: LedgerEntry): void {
    this.#entries.push(entry);
  }

  /** Machines that were bought and have not ended: what still costs money. */
  live(): readonly NodeRef[] {
    const ended = new Set(this.#of('ended').map(({ token }) => token));
    return this.#of('bought').filter(({ token }) => !ended.has(token));
  }

  /** Nodes that were bought more than once, under one token or several: must always be empty. */
  doubled(): readonly string[] {
    const bought = Map.groupBy(this.#of('bought'), nameOf);
    return [...bought].flatMap(([name, refs]) => (refs.length > 1 ? [name] : []));
  }

  #of(event: LedgerEntry['event']): readonly NodeRef[] {
    return this.#entries.filter((entry) => entry.event === event).map(({ ref }) => ref);
  }
}

function nameOf({ tenantId, runId, allocation, attempt, rank }: NodeRef): string {
  return [tenantId, runId, allocation, attempt, rank].join('/');
}
