import { setTimeout as delay } from 'node:timers/promises';
import { steadyTime } from '../../src/adapters/clock/steady-time.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { buildPlan } from '../../src/spec/build-for-tests.ts';

/**
 * A process whose time of day is set while it holds a lease of argv[2] ms: says `claimed`; then,
 * when somebody else could have the run, after how many milliseconds that is, and by how many the
 * time of day has moved besides.
 */
const leaseMs = Number(process.argv[2]);
const time = steadyTime();
const store = await openSqliteStore({
  file: ':memory:',
  ...time,
  random: Math.random,
  fold: foldRun,
});
const request = { taskText: '', baseDir: '/', envs: {}, plan: buildPlan() };
const key = { tenantId: 'default', runId: 'run_1' };
await store.createRun(key, request, [{ type: 'run.created', data: { name: 'held' } }]);
await store.claimDue({ leaseMs, limit: 1 });
const [held, wall] = [performance.now(), Date.now()];
process.stdout.write('claimed\n');
while ((await store.claimDue({ leaseMs, limit: 1 })).length === 0) await delay(10);
const [heldMs, wallMs] = [performance.now() - held, Date.now() - wall];
process.stdout.write(`${Math.round(heldMs)} ${Math.round(wallMs - heldMs)}\n`);
