import { DAY_MS, HOUR_MS } from '../base/time.ts';
import type { Bundles } from '../ports/bundles.ts';
import type { AbortSignal, Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { stateOf } from './state-of-run.ts';
import { type SecretSweepParts, sweepSecrets } from './sweep-secrets.ts';

/** For a launch between its pin and its run. */
const PIN_MS_MIN = HOUR_MS;
/** Whoever launches the same again within a day sends only what has changed. */
const KEPT_MS = DAY_MS;
const PAUSE_MS = HOUR_MS;

export type SweepParts = {
  readonly bundles: Bundles;
  readonly store: Store;
  readonly clock: Clock;
};

/** Now, and every hour until told to end. */
export async function keepSweeping(
  parts: SweepParts & SecretSweepParts,
  { until, report }: { readonly until: AbortSignal; readonly report: (error: unknown) => void },
): Promise<void> {
  while (!until.aborted) {
    await sweepSecrets(parts).catch(report);
    await sweepBundles(parts).catch(report);
    await parts.clock.sleep(PAUSE_MS, until);
  }
}

/** Lets go of the bundles of runs that have ended, and removes those that nobody needs. */
export async function sweepBundles({ bundles, store, clock }: SweepParts): Promise<void> {
  for (const pin of await bundles.pins()) {
    const state = await stateOf(store, pin);
    const isOver = state === null ? clock.now() - pin.at > PIN_MS_MIN : state === 'ended';
    if (isOver) await bundles.unpin(pin);
  }
  await bundles.sweep({ olderThanMs: KEPT_MS });
}
