import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { buildPlan } from '../../src/spec/build-for-tests.ts';

const WRITTEN = { tenantId: 'default', runId: 'run_1' };

/**
 * A process on a bad disk: appends numbered events to the store of argv[2], argv[3] of them, and
 * says of each, once it knows, `ok` or the code by which it was refused.
 */
const [file, count] = [process.argv[2]!, Number(process.argv[3])];
const store = await openSqliteStore({
  file,
  now: () => asEpochMs(Date.now()),
  random: Math.random,
  fold: foldRun,
});
const request = { taskText: 'run: true', baseDir: '/', envs: {}, plan: buildPlan() };
await store.createRun(WRITTEN, request, [{ type: 'run.created', data: { name: 'written' } }]);
for (let number = 1; number <= count; number++) {
  const reason = `${number} ${'x'.repeat(1000)}`;
  try {
    await store.append(WRITTEN, 'user', [{ type: 'run.queued', data: { reason } }]);
    writeSync(1, `${number} ok\n`);
  } catch (error) {
    writeSync(1, `${number} ${error instanceof KedgeError ? error.code : 'bug'}\n`);
  }
  await delay(5);
}
