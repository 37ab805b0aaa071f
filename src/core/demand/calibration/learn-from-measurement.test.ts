import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Random, seededRandom } from '../../../base/rng.ts';
import { fittedModels } from './fitted-models.ts';
import {
  type ErrorShares,
  errorCorrelation,
  type Kinship,
  learnFromError,
} from './learn-from-measurement.ts';

const NEAREST_FIRST: readonly Kinship[] = ['set-up', 'device', 'generation', 'task'];
const FITTED = fittedModels().map(({ model, fitted }) => ({ name: model.name, ...fitted }));

describe('what one measurement tells of the same task elsewhere', () => {
  it('tells less the further away, and never more than all', () => {
    for (const { shares } of FITTED) {
      const told = NEAREST_FIRST.map((kinship) => errorCorrelation(shares, kinship));
      assert.equal(told[0], 1);
      assert.deepEqual(
        told,
        told.toSorted((one, other) => other - one),
      );
      assert.ok(told.at(-1)! >= 0);
    }
  });

  it('is the measurement itself where the same set-up runs again, to a few per cent', () => {
    const { low, mid, high } = learnFromError(
      { low: 50, mid: 100, high: 180 },
      { error: Math.log(1.3), correlation: 1 },
    );
    assert.ok(Math.abs(mid - 130) < 1e-9);
    assert.ok(low > 0.95 * mid && high < 1.05 * mid);
  });

  it('says nothing where errors have nothing in common', () => {
    const before = { low: 50, mid: 100, high: 180 };
    const after = learnFromError(before, { error: 2, correlation: 0 });
    for (const end of ['low', 'mid', 'high'] as const)
      assert.ok(Math.abs(after[end] - before[end]) < 1e-9);
  });

  it('keeps intervals in order and never widens them, whatever was measured', () => {
    const factor = fc.double({ min: 0.01, max: 1, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        factor,
        factor,
        share,
        fc.double({ min: -3, max: 3, noNaN: true }),
        (...drawn) => {
          const [below, above, correlation, error] = drawn;
          const before = { low: 7 * below, mid: 7, high: 7 / above };
          const { low, mid, high } = learnFromError(before, { error, correlation });
          assert.ok(low <= mid && mid <= high);
          assert.ok(high / low <= (before.high / before.low) * (1 + 1e-9));
        },
      ),
    );
  });
});

describe('on tasks whose errors are made of a task, a generation, a device and a set-up', () => {
  const random = seededRandom(1);

  it('the median error falls by a third where three quarters of errors are shared', () => {
    const shares = { task: 0.1, generation: 0.66, device: 0.1 };
    const { before, after } = errorsOf(shares, 'generation', random);
    assert.ok(median(after) < (2 / 3) * median(before), `${median(before)} → ${median(after)}`);
  });

  it('the median error nearly halves on other counts of a device whose errors are mostly its own', () => {
    const shares = { task: 0.1, generation: 0.66, device: 0.1 };
    const { before, after } = errorsOf(shares, 'device', random);
    assert.ok(median(after) < 0.65 * median(before));
  });

  it('no kind of work is estimated worse anywhere than before', () => {
    for (const { name, shares } of FITTED)
      for (const kinship of NEAREST_FIRST) {
        const { before, after } = errorsOf(shares, kinship, random);
        assert.ok(median(after) < 1.03 * median(before), `${name}, ${kinship}`);
      }
  });

  it('80 of 100 lie inside the narrower intervals still', () => {
    for (const kinship of ['device', 'generation', 'task'] as const) {
      const { inside } = errorsOf({ task: 0.15, generation: 0.27, device: 0.4 }, kinship, random);
      assert.ok(inside > 0.77 && inside < 0.83, `${kinship}: ${inside}`);
    }
  });
});

const TASKS = 4000;
const DEVIATION = 0.2;

/** Of estimates of 1 whose truth is drawn: |ln error| of a set-up before and after measuring a kin. */
function errorsOf(shares: ErrorShares, kinship: Kinship, random: Random) {
  const correlation = errorCorrelation(shares, kinship);
  const end = Math.exp(1.2816 * DEVIATION);
  const before: number[] = [];
  const after: number[] = [];
  let inside = 0;
  for (let task = 0; task < TASKS; task++) {
    const shared = Math.sqrt(correlation) * normal(random);
    const own = (): number => DEVIATION * (shared + Math.sqrt(1 - correlation) * normal(random));
    const [measured, truth] = [own(), own()];
    const { low, mid, high } = learnFromError(
      { low: 1 / end, mid: 1, high: end },
      { error: measured, correlation },
    );
    before.push(Math.abs(truth));
    after.push(Math.abs(truth - Math.log(mid)));
    if (low <= Math.exp(truth) && Math.exp(truth) <= high) inside++;
  }
  return { before, after, inside: inside / TASKS };
}

/** Box and Muller's. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1]!;
}
