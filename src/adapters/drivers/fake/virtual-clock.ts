import { assert } from '../../../base/assert.ts';
import { asEpochMs, type EpochMs } from '../../../base/time.ts';
import type { AbortSignal, Clock } from '../../../ports/clock.ts';

type Sleeper = { readonly at: number; readonly wake: () => void };

/** A clock that stands still until it is moved: days pass in milliseconds, always the same way. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(start: EpochMs) {
    this.#now = start;
  }

  now(): EpochMs {
    return asEpochMs(this.#now);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper: Sleeper = { at: this.#now + Math.max(0, ms), wake: resolve };
      if (signal?.aborted || ms <= 0) return resolve();
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => this.#wake(sleeper), { once: true });
    });
  }

  /** Moves time on, waking sleepers in the order of their times; each runs before the next. */
  async advance(ms: number): Promise<void> {
    assert(ms >= 0, `time cannot go back by ${-ms} ms`);
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#sleepers].filter(({ at }) => at <= until);
      const next = due.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#now = next.at;
      this.#wake(next);
      // Whatever the sleeper does without sleeping again comes before what is due later.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#now = until;
  }

  #wake(sleeper: Sleeper): void {
    if (this.#sleepers.delete(sleeper)) sleeper.wake();
  }
}
