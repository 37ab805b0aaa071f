import { assert } from '../../../base/assert.ts';
import { asEpochMs } from '../../../base/time.ts';
import type { SearchOptions } from './searcher.ts';

/** A second that never passes, no gap, and no solver. */
export const OPTIONS: SearchOptions = {
  clock: { now: () => asEpochMs(0), sleep: async () => {} },
  timeLimitMs: 1000,
  gap: 0,
  seed: 1,
  start: null,
  solver: async () => assert(false, 'no solver is needed here') as never,
};
