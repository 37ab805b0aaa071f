import type { EpochMs } from '../base/time.ts';

/**
 * Local time: for durations, sleeping and stamping what happens on this machine. Leases and
 * deadlines ask `Store.now()` instead.
 */
export interface Clock {
  now(): EpochMs;
  /** Resolves after so many milliseconds, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What core sees of an AbortSignal, without the types of a browser or of Node. */
export interface AbortSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
