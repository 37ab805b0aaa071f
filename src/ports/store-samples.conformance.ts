import assert from 'node:assert/strict';
import { asEpochMs, SECOND_MS } from '../base/time.ts';
import type { NewEvent } from '../spec/event.ts';
import type { NodeSeries } from '../spec/sample.ts';
import {
  ALICE,
  BOB,
  type Check,
  claimOne,
  create,
  isRefused,
  LEASE_MS,
  placed,
  queued,
  T0,
} from './store-bench.conformance.ts';

/** With a number in each column that no other has. */
function series(rank: number, parts: Partial<NodeSeries> = {}): NodeSeries {
  const point = { at: T0, count: 1, cpuMean: 0.25, cpuMax: 0.5, memoryMean: 1e9, memoryMax: 2e9 };
  const rates = { gpuMean: null, gpuMax: null, diskRead: 3.5, diskWrite: 4, netRx: 5, netTx: null };
  const ring = { stepMs: 2000, points: [{ ...point, ...rates }] };
  return {
    schema: 'kedge.samples/v1',
    allocation: 0,
    attempt: 1,
    rank,
    firstAt: T0,
    lastAt: asEpochMs(T0 + 2000),
    count: 2,
    measuredMs: 2000,
    cpuLimitCores: 4,
    memoryLimitBytes: null,
    cpuMeanCores: 0.25,
    cpuPeakCores: 0.5,
    memoryPeakBytes: 2e9,
    gpuMean: null,
    gpuMemoryPeakBytes: null,
    gpuCount: 0,
    logBytes: 12,
    lastOutputAt: null,
    lastActiveAt: T0,
    progress: [{ timeMs: T0, done: 0.125 }],
    rings: { recent: ring, hour: { stepMs: 20_000, points: [] }, life: ring },
    ...parts,
  };
}

const node = { allocation: 0, attempt: 1, rank: 0 };
const starting: NewEvent = { type: 'node.starting', data: { ...node, token: 't' } };
const how = { outcome: 'cancelled' as const, exitCode: null, reason: 'stopped' };
const gone: NewEvent = { type: 'node.ended', data: { ...node, ...how, endedAt: T0 } };
const memory = { kind: 'memory' as const, ...node };
const raised: NewEvent = { type: 'alarm.raised', data: { ...memory, reason: 'at 91 %' } };

export function checkSamples(check: Check): void {
  check(
    'what nodes used is read back as it was written, in the order of the nodes',
    async (bench) => {
      const { store } = bench;
      await create(store, ALICE);
      const claim = await claimOne(store);
      await store.writeSamples(claim, [series(1), series(0)]);
      assert.deepEqual(await store.readSamples(ALICE), [series(0), series(1)]);
      await store.writeSamples(claim, [series(1, { count: 3 })]);
      assert.deepEqual(await store.readSamples(ALICE), [series(0), series(1, { count: 3 })]);
      if (bench.reopen === undefined) return;
      bench.store = await bench.reopen();
      assert.deepEqual(await bench.store.readSamples(ALICE), [series(0), series(1, { count: 3 })]);
    },
  );

  check('two tenants with the same run id never see what the other used', async ({ store }) => {
    await create(store, ALICE);
    const claim = await claimOne(store);
    await store.writeSamples(claim, [series(0)]);
    assert.deepEqual(await store.readSamples(BOB), []);
  });

  check('what a node used is written only under the latest token', async ({ store, clock }) => {
    await create(store, ALICE);
    const stale = await claimOne(store);
    clock.at = asEpochMs(T0 + LEASE_MS + SECOND_MS);
    await claimOne(store);
    await isRefused(store.writeSamples(stale, [series(0)]), 'state.stale-lease');
    assert.deepEqual(await store.readSamples(ALICE), []);
  });

  check('a run is busy while a node of it lives, whatever it waits for', async ({ store }) => {
    await create(store, ALICE);
    assert.deepEqual(await store.busyRuns('alice', 10), []);
    await store.append(ALICE, 'engine', [placed]);
    assert.deepEqual(await store.busyRuns('alice', 10), []);
    const run = await store.append(ALICE, 'engine', [starting, queued]);
    assert.deepEqual(await store.busyRuns('alice', 10), [run]);
    assert.deepEqual(await store.busyRuns('bob', 10), []);
    await store.append(ALICE, 'engine', [gone]);
    assert.deepEqual(await store.busyRuns('alice', 10), []);
  });

  check('why a run was stopped, and its alarms, are read back with it', async ({ store }) => {
    await create(store, ALICE);
    const stop: NewEvent = { type: 'run.stop-requested', data: { reason: 'its budget' } };
    const run = await store.append(ALICE, 'engine', [placed, raised, stop]);
    assert.deepEqual([run.stopReason, run.alarms[0]!.reason], ['its budget', 'at 91 %']);
    assert.deepEqual((await store.readRun(ALICE)).run, run);
    assert.deepEqual(await store.pageRuns('alice', { after: null, limit: 1 }), [run]);
  });
}
