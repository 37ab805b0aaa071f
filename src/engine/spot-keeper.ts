import { KedgeError } from '../base/errors.ts';
import { type EpochMs, MINUTE_MS } from '../base/time.ts';
import type { LaunchView } from '../core/launch/launch-view.ts';
import { openMove } from '../core/launch/move-steps.ts';
import { holdSpot, type SpotHold } from '../core/migrate/hold-spot.ts';
import { type SpotWork, spotWorkOf } from '../core/migrate/spot-work.ts';
import { planSpot, type SpotPlan } from '../core/optimize/spot/decide.ts';
import type { Driver } from '../ports/driver.ts';
import type { Interval } from '../spec/demand.ts';

export type SpotKeeperParts = {
  readonly drivers: ReadonlyMap<string, Driver>;
  /** By allocation: hours left by the task's own word of its progress. */
  readonly hoursLeft: (view: LaunchView) => Promise<ReadonlyMap<number, Interval>>;
};

/** What a place offers, and how far a task is, are asked again after so long. */
const SIGHT_MS = MINUTE_MS;
/** Tables of decisions of a megabyte or so. */
const TABLES_MAX = 8;

type Known<Value> = { readonly at: EpochMs; readonly value: Value };

/**
 * Asks what runs with a deadline should be on now: spot, on demand, nothing. All that it keeps can
 * be had again: tables that take time to make, and what was seen a moment ago.
 */
export class SpotKeeper {
  readonly #parts: SpotKeeperParts;
  readonly #tables = new Map<string, SpotPlan>();
  readonly #offered = new Map<string, Known<ReadonlySet<string> | null>>();
  readonly #progress = new Map<string, Known<ReadonlyMap<number, Interval>>>();

  constructor(parts: SpotKeeperParts) {
    this.#parts = parts;
  }

  /** Of each allocation that may change between spot and on-demand. */
  async holds(view: LaunchView): Promise<readonly SpotHold[]> {
    if (view.run.stopRequested || view.run.state === 'ended') return [];
    const holds: SpotHold[] = [];
    for (const allocation of view.plan.allocations.keys()) {
      const work = isSettled(view, allocation) ? null : spotWorkOf(view, allocation);
      if (work === null) continue;
      const isOffered = await this.#isOffered(view, work);
      const hoursLeft = (await this.#hoursLeft(view)).get(allocation)?.high ?? null;
      const plan = this.#tableFor(work);
      holds.push(holdSpot(view, { allocation, work, plan }, { isOffered, hoursLeft }));
    }
    return holds;
  }

  forget(runId: string): void {
    this.#progress.delete(runId);
  }

  #tableFor({ job, tickMs }: SpotWork): SpotPlan {
    const key = JSON.stringify([job, tickMs]);
    const plan = this.#tables.get(key) ?? planSpot(job, tickMs);
    // The one used last is the last to go.
    this.#tables.delete(key);
    this.#tables.set(key, plan);
    for (const oldest of this.#tables.keys()) {
      if (this.#tables.size <= TABLES_MAX) break;
      this.#tables.delete(oldest);
    }
    return plan;
  }

  async #isOffered(view: LaunchView, { spotLine }: SpotWork): Promise<boolean | null> {
    const { provider, offerId } = spotLine;
    const known = this.#offered.get(provider);
    const offered = isFresh(known, view.now)
      ? known
      : { at: view.now, value: await this.#offersOf(provider) };
    this.#offered.set(provider, offered);
    return offered.value?.has(offerId) ?? null;
  }

  /** Ids of what can be had; null where the place does not tell. */
  async #offersOf(provider: string): Promise<ReadonlySet<string> | null> {
    try {
      const offers = (await this.#parts.drivers.get(provider)?.offers()) ?? [];
      return new Set(offers.filter(({ available }) => available !== 0).map(({ id }) => id));
    } catch (error) {
      if (error instanceof KedgeError) return null;
      throw error;
    }
  }

  /** What was told last counts on where nothing runs that could tell. */
  async #hoursLeft(view: LaunchView): Promise<ReadonlyMap<number, Interval>> {
    const { runId, state } = view.run;
    const known = this.#progress.get(runId);
    if (known !== undefined && (state !== 'running' || isFresh(known, view.now)))
      return known.value;
    const value = await this.#parts.hoursLeft(view);
    this.#progress.set(runId, { at: view.now, value });
    return value;
  }
}

function isFresh<Value>(known: Known<Value> | undefined, now: EpochMs): known is Known<Value> {
  return known !== undefined && now - known.at < SIGHT_MS;
}

/** It is on its way already, or has come to its end. */
function isSettled({ run }: LaunchView, allocation: number): boolean {
  const last = run.attempts.findLast((attempt) => attempt.allocation === allocation);
  return last?.outcome === 'succeeded' || openMove(run, allocation) !== undefined;
}
