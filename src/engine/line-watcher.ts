import { type EpochMs, SECOND_MS } from '../base/time.ts';
import { startsNow } from '../core/queue/starts-now.ts';
import type { Clock } from '../ports/clock.ts';
import type { Driver } from '../ports/driver.ts';
import type { Store } from '../ports/store.ts';
import { SWEEP_MS } from './collect-orphans.ts';
import type { LineNews } from './place-attempt.ts';
import { allPools } from './pools.ts';

/** Whether or not something was told: what makes room may have been done by another server. */
const LOOK_MS = SECOND_MS;
/** Between two looks, however often room is given back: each may start many. */
const PAUSE_MS = 50;

type WatcherParts = {
  readonly store: Store;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly clock: Clock;
  readonly report: (problem: { readonly runId: null; readonly error: unknown }) => void;
};

/**
 * Makes those due that there is room for. Whoever waits is not looked at otherwise: ten thousand in
 * a line cost one look at its front a second, and one after each end of an attempt.
 */
export class LineWatcher implements LineNews {
  readonly #parts: WatcherParts;
  /** Perhaps somebody waits: known of this process, guessed of the others. */
  #mayWait = true;
  #hasRoom = true;
  #lookedAt: EpochMs | null = null;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
  }

  waits = (): void => {
    this.#mayWait = true;
  };

  freed = (): void => {
    this.#hasRoom = true;
  };

  /** Looks at each line, if it is time to. */
  async look(): Promise<void> {
    if (this.waitMs() > 0) return;
    this.#lookedAt = this.#parts.clock.now();
    // Before the look: what is told from here on has perhaps not been seen by it.
    this.#mayWait = false;
    this.#hasRoom = false;
    try {
      if (await this.#wake()) this.#mayWait = true;
    } catch (error) {
      this.#mayWait = true;
      this.#parts.report({ runId: null, error });
    }
  }

  async #wake(): Promise<boolean> {
    const { store, drivers } = this.#parts;
    const pools = await allPools(drivers);
    return store.wakeWaiting((state) => {
      const capacity = pools.get(state.pool);
      // A pool of before, as of a machine that was renamed: its first asks again, elsewhere.
      return capacity === undefined ? state.waiting.slice(0, 1) : startsNow(state, capacity.has);
    });
  }

  /** Until the next look. */
  waitMs(): number {
    if (this.#lookedAt === null) return 0;
    const lookMs = this.#hasRoom ? PAUSE_MS : LOOK_MS;
    const sinceMs = this.#parts.clock.now() - this.#lookedAt;
    return sinceMs < 0 ? 0 : (this.#mayWait ? lookMs : SWEEP_MS) - sinceMs;
  }
}
