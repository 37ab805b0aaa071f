import type { SmoothProblem } from '../optimize/continuous/minimize-smooth.ts';

const STEP = 1e-5;

/** A loss whose slopes are taken by differences, over points that are between ±bound in each part. */
export function withinBounds(loss: (point: Float64Array) => number, bound: number): SmoothProblem {
  return {
    value: (point, gradient) => {
      const value = loss(point);
      for (let index = 0; index < point.length; index++) {
        const before = point[index]!;
        point[index] = before + STEP;
        gradient[index] = (loss(point) - value) / STEP;
        point[index] = before;
      }
      return value;
    },
    project: (point) =>
      point.forEach((one, index) => (point[index] = Math.min(bound, Math.max(-bound, one)))),
  };
}
