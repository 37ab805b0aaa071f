import type { EpochMs } from '../../../base/time.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import { type Ended, isForgotten } from './virtual-machine.ts';

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
    return this.machines()
      .filter(({ end }) => end === null)
      .map(({ ref }) => ref);
  }

  /** In the order of their purchases. */
  machines(): readonly BoughtMachine[] {
    const machines: BoughtMachine[] = [];
    const latest = new Map<string, number>();
    for (const { at, event, ref, end } of this.#entries) {
      const index = latest.get(ref.token);
      if (event === 'bought') {
        latest.set(ref.token, machines.push({ ref, boughtAt: at, startedAt: null, end: null }) - 1);
      } else if (index !== undefined && event === 'started') {
        machines[index] = { ...machines[index]!, startedAt: at };
      } else if (index !== undefined && event === 'ended') {
        machines[index] = { ...machines[index]!, end: end ?? null };
      }
    }
    return machines;
  }

  /**
   * Nodes that were bought more than once, under one token or several: must always be empty. One
   * that the provider has forgotten may be bought anew, for nothing of it is left.
   */
  doubled(): readonly string[] {
    const bought = Map.groupBy(this.machines(), ({ ref }) => nameOf(ref));
    return [...bought].flatMap(([name, machines]) => {
      const earlier = machines.slice(0, -1);
      return earlier.every(({ end }) => end !== null && isForgotten(end)) ? [] : [name];
    });
  }
}

function nameOf({ tenantId, runId, allocation, attempt, rank }: NodeRef): string {
  return [tenantId, runId, allocation, attempt, rank].join('/');
}
