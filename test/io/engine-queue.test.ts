import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { mostAtOnce } from '../../sim/judge.ts';
import { fakeDriver } from '../../src/adapters/drivers/fake/fake-driver.ts';
import { Ledger } from '../../src/adapters/drivers/fake/ledger.ts';
import { CALM } from '../../src/adapters/drivers/fake/script.ts';
import { VirtualClock } from '../../src/adapters/drivers/fake/virtual-clock.ts';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/base/time.ts';
import { foldRun } from '../../src/core/monitor/fold-run.ts';
import { type Engine, type EngineProblem, startEngine } from '../../src/engine/engine.ts';
import type { NodeRef } from '../../src/ports/driver.ts';
import type { Store } from '../../src/ports/store.ts';
import { buildPlan, buildTask, buildTaskFile } from '../../src/spec/build-for-tests.ts';
import type { Run } from '../../src/spec/run.ts';

const STEP_MS = 500;
const MACHINES = 10;
const POOL = 'machine:virtual';
const KEEPS = 'keeps';
const KEEPER = buildTask({ checkpoint: { path: 'ckpt', intervalMs: null, sizeBytes: null } });

/** The line before a place of one's own with room for ten, in virtual time. */
describe('a place of one’s own', () => {
  let clock: VirtualClock;
  let store: Store;
  let ledger: Ledger;
  let engine: Engine;
  let problems: EngineProblem[];
  let lostRuns: Set<string>;
  const lastsMs = new Map<string, number>();

  beforeEach(async () => {
    clock = new VirtualClock(asEpochMs(1_800_000_000_000));
    const random = seededRandom(1);
    const now = () => clock.now();
    store = await openSqliteStore({ file: ':memory:', now, random, fold: foldRun });
    ledger = new Ledger();
    problems = [];
    lostRuns = new Set();
    const has = { cpusMilli: MACHINES * 1000, memoryMib: 0, gpusByName: {} };
    const driver = fakeDriver({
      clock,
      ledger,
      random,
      capacity: [{ pool: POOL, name: 'this machine', has }],
      script: {
        ...CALM,
        task: ({ ref }) => ({ ...CALM.task({} as never), durationMs: lastsMs.get(ref.runId)! }),
        preemptedAfterMs: ({ runId, attempt }) =>
          lostRuns.has(runId) && attempt === 1 ? SECOND_MS : null,
      },
    });
    engine = startEngine({
      store,
      drivers: new Map([['fake', driver]]),
      secrets: { put: async () => {}, get: async () => ({}), remove: async () => {} },
      readTasks: (text) => buildTaskFile([text === KEEPS ? KEEPER : buildTask()]),
      clock,
      report: (problem) => problems.push(problem),
    });
  });
  afterEach(async () => {
    const stopped = engine.stop();
    await pass(10 * SECOND_MS);
    await stopped;
    await store.close();
    assert.deepEqual(problems, []);
  });

  /** Time passes in steps, after each of which all that can be done without waiting is done. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= STEP_MS) {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(Math.min(left, STEP_MS));
    }
  };
  type Launch = {
    readonly cpus?: number;
    readonly lasts?: number;
    readonly hours?: number | null;
    readonly priority?: number;
    /** It writes checkpoints, and Kedge may move it. */
    readonly keeps?: boolean;
  };
  const launch = async (runId: string, options: Launch = {}): Promise<void> => {
    const { cpus = 1, lasts = MINUTE_MS, hours = null, priority, keeps = false } = options;
    lastsMs.set(runId, lasts);
    const reserves = { pool: POOL, cpusMilli: cpus * 1000, memoryMib: 0, gpusByName: {} };
    const place = { provider: 'fake', place: 'fake', offerId: 'fake', reserves, hours };
    const plan = buildPlan([place]);
    const text = keeps ? KEEPS : '';
    const request = { taskText: text, baseDir: '/', envs: {}, plan, priority, autoRetune: keeps };
    const key = { tenantId: 'default', runId };
    await store.createRun(key, request, [{ type: 'run.created', data: { name: runId } }]);
    engine.nudge();
  };
  const read = async (runId: string): Promise<Run> =>
    (await store.readRun({ tenantId: 'default', runId })).run;
  const liveIds = (): readonly string[] => ledger.live().map(({ runId }: NodeRef) => runId);

  it('never runs more than it has room for, and all that waits has its turn (fault 43)', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `run_${100 + index}`);
    await Promise.all(ids.map((runId) => launch(runId, { lasts: 10 * SECOND_MS })));
    await pass(2 * MINUTE_MS);
    const runs = await Promise.all(ids.map(read));
    assert.deepEqual(new Set(runs.map(({ outcome }) => outcome)), new Set(['succeeded']));
    assert.equal(mostAtOnce(ledger.machines()), MACHINES);
    const bought = ledger.machines().map(({ ref }) => ref.runId);
    assert.deepEqual(bought.slice(MACHINES), ids.slice(MACHINES), 'first come, first served');
  });

  it('says what it waits for, and is not looked at until there is room', async () => {
    await launch('run_all', { cpus: 10, lasts: 2 * MINUTE_MS });
    await pass(10 * SECOND_MS);
    await launch('run_waits', { cpus: 2 });
    await pass(MINUTE_MS);
    const { state, reason } = await read('run_waits');
    assert.equal(state, 'queued');
    assert.equal(reason, 'waits for 2 vCPUs on this machine: 10 of 10 in use by 1 run');
    const events = await store.pageEvents({ tenantId: 'default', runId: 'run_waits' }, 0, 100);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['run.created', 'run.queued'],
    );
    await pass(3 * MINUTE_MS);
    assert.equal((await read('run_waits')).outcome, 'succeeded');
  });

  it('what is urgent goes first', async () => {
    await launch('run_1', { cpus: 10 });
    await pass(5 * SECOND_MS);
    await launch('run_2', { cpus: 10 });
    await pass(5 * SECOND_MS);
    await launch('run_3', { cpus: 10, priority: 1 });
    await pass(70 * SECOND_MS);
    assert.deepEqual(liveIds(), ['run_3']);
  });

  it('what ends before the first could start passes it; what is longer waits', async () => {
    await launch('run_1', { cpus: 8, lasts: HOUR_MS, hours: 1 });
    await pass(5 * SECOND_MS);
    await launch('run_2_wide', { cpus: 10 });
    await pass(5 * SECOND_MS);
    await launch('run_3_long', { cpus: 2, hours: 1 });
    await pass(5 * SECOND_MS);
    await launch('run_4_short', { cpus: 2, hours: 0.5 });
    await pass(10 * SECOND_MS);
    assert.deepEqual(liveIds(), ['run_1', 'run_4_short']);
    assert.equal(
      (await read('run_3_long')).reason,
      'waits its turn on this machine: it may not hold up those ahead',
    );
  });

  it('one whose machine was lost comes before all that came after it', async () => {
    lostRuns.add('run_1');
    await launch('run_1', { cpus: 10 });
    await pass(SECOND_MS);
    await launch('run_2', { cpus: 6 });
    await pass(SECOND_MS);
    await launch('run_3', { cpus: 6 });
    await pass(30 * SECOND_MS);
    assert.deepEqual(liveIds(), ['run_2'], 'it was free while run_1 took a breath');
    await pass(MINUTE_MS);
    assert.deepEqual(liveIds(), ['run_1']);
  });

  it('one that is stopped while it waits leaves the line', async () => {
    await launch('run_1', { cpus: 10 });
    await pass(5 * SECOND_MS);
    await launch('run_2', { cpus: 10 });
    await launch('run_3');
    await pass(5 * SECOND_MS);
    const key = { tenantId: 'default', runId: 'run_2' };
    await store.append(key, 'user', [{ type: 'run.stop-requested', data: {} }]);
    engine.nudge();
    await pass(5 * SECOND_MS);
    assert.equal((await read('run_2')).outcome, 'cancelled');
    assert.equal((await store.readQueue({ ...key, runId: 'run_3' }, 10))[0]?.position, 1);
  });

  it('one that may be parked makes room for what is urgent, and goes on after it', async () => {
    await launch('run_1', { cpus: 10, lasts: 20 * MINUTE_MS, keeps: true });
    await pass(16 * MINUTE_MS);
    await launch('run_2', { cpus: 10, priority: 5, lasts: 5 * MINUTE_MS });
    await pass(MINUTE_MS);
    assert.deepEqual(liveIds(), ['run_2']);
    const parked = await read('run_1');
    assert.equal(parked.state, 'queued');
    assert.match(parked.moves[0]!.reason, /^parked: run_2, which is more urgent/);
    await pass(6 * MINUTE_MS);
    assert.deepEqual(liveIds(), ['run_1']);
    await pass(20 * MINUTE_MS);
    const { outcome, attempts } = await read('run_1');
    assert.equal(outcome, 'succeeded');
    assert.deepEqual(
      attempts.map((attempt) => attempt.outcome),
      ['moved', 'succeeded'],
    );
    assert.equal(mostAtOnce(ledger.machines()), 1);
  });

  it('nobody else is parked: who did not allow it, keeps nothing, or has only begun', async () => {
    await launch('run_1', { cpus: 5, lasts: HOUR_MS });
    await pass(16 * MINUTE_MS);
    await launch('run_2', { cpus: 5, lasts: HOUR_MS, keeps: true });
    await pass(MINUTE_MS);
    await launch('run_3', { cpus: 5, priority: 5 });
    await pass(5 * MINUTE_MS);
    assert.deepEqual(liveIds(), ['run_1', 'run_2']);
    await pass(10 * MINUTE_MS);
    assert.deepEqual(liveIds(), ['run_1', 'run_3'], 'by now run_2 has had its quarter of an hour');
  });
});
