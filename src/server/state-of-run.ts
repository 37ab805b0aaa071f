import { KedgeError } from '../base/errors.ts';
import type { RunKey, Store } from '../ports/store.ts';
import type { RunPhase } from '../spec/run.ts';

/** Null for a run that the store has never heard of. */
export async function stateOf(store: Store, key: RunKey): Promise<RunPhase | null> {
  try {
    return (await store.readRun(key)).run.state;
  } catch (error) {
    if (error instanceof KedgeError && error.code === 'run.not-found') return null;
    throw error;
  }
}
