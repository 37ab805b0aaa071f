import { type EpochMs, SECOND_MS } from '../base/time.ts';
import { startsNow } from '../core/queue/starts-now.ts';
import type { Clock } from '../ports/clock.ts';
import type { Driver } from '../ports/driver.ts';
import type { Store } from '../ports/store.ts';
import type { PoolState } from '../ports/store-queue.ts';
import type { Amounts } from '../spec/reservation.ts';
import { SWEEP_MS } from './collect-orphans.ts';
import { Parker, type ParkerParts } from './parker.ts';
import type { LineNews } from './place-attempt.ts';
import { allPools } from './pools.ts';

/** Whether or not something was told: what makes room may have been done by another server. */
const LOOK_MS = SECOND_MS;
/** Between two looks, however often room is given back: each may start many. */
const PAUSE_MS = 50;

type WatcherParts = ParkerParts & {
  readonly store: Store;
  readonly drivers: ReadonlyMap<string, Driver>;
  readonly clock: Clock;
  readonly report: (problem: { readonly runId: null; readonly error: unknown }) => void;
};

/**
 * Makes those due that there is room for, and room for what is urgent. Whoever waits is not looked at otherwise: ten thousand in
 * a line cost one look at its front a second, and one after each end of an attempt.
 */
export class LineWatcher implements LineNews {
  readonly #parts: WatcherParts;
  readonly #parker: Parker;
  /** Perhaps somebody waits: known of this process, guessed of the others. */
  #mayWait = true;
  #hasRoom = true;
  #lookedAt: EpochMs | null = null;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
    this.#parker = new Parker(parts);
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
    const full: { readonly state: PoolState; readonly has: Amounts }[] = [];
    const mayWait = await store.wakeWaiting((state) => {
      const capacity = pools.get(state.pool);
      // A pool of before, as of a machine that was renamed: its first asks again, elsewhere.
      if (capacity === undefined) return state.waiting.slice(0, 1);
      const starting = startsNow(state, capacity.has);
      if (!starting.includes(state.waiting[0]!)) full.push({ state, has: capacity.has });
      return starting;
    });
    for (const { state, has } of full) await this.#parker.park(state, has);
    return mayWait;
  }

  /** Until the next look. */
  waitMs(): number {
    if (this.#lookedAt === null) return 0;
    const lookMs = this.#hasRoom ? PAUSE_MS : LOOK_MS;
    const sinceMs = this.#parts.clock.now() - this.#lookedAt;
    return sinceMs < 0 ? 0 : (this.#mayWait ? lookMs : SWEEP_MS) - sinceMs;
  }
}
