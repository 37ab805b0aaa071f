import { KedgeError } from '../base/errors.ts';
import { SECOND_MS } from '../base/time.ts';
import { STOP_GRACE_MS } from '../core/launch/attempt-steps.ts';
import { findOrphans, runKeyOf } from '../core/launch/orphans.ts';
import type { Driver, NodeRef, Observation } from '../ports/driver.ts';
import type { Store } from '../ports/store.ts';
import type { Run } from '../spec/run.ts';

/** Two of them are older than what a provider may list late. */
export const SWEEP_MS = 30 * SECOND_MS;

export type CollectorParts = {
  readonly store: Store;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly report: (problem: { readonly runId: null; readonly error: unknown }) => void;
  /** Told of each machine that it has asked its place to remove, at every sweep that still has to. */
  readonly removed?: (orphan: { readonly provider: string; readonly ref: NodeRef }) => void;
};

/**
 * Looks for machines that carry our installation's tag and no live intent: left by a create that
 * came late, or of runs that the store has lost. What others own is never listed, so never touched.
 */
export class OrphanCollector {
  readonly #parts: CollectorParts;
  readonly #memories = new Map<string, Memory>();

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  /** One look at every provider; one that cannot answer holds up none of the others. */
  async sweep(): Promise<void> {
    for (const [provider, driver] of this.#parts.drivers) {
      try {
        const before = this.#memories.get(provider) ?? FORGOTTEN;
        this.#memories.set(provider, await this.#sweepOne(driver, before));
      } catch (error) {
        this.#parts.report({ runId: null, error });
      }
    }
  }

  async #sweepOne(driver: Driver, before: Memory): Promise<Memory> {
    const listed = await driver.list(await this.#parts.store.installationId());
    const open = listed.filter(({ token }) => !before.ended.has(token));
    const seen = await this.#observe(driver, open);
    const live = open.filter((_, index) => mayLive(seen[index]!.state));
    const { suspects } = before;
    const verdict = findOrphans({ live, runs: await this.#runsOf(live), suspects });
    for (const ref of verdict.orphans) {
      await driver.stop(ref, { graceMs: STOP_GRACE_MS });
      this.#parts.removed?.({ provider: driver.name, ref });
    }
    const over = open.filter((_, index) => seen[index]!.state === 'ended');
    const known = listed.filter(({ token }) => before.ended.has(token));
    const ended = new Set([...known, ...over].map(({ token }) => token));
    return { suspects: verdict.suspects, ended };
  }

  /** Where one look fails by a bug, it is not to hide the machines of all others. */
  async #observe(driver: Driver, refs: readonly NodeRef[]): Promise<readonly Observation[]> {
    try {
      return await driver.observe(refs);
    } catch (error) {
      if (error instanceof KedgeError) throw error;
      this.#parts.report({ runId: null, error });
    }
    const seen: Observation[] = [];
    for (const ref of refs) {
      const unknown = { state: 'unknown' as const, reason: 'it cannot be looked at' };
      const [one] = await driver.observe([ref]).catch(() => [unknown]);
      seen.push(one ?? unknown);
    }
    return seen;
  }

  async #runsOf(refs: readonly NodeRef[]): Promise<ReadonlyMap<string, Run>> {
    const runs = new Map<string, Run>();
    for (const [key, [ref]] of Map.groupBy(refs, runKeyOf)) {
      const run = await this.#readRun(ref!);
      if (run !== null) runs.set(key, run);
    }
    return runs;
  }

  async #readRun(ref: NodeRef): Promise<Run | null> {
    try {
      return (await this.#parts.store.readRun(ref)).run;
    } catch (error) {
      if (error instanceof KedgeError && error.code === 'run.not-found') return null;
      throw error;
    }
  }
}

/** What a sweep leaves to the next one of the same provider, as tokens. */
type Memory = {
  readonly suspects: ReadonlySet<string>;
  /** Listed still, and known to have ended: not looked at again. */
  readonly ended: ReadonlySet<string>;
};

const FORGOTTEN: Memory = { suspects: new Set(), ended: new Set() };

function mayLive(state: string): boolean {
  return state === 'starting' || state === 'running' || state === 'unknown';
}
