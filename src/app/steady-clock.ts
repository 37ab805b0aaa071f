import { setTimeout as delay } from 'node:timers/promises';
import { asEpochMs } from '../base/time.ts';
import type { Clock } from '../ports/clock.ts';

/** The clock of this process, which nobody sets: for time limits. */
export function steadyClock(): Clock {
  return {
    now: () => asEpochMs(performance.timeOrigin + performance.now()),
    sleep: async (ms) => {
      await delay(ms);
    },
  };
}
