import { HOUR_MS } from '../base/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeptSecrets } from '../ports/secrets.ts';
import type { Store } from '../ports/store.ts';
import { stateOf } from './state-of-run.ts';

/** For a launch between its secrets and its run. */
const KEPT_MS_MIN = HOUR_MS;

export type SecretSweepParts = {
  readonly secrets: KeptSecrets;
  readonly store: Store;
  readonly clock: Clock;
};

/**
 * Removes the secrets of runs that are over, or that never came to be: of a server that was killed
 * between the one and the other.
 */
export async function sweepSecrets({ secrets, store, clock }: SecretSweepParts): Promise<void> {
  for (const { at, ...key } of await secrets.keys()) {
    const state = await stateOf(store, key);
    const isOver = state === null ? clock.now() - at > KEPT_MS_MIN : state === 'ended';
    if (isOver) await secrets.remove(key);
  }
}
