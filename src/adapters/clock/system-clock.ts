import { setTimeout as delay } from 'node:timers/promises';
import { asEpochMs } from '../../base/time.ts';
import type { Clock } from '../../ports/clock.ts';

/** The clock of this machine. */
export function systemClock(): Clock {
  return {
    now: () => asEpochMs(Date.now()),
    sleep: async (ms, signal) => {
      try {
        await delay(ms, undefined, signal === undefined ? {} : { signal: signal as AbortSignal });
      } catch {
        // Aborted: the sleeper wanted to wake.
      }
    },
  };
}
