import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs, MINUTE_MS } from '../../base/time.ts';
import { buildPlan, buildRun, buildTask, buildTaskFile } from '../../spec/build-for-tests.ts';
import type { PlanAllocation } from '../../spec/plan.ts';
import type { Checkpoint } from '../../spec/task.ts';
import { nodeSpec } from './node-spec.ts';

const KEEPS: Checkpoint = { path: 'ckpt', intervalMs: null, sizeBytes: null };
const PARTS = { hours: 9, workHours: 5, spotHours: 5, onDemandHours: 0, onDemand: null };
const ON_SPOT = { spot: true, spotRun: { ...PARTS, preemptions: 4, checkpointEveryS: 754 } };

/** What a node is told of how often to save. */
function toldFor(checkpoint: Checkpoint | null, line: Partial<PlanAllocation>): string | undefined {
  const plan = buildPlan([line]);
  const file = buildTaskFile([buildTask({ checkpoint })]);
  const maps = { observed: new Map(), absences: new Map() };
  const view = { run: buildRun(), plan, file, ...maps, now: asEpochMs(0) };
  const request = { taskText: '', baseDir: '/', envs: {}, plan };
  const given = { request, installationId: 'x', secrets: {}, resolvePath: (path: string) => path };
  const { envs } = nodeSpec(view, { allocation: 0, attempt: 1, rank: 0 }, given);
  return envs['KEDGE_CHECKPOINT_EVERY_S'];
}

describe('how often a task is told to save', () => {
  it('is what loses least on spot, and what its file states wherever it runs', () => {
    assert.equal(toldFor(KEEPS, ON_SPOT), '754');
    const stated = { ...KEEPS, intervalMs: 20 * MINUTE_MS };
    assert.equal(toldFor(stated, ON_SPOT), '1200');
    assert.equal(toldFor(stated, {}), '1200');
  });

  it('is nothing where nobody knows, or nothing is kept', () => {
    assert.equal(toldFor(KEEPS, {}), undefined);
    assert.equal(toldFor(null, ON_SPOT), undefined);
  });
});
