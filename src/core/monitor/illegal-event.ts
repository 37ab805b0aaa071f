import { KedgeError } from '../../base/errors.ts';
import type { RunEvent } from '../../spec/event.ts';

/** An event that the state of its run does not allow. */
export function illegal(event: RunEvent, why: string): KedgeError {
  const { type, data, runId, seq } = event;
  return new KedgeError('state.illegal-transition', `${runId}: ${type} cannot happen: ${why}`, {
    details: { runId, seq, type, data },
  });
}
