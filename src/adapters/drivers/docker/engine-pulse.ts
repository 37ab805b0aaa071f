import { setTimeout as delay } from 'node:timers/promises';
import { hanging } from './engine-error.ts';

/** Every engine answers a ping at once, however busy it is. */
export const PING_MS_MAX = 5000;
/** So long an answer stands for those who ask meanwhile. */
const FRESH_MS = 1000;
const LOOK_MS = 2000;

/**
 * Whether an engine answers at all. That one takes connections and hangs is noticed once, in
 * seconds; from then on whoever asks is told so at once, until a ping behind their backs comes
 * home. Its nodes are out of sight, and nothing else is held up by it.
 */
export class EnginePulse {
  readonly #socket: string;
  readonly #ping: () => Promise<unknown>;
  #pinging: Promise<void> | null = null;
  #freshUntil = 0;
  #hangs = false;

  /** The ping gives up after PING_MS_MAX. */
  constructor(socket: string, ping: () => Promise<unknown>) {
    this.#socket = socket;
    this.#ping = ping;
  }

  /** Errors: `driver.no-reply` where it hangs, and whatever else the ping met with. */
  async feel(): Promise<void> {
    if (performance.now() < this.#freshUntil) return;
    this.#pinging ??= this.#pingNow().finally(() => {
      this.#pinging = null;
    });
    if (!this.#hangs) return this.#pinging;
    this.#pinging.catch(() => {});
    throw hanging(this.#socket);
  }

  /** An answer, unless the engine stops answering at all before it comes. */
  async while<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    await this.feel();
    const over = new AbortController();
    const answer = request();
    try {
      return await Promise.race([answer, this.#lost(over.signal)]);
    } finally {
      over.abort();
      // One that is given up may fail later.
      answer.catch(() => {});
    }
  }

  /** Fails when the pulse does; never resolves before it is over. */
  async #lost(signal: AbortSignal): Promise<never> {
    for (;;) {
      await delay(LOOK_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return await new Promise<never>(() => {});
      await this.feel();
    }
  }

  async #pingNow(): Promise<void> {
    const since = performance.now();
    try {
      await this.#ping();
      this.#hangs = false;
      this.#freshUntil = performance.now() + FRESH_MS;
    } catch (error) {
      this.#hangs = performance.now() - since >= PING_MS_MAX;
      throw this.#hangs ? hanging(this.#socket) : error;
    }
  }
}
