import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { geneticInstance } from '../../bench/instances/genetic-instances.ts';
import { workerPool } from '../../src/adapters/pool/worker-pool.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { genetic } from '../../src/core/optimize/genetic/genetic-searcher.ts';
import type { IslandJob, IslandResult } from '../../src/core/optimize/genetic/island.ts';
import type { SearchOptions } from '../../src/core/optimize/search/searcher.ts';

const run = promisify(execFile);

const DOUBLES = new URL(
  `data:text/javascript,${encodeURIComponent(`
    export const double = (job) => {
      if (job === 13) throw new RangeError('unlucky');
      if (job === 14) process.exit(3);
      return 2 * job;
    };
  `)}`,
);
const WAKE = new URL(
  `data:text/javascript,${encodeURIComponent(`
    export const wake = (flag) => {
      Atomics.store(flag, 0, 1);
      return Atomics.notify(flag, 0);
    };
  `)}`,
);
const ISLAND = new URL('../../src/core/optimize/genetic/island.ts', import.meta.url);

it('many jobs on few threads each get their own result', async (context) => {
  const pool = workerPool<number, number>({ module: DOUBLES, name: 'double', size: 2 });
  context.after(() => pool.close());
  const jobs = Array.from({ length: 10 }, (_, job) => job);
  assert.deepEqual(
    await Promise.all(jobs.map(pool.run)),
    jobs.map((job) => 2 * job),
  );
});

it('a job that fails says why, and the jobs after it are done', async (context) => {
  const pool = workerPool<number, number>({ module: DOUBLES, name: 'double', size: 1 });
  context.after(() => pool.close());
  const results = await Promise.allSettled([13, 1, 14, 2].map(pool.run));
  const values = results.map((one) =>
    one.status === 'fulfilled' ? one.value : (one.reason as KedgeError).code,
  );
  assert.deepEqual(values, ['pool.failed', 2, 'pool.failed', 4]);
  const [unlucky] = results;
  assert.ok(unlucky?.status === 'rejected' && /unlucky/.test(String(unlucky.reason)));
});

it('a pool that was closed starts again', async (context) => {
  const pool = workerPool<number, number>({ module: DOUBLES, name: 'double', size: 1 });
  context.after(() => pool.close());
  assert.equal(await pool.run(1), 2);
  await pool.close();
  assert.equal(await pool.run(3), 6);
});

it('a job that is under way when the pool is closed is told so', async () => {
  const pool = workerPool<number, number>({ module: DOUBLES, name: 'double', size: 1 });
  const running = pool.run(1);
  const told = assert.rejects(running, (error) => error instanceof KedgeError);
  await pool.close();
  await told;
});

it('closing a pool while a result is on its way holds the process until it is closed', async () => {
  const [pool, wake] = [new URL('../../src/adapters/pool/worker-pool.ts', import.meta.url), WAKE];
  const script = `
    const { workerPool } = await import('${pool.href}');
    for (let round = 0; round < 10; round++) {
      const pool = workerPool({ module: new URL('${wake.href}'), name: 'wake', size: 1 });
      const flag = new Int32Array(new SharedArrayBuffer(4));
      pool.run(flag).catch(() => undefined);
      Atomics.wait(flag, 0, 0);
      await pool.close();
    }
    console.log('closed');
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
  assert.equal(stdout, 'closed\n');
});

it('the genetic searcher finds the same on islands in threads', async (context) => {
  const pool = workerPool<IslandJob, IslandResult>({ module: ISLAND, name: 'runIsland', size: 2 });
  context.after(() => pool.close());
  let jobs = 0;
  const counting = {
    ...pool,
    run: (job: IslandJob) => {
      jobs++;
      return pool.run(job);
    },
  };
  for (const kind of ['hours', 'placement'] as const) {
    const problem = geneticInstance(kind, 4);
    const [here, there] = [
      await genetic.search(problem, options()),
      await genetic.search(problem, { ...options(), islands: async () => counting }),
    ];
    assert.deepEqual(there, here);
  }
  assert.ok(jobs > 0, 'no thread was asked');
});

it('the genetic searcher finds the same where every thread fails', async (context) => {
  const pool = workerPool<IslandJob, IslandResult>({ module: DOUBLES, name: 'nothing', size: 2 });
  context.after(() => pool.close());
  const problem = geneticInstance('placement', 4);
  const [here, there] = [
    await genetic.search(problem, options()),
    await genetic.search(problem, { ...options(), islands: async () => pool }),
  ];
  assert.deepEqual(there, here);
});

/** A clock by which every epoch is slow, and time enough. */
function options(): SearchOptions {
  let now = 0;
  const clock = { now: () => asEpochMs((now += 100)), sleep: async () => undefined };
  const solver = () => Promise.reject(new RangeError('no solver is asked'));
  return { clock, timeLimitMs: 1e9, gap: 0, seed: 5, start: null, solver };
}
