import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CompactHessian, dot } from './compact-hessian.ts';
import { minimizeSmooth, type SmoothProblem } from './minimize-smooth.ts';
import { projectOnBox, projectOnSimplex } from './projections.ts';

/** Rosenbrock's valley, whose least is 0 at (1, 1), with the first number at most so much. */
function rosenbrock(most: number): SmoothProblem {
  return {
    value: (point, gradient) => {
      const [x, y] = [point[0]!, point[1]!];
      gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
      gradient[1] = 200 * (y - x * x);
      return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
    },
    project: (point) => projectOnBox(point, { lower: [-9, -9], upper: [most, 9] }),
  };
}

const positive = fc.double({ min: 0.1, max: 20, noNaN: true });

describe('projected L-BFGS', () => {
  it('follows a bent valley to its end, or to the bound before it', () => {
    const free = minimizeSmooth(rosenbrock(9), { start: Float64Array.of(-1.2, 1) });
    assert.ok(free.isStationary);
    assert.ok(Math.abs(free.point[0]! - 1) < 1e-6 && Math.abs(free.point[1]! - 1) < 1e-6);
    assert.ok(free.steps < 100, `it takes ${free.steps} steps`);
    const bounded = minimizeSmooth(rosenbrock(0.5), { start: Float64Array.of(-1.2, 1) });
    assert.equal(bounded.point[0], 0.5);
    assert.ok(Math.abs(bounded.point[1]! - 0.25) < 1e-6);
  });

  it('finds the shares at which no exchange between two of them helps', () => {
    const curves = fc.array(fc.tuple(positive, positive), { minLength: 2, maxLength: 12 });
    // What is not worth a move of that size is taken for none, and so is a share below it.
    const tolerance = 1e-5;
    const property = fc.property(curves, (terms) => {
      // Σ weight · (x − target)², of which the least on the simplex has one slope where x > 0.
      const problem: SmoothProblem = {
        value: (point, gradient) =>
          terms.reduce((sum, [weight, target], index) => {
            const away = point[index]! - target;
            gradient[index] = 2 * weight * away;
            return sum + weight * away * away;
          }, 0),
        project: (point) => projectOnSimplex(point),
      };
      const start = new Float64Array(terms.length);
      const { point, isStationary } = minimizeSmooth(problem, { start, tolerance });
      assert.ok(isStationary);
      const slopes = terms.map(([weight, target], index) => 2 * weight * (point[index]! - target));
      const lowest = Math.min(...slopes);
      slopes.forEach((slope, index) => {
        assert.ok(
          point[index]! <= tolerance || slope - lowest < 1e-4 * Math.max(1, Math.abs(lowest)),
        );
      });
    });
    fc.assert(property);
  });

  it('never goes up, and stays in the set', () => {
    let last = Infinity;
    const problem = rosenbrock(0.7);
    for (const stepsMax of [0, 1, 2, 5, 10, 20]) {
      const { point, value } = minimizeSmooth(problem, { start: Float64Array.of(3, 3), stepsMax });
      assert.ok(value <= last && point[0]! <= 0.7);
      last = value;
    }
  });

  it('turns back from where there is no value', () => {
    const problem: SmoothProblem = {
      value: (point, gradient) => {
        gradient[0] = 1 - 1 / point[0]!;
        return point[0]! > 0 ? point[0]! - Math.log(point[0]!) : Infinity;
      },
      project: () => {},
    };
    const { point } = minimizeSmooth(problem, { start: Float64Array.of(8) });
    assert.ok(Math.abs(point[0]! - 1) < 1e-6);
  });

  it('ends when the time is over', () => {
    let looks = 0;
    const isOver = (): boolean => looks++ >= 3;
    const { steps, isStationary } = minimizeSmooth(rosenbrock(9), {
      start: Float64Array.of(-1.2, 1),
      isOver,
    });
    assert.ok(!isStationary && steps >= 3);
  });
});

describe('what L-BFGS knows of the Hessian', () => {
  it('takes the last step to what it changed of the gradient', () => {
    const hessian = new CompactHessian(3);
    const pairs = [
      [Float64Array.of(1, 0, 1), Float64Array.of(2, 0, 5)],
      [Float64Array.of(0, 1, 1), Float64Array.of(0, 3, 5)],
      [Float64Array.of(1, 1, 0), Float64Array.of(2, 3, 0)],
      [Float64Array.of(1, -1, 2), Float64Array.of(2, -3, 10)],
    ] as const;
    for (const [step, change] of pairs) {
      hessian.learn(step, change);
      hessian.times(step).forEach((one, index) => {
        assert.ok(Math.abs(one - change[index]!) < 1e-9);
      });
    }
  });

  it('learns nothing from a step along which the gradient does not grow', () => {
    const hessian = new CompactHessian(3);
    hessian.learn(Float64Array.of(1, 0), Float64Array.of(-1, 0));
    assert.ok(hessian.isEmpty);
    hessian.learn(Float64Array.of(1, 0), Float64Array.of(2, 1));
    const direction = Float64Array.of(0.3, -4);
    assert.ok(dot(direction, hessian.times(direction)) > 0, 'the model has a least');
  });
});
