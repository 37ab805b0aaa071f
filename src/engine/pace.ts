import { SECOND_MS } from '../base/time.ts';
import type { Clock } from '../ports/clock.ts';

/** So many looks a second disturb nobody: some ten runs at their start, or hundreds later on. */
const LOOKS_A_SECOND = 50;
/** What happened so long ago counts a third. */
const MEMORY_MS = 2 * SECOND_MS;

/**
 * How much longer than usual to leave runs alone, that many at once do not keep the server from
 * everything else: with ten times as many looks wanted as are free, each comes a third as often.
 */
export class Pace {
  readonly #clock: Clock;
  #looksPerMs = 0;
  #at: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#at = clock.now();
  }

  /** A run is looked at. */
  look(): void {
    const now = this.#clock.now();
    this.#looksPerMs *= Math.exp(Math.min(0, this.#at - now) / MEMORY_MS);
    this.#looksPerMs += 1 / MEMORY_MS;
    this.#at = now;
  }

  /** One or more. */
  get stretch(): number {
    return Math.max(1, (this.#looksPerMs * SECOND_MS) / LOOKS_A_SECOND);
  }
}
