import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asEpochMs, DAY_MS } from '../../base/time.ts';
import type { Point, Ring } from '../../spec/sample.ts';
import { emptyRing, pushPoint, RINGS, type RingShape } from './ring.ts';

function point(at: number, cpu: number): Point {
  const nothing = { gpuMean: null, gpuMax: null, netRx: null, netTx: null };
  const same = { memoryMean: cpu, memoryMax: cpu, diskRead: cpu, diskWrite: cpu };
  return { at: asEpochMs(at), count: 1, cpuMean: cpu, cpuMax: cpu, ...same, ...nothing };
}

function filled(shape: RingShape, points: readonly Point[]): Ring {
  return points.reduce((ring, one) => pushPoint(ring, one, shape), emptyRing(shape));
}

const steps = fc.array(
  fc.record({
    gapMs: fc.integer({ min: 2000, max: 30_000 }),
    cpu: fc.integer({ min: 0, max: 64 }),
  }),
  { minLength: 1, maxLength: 1500, size: 'max' },
);

function pointsOf(gaps: readonly { readonly gapMs: number; readonly cpu: number }[]): Point[] {
  let at = 1_800_000_000_000;
  return gaps.map(({ gapMs, cpu }) => point((at += gapMs), cpu));
}

describe('the rings of samples', () => {
  it('the one for life keeps every sample in its means, and every peak, however long it goes on', () => {
    fc.assert(
      fc.property(steps, (gaps) => {
        const points = pointsOf(gaps);
        const ring = filled(RINGS.life, points);
        assert.ok(ring.points.length <= RINGS.life.slots);
        const count = ring.points.reduce((sum, one) => sum + one.count, 0);
        assert.equal(count, points.length);
        const sum = ring.points.reduce((total, one) => total + one.cpuMean! * one.count, 0);
        const real = gaps.reduce((total, { cpu }) => total + cpu, 0);
        assert.ok(Math.abs(sum - real) < 1e-6 * Math.max(1, real));
        const peak = Math.max(...ring.points.map((one) => one.cpuMax!));
        assert.equal(peak, Math.max(...gaps.map(({ cpu }) => cpu)));
      }),
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('a day of samples leaves more than a hundred slots of its life, of some minutes each', () => {
    const points = Array.from({ length: DAY_MS / 5000 }, (_, index) => point(index * 5000, 1));
    const { stepMs, points: slots } = filled(RINGS.life, points);
    assert.ok(slots.length > RINGS.life.slots / 2);
    assert.equal(slots[0]!.at, 0);
    assert.ok(stepMs <= 600_000, `${stepMs}`);
  });

  it('the others keep the latest at their own resolution', () => {
    const points = Array.from({ length: 1000 }, (_, index) => point(index * 2000, index));
    const recent = filled(RINGS.recent, points);
    assert.deepEqual([recent.stepMs, recent.points.length], [2000, 150]);
    assert.equal(recent.points.at(-1)!.cpuMean, 999);
    const hour = filled(RINGS.hour, points);
    assert.deepEqual([hour.stepMs, hour.points.length], [20_000, 100]);
    const { cpuMean, cpuMax, count } = hour.points.at(-1)!;
    assert.deepEqual([cpuMean, cpuMax, count], [994.5, 999, 10]);
  });

  it('what a place does not tell stays untold, and does not spoil what it tells later', () => {
    const unknown = { ...point(0, 0), cpuMean: null, cpuMax: null };
    const ring = filled(RINGS.hour, [unknown, point(2000, 3)]);
    assert.deepEqual([ring.points[0]!.cpuMean, ring.points[0]!.gpuMean], [3, null]);
  });

  it('a clock that is set back loses nothing and disorders nothing', () => {
    const ring = filled(RINGS.recent, [point(100_000, 1), point(20_000, 5), point(102_000, 2)]);
    assert.deepEqual(
      ring.points.map(({ at, cpuMax, count }) => [at, cpuMax, count]),
      [
        [100_000, 5, 2],
        [102_000, 2, 1],
      ],
    );
  });
});
