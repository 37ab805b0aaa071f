import { KedgeError } from '../base/errors.ts';
import type { RunKey } from '../ports/store.ts';
import type { LaunchRequest } from '../spec/api.ts';
import { hideSecrets } from '../spec/hide-secrets.ts';
import type { Run } from '../spec/run.ts';
import type { ServerParts } from './server-parts.ts';

/** Takes a launch into the store; the same one again gives the run that exists. */
export async function launchRun(
  parts: ServerParts,
  key: RunKey,
  { name, secrets: sent, bundleId, ...asked }: LaunchRequest,
): Promise<Run> {
  // A client of ours has taken them out of the text, which is stored.
  const hidden = hideSecrets(asked.taskText, { file: 'task.yaml' });
  const request = { ...asked, taskText: hidden.text };
  const secrets = { ...hidden.values, ...sent };
  const known = await knownRun(parts, key);
  // Asked again of a run that has ended, it must not leave secrets that nobody removes.
  if (known?.state === 'ended') return known;
  // Before the run: the engine may start it as soon as it is there.
  if (bundleId !== null) await parts.bundles.pin(key, { bundleId, baseDir: request.baseDir });
  if (Object.keys(secrets).length > 0) await parts.secrets.put(key, secrets);
  return parts.store.createRun(key, request, [{ type: 'run.created', data: { name } }]);
}

async function knownRun({ store }: ServerParts, key: RunKey): Promise<Run | null> {
  try {
    return (await store.readRun(key)).run;
  } catch (error) {
    if (error instanceof KedgeError && error.code === 'run.not-found') return null;
    throw error;
  }
}
