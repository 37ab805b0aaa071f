import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { asEpochMs, DAY_MS, HOUR_MS, MINUTE_MS } from '../base/time.ts';
import type { Bundles, Pin } from '../ports/bundles.ts';
import type { Driver, NodeSpec } from '../ports/driver.ts';
import type { RunKey, Store } from '../ports/store.ts';
import { frozenDriver } from './frozen-driver.ts';
import { sweepBundles } from './sweep-bundles.ts';

const ref = { tenantId: 'default', runId: 'run_1', allocation: 0, attempt: 2, rank: 0, token: 't' };
const spec = {
  ref,
  workdir: '/home/alice/project',
  fileMounts: { data: '/home/alice/data' },
} as unknown as NodeSpec;

async function created(
  given: NodeSpec,
  sources: Readonly<Record<string, string>> | null,
): Promise<NodeSpec> {
  const specs: NodeSpec[] = [];
  const driver = { name: 'x', create: async (one: NodeSpec) => void specs.push(one) };
  const sourcesOf = async () => sources && new Map(Object.entries(sources));
  const bundles = { sourcesOf } as unknown as Bundles;
  await frozenDriver(driver as unknown as Driver, bundles).create(given);
  return specs[0]!;
}

describe('what a node is made from', () => {
  it('is the bundle of its run, not what lies at the paths now', async () => {
    const sources = { '/home/alice/project': '/bundles/0', '/home/alice/data': '/bundles/1' };
    const seen = await created(spec, sources);
    assert.deepEqual([seen.workdir, seen.fileMounts], ['/bundles/0', { data: '/bundles/1' }]);
    const idle = { ...spec, workdir: null };
    assert.equal((await created(idle, sources)).workdir, null);
  });

  it('is never something beside the bundle', async () => {
    const sources = { '/home/alice/project': '/bundles/0' };
    await assert.rejects(created(spec, sources), { code: 'driver.workdir-unreadable' });
  });

  it('is what the task names where the run was launched without a bundle', async () => {
    assert.deepEqual(await created(spec, null), spec);
  });
});

describe('the sweep of bundles', () => {
  const now = asEpochMs(100 * DAY_MS);

  it('lets go of runs that have ended, and of launches that never became a run', async () => {
    const pin = (runId: string, ageMs: number): Pin => ({
      tenantId: 'default',
      runId,
      at: asEpochMs(now - ageMs),
    });
    const pins = [
      pin('run_ended', MINUTE_MS),
      pin('run_queued', 90 * DAY_MS),
      pin('run_unknown_old', 2 * HOUR_MS),
      pin('run_unknown_new', MINUTE_MS),
    ];
    const unpinned: string[] = [];
    let sweptAfter = 0;
    const bundles = {
      pins: async () => pins,
      unpin: async ({ runId }: RunKey) => void unpinned.push(runId),
      sweep: async () => void (sweptAfter = unpinned.length),
    } as unknown as Bundles;
    const readRun = async ({ runId }: RunKey) => {
      if (runId.includes('unknown')) throw new KedgeError('run.not-found', runId);
      return { run: { state: runId.slice('run_'.length) } };
    };
    const store = { readRun } as unknown as Store;
    const clock = { now: () => now, sleep: async () => {} };
    await sweepBundles({ bundles, store, clock });
    assert.deepEqual(unpinned, ['run_ended', 'run_unknown_old']);
    assert.equal(sweptAfter, 2);
  });

  it('that cannot look at a run keeps its bundle', async () => {
    const unpin = async () => assert.fail('it has let go');
    const pins = async () => [{ tenantId: 'default', runId: 'run_1', at: asEpochMs(0) }];
    const bundles = { pins, unpin, sweep: async () => {} } as unknown as Bundles;
    const readRun = async () => {
      throw new KedgeError('state.disk-error', 'no');
    };
    const store = { readRun } as unknown as Store;
    const clock = { now: () => now, sleep: async () => {} };
    await assert.rejects(sweepBundles({ bundles, store, clock }), { code: 'state.disk-error' });
  });
});
