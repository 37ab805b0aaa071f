import assert from 'node:assert/strict';
import { it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { asEpochMs, DAY_MS, HOUR_MS, MINUTE_MS } from '../base/time.ts';
import type { KeptSecrets, SecretKey } from '../ports/secrets.ts';
import type { RunKey, Store } from '../ports/store.ts';
import { sweepSecrets } from './sweep-secrets.ts';

const now = asEpochMs(100 * DAY_MS);

it('secrets of runs that are over go, also when a server was killed in between (fault 34)', async () => {
  const kept = (runId: string, ageMs: number) => ({
    tenantId: 'default',
    runId,
    at: asEpochMs(now - ageMs),
  });
  const removed: string[] = [];
  const secrets = {
    keys: async () => [
      kept('run_ended', MINUTE_MS),
      kept('run_queued', 90 * DAY_MS),
      kept('run_unknown_old', 2 * HOUR_MS),
      kept('run_unknown_new', MINUTE_MS),
    ],
    remove: async ({ runId }: SecretKey) => void removed.push(runId),
  } as unknown as KeptSecrets;
  const readRun = async ({ runId }: RunKey) => {
    if (runId.includes('unknown')) throw new KedgeError('run.not-found', runId);
    return { run: { state: runId.slice('run_'.length) } };
  };
  const clock = { now: () => now, sleep: async () => {} };
  await sweepSecrets({ secrets, store: { readRun } as unknown as Store, clock });
  assert.deepEqual(removed, ['run_ended', 'run_unknown_old']);
});
