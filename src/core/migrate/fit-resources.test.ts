import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HOUR_MS, MINUTE_MS } from '../../base/time.ts';
import { GIB } from '../../base/units.ts';
import { buildResources, buildTask } from '../../spec/build-for-tests.ts';
import { atPlace, fittedTo, SHRINK_MIN, withFitted } from './fit-resources.ts';

const BIG = { vcpus: 8, memoryGib: 32 };
const used = (cpuPeakCores: number, gib: number, overMs: number = HOUR_MS) => ({
  cpuPeakCores,
  memoryPeakBytes: gib * GIB,
  overMs,
});

describe('what a task is fitted to', () => {
  it('is what it used at most, with headroom', () => {
    assert.deepEqual(fittedTo(used(1.2, 3), BIG), { cpus: 1.5, memoryGib: 3.75 });
  });

  it('waits until it has been looked at for five minutes', () => {
    assert.equal(fittedTo(used(1, 1, 4 * MINUTE_MS), BIG), null);
    assert.equal(fittedTo(null, BIG), null);
  });

  it('is left as it is where next to nothing would be saved, or it is not known what it has', () => {
    assert.equal(fittedTo(used(6, 3), BIG), null);
    assert.equal(fittedTo(used(1, 3), { vcpus: null, memoryGib: null }), null);
  });

  it('never takes away what has been used, nor gives more than there is', () => {
    const peak = fc.double({ min: 0, max: 8, noNaN: true });
    const memory = fc.double({ min: 0, max: 64, noNaN: true });
    fc.assert(
      fc.property(peak, memory, (cpus, gib) => {
        const fitted = fittedTo(used(cpus, gib), BIG);
        if (fitted === null) return;
        assert.ok(fitted.cpus >= cpus && fitted.cpus <= BIG.vcpus * SHRINK_MIN);
        assert.ok(fitted.memoryGib >= gib && fitted.memoryGib <= BIG.memoryGib);
      }),
    );
  });

  it('replaces what the task asked for, in each of its alternatives', () => {
    const task = buildTask({ resources: [buildResources(), buildResources({ diskGib: 9 })] });
    const [one, other] = withFitted(task, { cpus: 1.5, memoryGib: 2 }).resources;
    assert.deepEqual(one?.cpus, { value: 1.5, atLeast: true });
    assert.deepEqual(other?.memoryGib, { value: 2, atLeast: true });
    assert.equal(other?.diskGib, 9);
    assert.equal(withFitted(task, null), task);
  });
});

describe('a task at a place that somebody names', () => {
  const task = buildTask({
    resources: [buildResources({ places: ['local'], imageId: 'docker:python:3.13' })],
    placement: { allow: ['local'], deny: ['aws'], residency: 'EU' },
  });

  it('may go there whatever it says of places, but for what it forbids', () => {
    const moved = atPlace(task, 'docker');
    assert.deepEqual(moved.resources[0]?.places, ['docker']);
    assert.deepEqual(moved.placement, { allow: [], deny: ['aws'], residency: 'EU' });
    assert.equal(moved.resources[0]?.imageId, 'docker:python:3.13');
  });

  it('needs no container where none is run', () => {
    assert.equal(atPlace(task, 'local').resources[0]?.imageId, null);
  });
});
