import type { Coefficients, FittedModel } from '../demand/calibration/fitted-model.ts';
import { minimizeSmooth } from '../optimize/continuous/minimize-smooth.ts';
import type { MeasuredCase } from './measured-cases.ts';
import { withinBounds } from './within-bounds.ts';

/*
 * Problem: the coefficients of a model that measurements make most likely, given what was thought of
 * them before.
 * Method: each coefficient is prior · exp(spread · z), and z is found by projected L-BFGS between
 * ±BOUND: Σ z²/2, and for each case Huber's loss of its error over what a good model still is off.
 * All cases of a family together count as a few, since what one source does in its own way, it does
 * in every row; slopes by differences.
 * Complexity: steps × coefficients × cases.
 * Reference: Huber, Robust Estimation of a Location Parameter (1964); shrinkage to a prior is ridge
 * regression (Hoerl, Kennard 1970) in the logarithm.
 */

export type Fit = {
  readonly coefficients: Coefficients;
  /** Standard deviation of each coefficient's logarithm, once measured. */
  readonly spreads: Coefficients;
};

/** Of a prediction: what is left when all coefficients are right. */
const ERROR = 0.15;
/** In units of ERROR: beyond it, a case pulls no harder. 95 % efficient where errors are normal (Huber, 1981). */
const HUBER = 1.345;
/** Cases that a family counts as, however many it has. */
const FAMILY_CASES = 9;
const BOUND = 3;
/** By which a coefficient is moved to see how a case depends on it. */
const STEP = 1e-2;
const STEPS_MAX = 150;

/** The fit, from the priors or from another fit of the same model, which is faster. */
export function fitModel(
  model: FittedModel,
  cases: readonly MeasuredCase[],
  start?: Coefficients,
): Fit {
  const { priors } = model;
  const weights = weightsOf(cases);
  const at = (z: Float64Array): Coefficients =>
    Object.fromEntries(
      priors.map(({ name, mid, spread }, index) => [name, mid * Math.exp(spread * z[index]!)]),
    );
  const loss = (z: Float64Array): number => {
    const coefficients = at(z);
    let sum = 0;
    for (const one of z) sum += (one * one) / 2;
    for (const [index, { error }] of cases.entries())
      sum += weights[index]! * huber(error(coefficients) / ERROR);
    return sum;
  };
  const begin = Float64Array.from(priors, ({ name, mid, spread }) =>
    start === undefined ? 0 : Math.log(start[name]! / mid) / spread,
  );
  const { point } = minimizeSmooth(withinBounds(loss, BOUND), {
    start: begin,
    stepsMax: STEPS_MAX,
    tolerance: 1e-3,
    progressMin: 1e-4,
  });
  return { coefficients: at(point), spreads: spreadsAt(point) };

  /** By the curvature of each coefficient alone: the others are taken as known. */
  function spreadsAt(z: Float64Array): Coefficients {
    return Object.fromEntries(
      priors.map(({ name, spread }, index) => {
        let information = 1;
        const near = z.slice();
        near[index] = z[index]! + STEP;
        const [low, high] = [at(z), at(near)];
        for (const [row, { error }] of cases.entries()) {
          const change = (error(high) - error(low)) / (STEP * ERROR);
          information += weights[row]! * change * change;
        }
        return [name, spread / Math.sqrt(information)];
      }),
    );
  }
}

function huber(error: number): number {
  const size = Math.abs(error);
  return size <= HUBER ? (size * size) / 2 : HUBER * (size - HUBER / 2);
}

/** A family of n cases counts as FAMILY_CASES·n/(n + FAMILY_CASES). */
function weightsOf(cases: readonly MeasuredCase[]): readonly number[] {
  const counts = new Map<string, number>();
  const keyOf = ({ measurement: { family, quantity } }: MeasuredCase) => `${family} ${quantity}`;
  for (const one of cases) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return cases.map((one) => FAMILY_CASES / (counts.get(keyOf(one))! + FAMILY_CASES));
}
