import { KedgeError } from '../../../base/errors.ts';
import type { NodeRef, Observation } from '../../../ports/driver.ts';

/** What a command gets instead of a task to run beside. */
export function notRunning({ rank, attempt }: NodeRef, seen: Observation | null): KedgeError {
  const what = `node ${rank} of attempt ${attempt} ${stateOf(seen)}`;
  return new KedgeError('run.not-running', `${what}: there is no task to run a command beside`, {
    hint: 'see `kedge show`; what it has printed is in `kedge logs`',
  });
}

function stateOf(seen: Observation | null): string {
  switch (seen?.state) {
    case 'ended':
      return `has ended (${seen.reason})`;
    case 'starting':
      return 'is still starting';
    case 'unknown':
      return `is out of sight (${seen.reason})`;
    default:
      return 'does not run';
  }
}
