import { writeSync } from 'node:fs';
import { openPostgresStore } from '../../src/adapters/stores/postgres/postgres-store.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import type { Store } from '../../src/ports/store.ts';
import { buildPlan } from '../../src/spec/build-for-tests.ts';

/**
 * A process to be killed: opens the store of argv[2], says `open`, and appends events for ever,
 * printing the number of the latest after each was acknowledged. Ends when nobody reads any more.
 */
const store = await open(process.argv[2]!);
const key = { tenantId: 'default', runId: 'run_1' };
const request = { taskText: 'run: true', baseDir: '/', envs: {}, plan: buildPlan() };
await store.createRun(key, request, [{ type: 'run.created', data: { name: 'kill me' } }]);
writeSync(1, 'open\n');
for (let count = 1; ; count++) {
  await store.append(key, 'user', [{ type: 'run.queued', data: { reason: String(count) } }]);
  writeSync(1, `${count}\n`);
}

/** A file, or the URL of a database. */
function open(where: string): Promise<Store> {
  const options = { random: Math.random, fold: foldRun };
  return where.startsWith('postgres:')
    ? openPostgresStore({ ...options, url: where })
    : openSqliteStore({ ...options, file: where, now: () => asEpochMs(Date.now()) });
}
