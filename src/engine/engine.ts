import { KedgeError } from '../base/errors.ts';
import { asEpochMs, MINUTE_MS, SECOND_MS } from '../base/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Claim } from '../ports/store.ts';
import { advanceRun, LEASE_MS, type RunParts } from './advance-run.ts';
import { type CollectorParts, OrphanCollector, SWEEP_MS } from './collect-orphans.ts';
import { LineWatcher } from './line-watcher.ts';
import { Pace } from './pace.ts';
import {
  advanceQuarantined,
  isQuarantined,
  isStruckOut,
  isSuspect,
  pickSuspect,
  putOff,
  quarantine,
  strikesAfter,
} from './quarantine.ts';
import { rememberTasks } from './remember-tasks.ts';

export type EngineParts = RunParts &
  Pick<CollectorParts, 'removed'> & {
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

/** A reason of our own: an AbortError with its stack costs more than what it ends. */
const OVER = 'over';

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
  readonly #lines: LineWatcher;
  readonly #pace: Pace;
  readonly #inHand = new Set<Promise<void>>();
  /** Failures in a row, by run: what fails again and again is tried less and less often. */
  readonly #failuresByRun = new Map<string, number>();
  readonly #over = new AbortController();
  #storeFailures = 0;
  #hasSuspect = false;
  #ending = false;
  #woken = Promise.withResolvers<void>();

  constructor(parts: EngineParts) {
    this.#lines = new LineWatcher(parts);
    const readTasks = rememberTasks(parts.readTasks);
    this.#pace = new Pace(parts.clock);
    this.#parts = { ...parts, readTasks, lines: this.#lines, pace: this.#pace };
  }

  async run(): Promise<void> {
    const collecting = this.#collect();
    while (!this.#ending) {
      // Before the claim: whoever wakes us from here on has perhaps not been seen by it.
      this.#woken = Promise.withResolvers();
      await this.#lines.look();
      await this.#claim();
      await this.#sleep(Math.min(await this.#idleMs(), Math.max(1, this.#lines.waitMs())));
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
      const { taken, put } = pickSuspect(claims, { hasSuspect: this.#hasSuspect });
      // Before anything is begun that may be the end of this process.
      for (const claim of put) await this.#putOff(claim);
      for (const claim of taken) this.#take(claim);
      this.#storeFailures = 0;
    } catch (error) {
      this.#storeFailures++;
      this.#parts.report({ runId: null, error });
    }
  }

  /** Where that fails, its lease runs out. */
  async #putOff(claim: Claim): Promise<void> {
    try {
      await putOff(this.#parts, claim);
    } catch (error) {
      this.#parts.report({ runId: claim.runId, error });
    }
  }

  #take(claim: Claim): void {
    const suspect = isSuspect(claim);
    if (suspect) this.#hasSuspect = true;
    const work = this.#advance(claim).finally(() => {
      this.#inHand.delete(work);
      if (suspect) this.#hasSuspect = false;
      this.wake();
    });
    this.#inHand.add(work);
  }

  /** Advances one run; whatever fails there concerns that run alone. */
  async #advance(claim: Claim): Promise<void> {
    const key = `${claim.tenantId}/${claim.runId}`;
    this.#pace.look();
    try {
      const advance = isQuarantined(claim) ? advanceQuarantined : advanceRun;
      const nextAt = await this.#whileHeld(claim, () => advance(this.#parts, claim));
      await this.#parts.store.release(claim, nextAt, strikesAfter(claim, null));
      this.#failuresByRun.delete(key);
    } catch (error) {
      // Another has it now, or will have when the lease has run out.
      if (error instanceof KedgeError && error.code === 'state.stale-lease') return;
      const failures = (this.#failuresByRun.get(key) ?? 0) + 1;
      this.#failuresByRun.set(key, failures);
      this.#parts.report({ runId: claim.runId, error });
      await this.#giveBack(claim, { error, afterMs: pauseMs(failures) });
    }
  }

  /** Keeps the lease alive during work that takes longer, as copying a large folder. */
  async #whileHeld<Result>(claim: Claim, work: () => Promise<Result>): Promise<Result> {
    const over = new AbortController();
    const renewing = this.#renew(claim, over.signal);
    try {
      return await work();
    } finally {
      over.abort(OVER);
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

  async #giveBack(
    claim: Claim,
    { error, afterMs }: { readonly error: unknown; readonly afterMs: number },
  ): Promise<void> {
    const { store, report } = this.#parts;
    try {
      if (isStruckOut(claim, error)) await quarantine(this.#parts, claim, error);
      const at = asEpochMs((await store.now()) + afterMs);
      await store.release(claim, at, strikesAfter(claim, error));
    } catch (cause) {
      report({ runId: claim.runId, error: cause });
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
    timer.abort(OVER);
  }
}

function pauseMs(failures: number): number {
  return Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** (failures - 1));
}
