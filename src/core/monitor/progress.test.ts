import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../base/rng.ts';
import { asEpochMs } from '../../base/time.ts';
import type { ProgressPoint } from '../../spec/sample.ts';
import { progressAt } from './build-for-tests.ts';
import { addProgress, expectedEnd } from './progress.ts';

const HOUR_S = 3600;

/** What a task shows that is looked at every two seconds. */
function watch(seconds: number, doneAt: (second: number) => number): readonly ProgressPoint[] {
  let points: readonly ProgressPoint[] = [];
  for (let second = 0; second <= seconds; second += 2) {
    points = addProgress(points, { timeMs: second * 1000, done: Math.min(1, doneAt(second)) });
  }
  return points;
}

function endOf(seconds: number, doneAt: (second: number) => number) {
  const end = expectedEnd(watch(seconds, doneAt), asEpochMs(seconds * 1000));
  const s = (at: number | null | undefined) => (at === null || at === undefined ? null : at / 1000);
  return { end: s(end?.endsAt), low: s(end?.lowAt), high: s(end?.highAt), done: end?.done };
}

function isNear(value: number | null, wanted: number, share: number): void {
  assert.ok(
    value !== null && Math.abs(value - wanted) <= share * wanted,
    `${value}, not ${wanted}`,
  );
}

describe('the expected end', () => {
  it('beats the plan within a minute where a task goes at half its speed', () => {
    const planned = HOUR_S;
    const real = 2 * HOUR_S;
    const { end, low, high } = endOf(60, (second) => second / real);
    isNear(end, real, 0.05);
    assert.ok(Math.abs(end! - real) < Math.abs(planned - real) / 10);
    assert.ok(low! <= real && real <= high! && low! > planned);
  });

  it('beats it within a minute of noise, of steps and of a slow start, too', () => {
    const random = seededRandom(7);
    const real = 2 * HOUR_S;
    const error = HOUR_S;
    const shapes: Readonly<Record<string, (second: number) => number>> = {
      noisy: (second) => second / real + 0.0005 * (random() - 0.5),
      steps: (second) => (Math.floor(second / 7) * 7) / real,
      'slow start': (second) => Math.max(0, second - 20) / (real - 20),
      rounded: (second) => Math.floor((1000 * second) / real) / 1000,
    };
    for (const [name, shape] of Object.entries(shapes)) {
      const { end } = endOf(60, shape);
      assert.ok(end !== null && Math.abs(end - real) < error / 2, `${name}: ${end}`);
    }
  });

  it('of a run that was resumed is that of its rate now, not from zero', () => {
    const { end } = endOf(60, (second) => 0.6 + second / HOUR_S);
    isNear(end, 0.4 * HOUR_S, 0.05);
  });

  it('follows a task that slows down, and its interval holds what comes', () => {
    const fast = 600;
    const doneAt = (second: number) =>
      second < fast ? second / HOUR_S : fast / HOUR_S + (second - fast) / (4 * HOUR_S);
    const real = fast + (1 - fast / HOUR_S) * 4 * HOUR_S;
    isNear(endOf(2400, doneAt).end, real, 0.05);
  });

  it('moves away while a task that has come far stands still', () => {
    const stuck = (second: number) => Math.min(second, 100) / 1000;
    const before = endOf(100, stuck).end!;
    const after = endOf(400, stuck).end!;
    assert.ok(after > 2 * before, `${before} → ${after}`);
  });

  it('begins anew where the progress does, and does not where it wobbles', () => {
    const epochs = (second: number) => (second % 100) / 100;
    assert.equal(watch(110, epochs)[0]!.timeMs, 100_000);
    const points = addProgress(progressAt([[0, 0.5]]), { timeMs: 2000, done: 0.495 });
    assert.deepEqual(points, progressAt([[0, 0.5]]));
  });

  it('cannot be told of one value, and is past of a task that is done', () => {
    assert.equal(expectedEnd([], asEpochMs(0)), null);
    const one = expectedEnd(progressAt([[5, 0.3]]), asEpochMs(60_000))!;
    assert.deepEqual([one.done, one.endsAt], [0.3, null]);
    assert.equal(endOf(30, (second) => second / 20).end, 20);
  });

  it('is never past, always within its interval, and from few points whatever comes', () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 600_000 }), fc.double({ min: 0, max: 1, noNaN: true })),
      { minLength: 1, maxLength: 400, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (all) => {
        let timeMs = 0;
        let points: readonly ProgressPoint[] = [];
        for (const [gap, done] of all)
          points = addProgress(points, { timeMs: (timeMs += gap), done });
        assert.ok(points.length <= 64);
        const end = expectedEnd(points, asEpochMs(timeMs));
        if (end === null || end.endsAt === null || end.done >= 1) return;
        assert.ok(timeMs <= end.lowAt! && end.lowAt! <= end.endsAt && end.endsAt <= end.highAt!);
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });
});
