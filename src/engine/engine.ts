import { KedgeError } from '../base/errors.ts';
import { asEpochMs, MINUTE_MS, SECOND_MS } from '../base/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Claim } from '../ports/store.ts';
import { advanceRun, LEASE_MS, type RunParts } from './advance-run.ts';
import { OrphanCollector, SWEEP_MS } from './collect-orphans.ts';

export type EngineParts = RunParts & {
  readonly clock: Clock;
  /** What went wrong with one run, for the server's log; the run itself is looked at again. */
  readonly report: (problem: EngineProblem) => void;
};

export type EngineProblem = { readonly runId: string | null; readonly error: unknown };

export type Engine = {
  /** Look now: something has changed. Nothing depends on it; due work is found by its time. */
  nudge(): void;
  /** Ends after the work in hand; what is not done is found again by the next engine. */
  stop(): Promise<void>;
};

/** Runs that are worked on at the same time: one that takes long holds up none of the others. */
const IN_HAND_MAX = 16;
const IDLE_MS_MAX = SECOND_MS;
const RETRY_MS_FIRST = SECOND_MS;
const RETRY_MS_MAX = MINUTE_MS;
/** Of the store: what every run waits for is asked for more often (fault 12: back within 5 s). */
const STORE_RETRY_MS_MAX = 5 * SECOND_MS;
/** For work in hand when the engine is stopped; what takes longer is cut, as by a crash. */
const STOP_MS_MAX = 5 * SECOND_MS;

/**
 * The level-triggered loop: claims due runs with a lease and a fencing token, advances each by
 * one look at the world, gives it back with the time of the next look.
 */
export function startEngine(parts: EngineParts): Engine {
  const loop = new Loop(parts);
  const done = loop.run();
  return {
    nudge: () => loop.wake(),
    stop: async () => {
      loop.end();
      await done;
    },
  };
}

class Loop {
  readonly #parts: EngineParts;
  readonly #inHand = new Set<Promise<void>>();
  /** Failures in a row, by run: what fails again and again is tried less and less often. */
  readonly #failuresByRun = new Map<string, number>();
  readonly #over = new AbortController();
  #storeFailures = 0;
  #ending = false;
  #woken = Promise.withResolvers<void>();

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  async run(): Promise<void> {
    const collecting = this.#collect();
    while (!this.#ending) {
      // Before the claim: whoever wakes us from here on has perhaps not been seen by it.
      this.#woken = Promise.withResolvers();
      await this.#claim();
      await this.#sleep(await this.#idleMs());
    }
    await this.#within(STOP_MS_MAX, Promise.all([...this.#inHand, collecting]));
  }

  wake(): void {
    this.#woken.resolve();
  }

  end(): void {
    this.#ending = true;
    this.#over.abort();
    this.wake();
  }

  async #collect(): Promise<void> {
    const collector = new OrphanCollector(this.#parts);
    for (;;) {
      await this.#parts.clock.sleep(SWEEP_MS, this.#over.signal);
      if (this.#ending) return;
      await collector.sweep();
    }
  }

  async #claim(): Promise<void> {
    const limit = IN_HAND_MAX - this.#inHand.size;
    if (limit <= 0) return;
    try {
      const claims = await this.#parts.store.claimDue({ leaseMs: LEASE_MS, limit });
      for (const claim of claims) this.#take(claim);
      this.#storeFailures = 0;
    } catch (error) {
      this.#storeFailures++;
      this.#parts.report({ runId: null, error });
    }
  }

  #take(claim: Claim): void {
    const work = this.#advance(claim).finally(() => {
      this.#inHand.delete(work);
      this.wake();
    });
    this.#inHand.add(work);
  }

  /** Advances one run; whatever fails there concerns that run alone. */
  async #advance(claim: Claim): Promise<void> {
    const key = `${claim.tenantId}/${claim.runId}`;
    try {
      const nextAt = await this.#whileHeld(claim, () => advanceRun(this.#parts, claim));
      await this.#parts.store.release(claim, nextAt);
      this.#failuresByRun.delete(key);
    } catch (error) {
      // Another has it now, or will have when the lease has run out.
      if (error instanceof KedgeError && error.code === 'state.stale-lease') return;
      const failures = (this.#failuresByRun.get(key) ?? 0) + 1;
      this.#failuresByRun.set(key, failures);
      this.#parts.report({ runId: claim.runId, error });
      await this.#giveBack(claim, pauseMs(failures));
    }
  }

  /** Keeps the lease alive during work that takes longer, as copying a large folder. */
  async #whileHeld<Result>(claim: Claim, work: () => Promise<Result>): Promise<Result> {
    const over = new AbortController();
    const renewing = this.#renew(claim, over.signal);
    try {
      return await work();
    } finally {
      over.abort();
      await renewing;
    }
  }

  async #renew(claim: Claim, over: AbortSignal): Promise<void> {
    for (;;) {
      await this.#parts.clock.sleep(LEASE_MS / 3, over);
      if (over.aborted) return;
      // A lease that could not be renewed shows in the next write, which is refused.
      await this.#parts.store.renew(claim, LEASE_MS).catch(() => {});
    }
  }

  async #giveBack(claim: Claim, afterMs: number): Promise<void> {
    const { store, report } = this.#parts;
    try {
      await store.release(claim, asEpochMs((await store.now()) + afterMs));
    } catch (error) {
      report({ runId: claim.runId, error });
    }
  }

  /** Until something is due, as far as one can know; work that ends wakes us too. */
  async #idleMs(): Promise<number> {
    if (this.#storeFailures > 0) return Math.min(STORE_RETRY_MS_MAX, pauseMs(this.#storeFailures));
    if (this.#inHand.size >= IN_HAND_MAX) return IDLE_MS_MAX;
    const { store, report } = this.#parts;
    try {
      const [due, now] = await Promise.all([store.nextDueAt(), store.now()]);
      return due === null ? IDLE_MS_MAX : Math.min(IDLE_MS_MAX, Math.max(1, due - now));
    } catch (error) {
      report({ runId: null, error });
      return IDLE_MS_MAX;
    }
  }

  async #sleep(ms: number): Promise<void> {
    await this.#within(ms, this.#woken.promise);
  }

  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    const timer = new AbortController();
    await Promise.race([work, this.#parts.clock.sleep(ms, timer.signal)]);
    timer.abort();
  }
}

function pauseMs(failures: number): number {
  return Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** (failures - 1));
}
