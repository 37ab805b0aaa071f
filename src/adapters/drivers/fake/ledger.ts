import type { EpochMs } from '../../../base/time.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import type { Ended } from './virtual-machine.ts';

/** One thing that happened at the virtual provider, whatever its customer was told of it. */
export type LedgerEntry = {
  readonly at: EpochMs;
  readonly event: 'bought' | 'started' | 'ended' | 'stopped' | 'refused';
  readonly ref: NodeRef;
  /** Of `ended`. */
  readonly end?: Ended;
};

/** What became of one purchase; null for what has not happened. */
export type BoughtMachine = {
  readonly ref: NodeRef;
  readonly boughtAt: EpochMs;
  readonly startedAt: EpochMs | null;
  readonly end: Ended | null;
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

  /** In the order of their purchases. */
  machines(): readonly BoughtMachine[] {
    const machines = new Map<string, BoughtMachine>();
    for (const { at, event, ref, end } of this.#entries) {
      const known = machines.get(ref.token);
      if (event === 'bought') {
        machines.set(ref.token, { ref, boughtAt: at, startedAt: null, end: null });
      } else if (known !== undefined && event === 'started') {
        machines.set(ref.token, { ...known, startedAt: at });
      } else if (known !== undefined && event === 'ended') {
        machines.set(ref.token, { ...known, end: end ?? null });
      }
    }
    return [...machines.values()];
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
