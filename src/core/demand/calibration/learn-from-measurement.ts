import type { Coefficients } from './fitted-model.ts';

/** Coefficients with how unsure they are, and a factor that only this task has. */
export type Belief<C extends Coefficients> = {
  readonly coefficients: C;
  /** Standard deviations of the coefficients' logarithms. */
  readonly spreads: C;
  /** Predictions for this task, on whatever device, are multiplied by it. */
  readonly factor: number;
  /** Standard deviation of its logarithm. */
  readonly factorSpread: number;
};

/** What one measurement of a task on one device was, and what would have been predicted. */
export type Learning<C extends Coefficients> = {
  readonly predict: (coefficients: C) => number;
  readonly measured: number;
};

const STEP = 1e-3;
/** Of one measurement of a user's own: a step's time from run to run. */
const NOISE = 0.02;

/*
 * Problem: what one measurement on one device says of a task on all devices.
 * Method: in logarithms, predictions are nearly linear in the coefficients: the measured difference is
 * shared out among them by how unsure each was and how much the prediction depends on it, and what
 * no coefficient explains is the task's own, wherever it runs.
 * Reference: the update of Bayesian linear regression (Bishop, Pattern Recognition and Machine
 * Learning, 2006, section 3.3.1), with the covariance's diagonal kept.
 */

/** The belief after a measurement; measurements may be learnt one after the other. */
export function learnFromMeasurement<C extends Coefficients>(
  belief: Belief<C>,
  { predict, measured }: Learning<C>,
): Belief<C> {
  const { coefficients, spreads, factor, factorSpread } = belief;
  const middle = Math.log(predict(coefficients));
  const names = Object.keys(spreads);
  const moved: { [name: string]: number } = { ...coefficients };
  const slopes = names.map((name) => {
    const before = moved[name]!;
    moved[name] = before * Math.exp(STEP);
    const slope = (Math.log(predict(moved as C)) - middle) / STEP;
    moved[name] = before;
    return slope;
  });
  const shares = names.map((name, index) => slopes[index]! * spreads[name]! ** 2);
  const variance =
    NOISE ** 2 +
    factorSpread ** 2 +
    shares.reduce((sum, share, index) => sum + share * slopes[index]!, 0);
  const surprise = (Math.log(measured) - middle - Math.log(factor)) / variance;
  const known: { [name: string]: number } = {};
  const surer: { [name: string]: number } = {};
  for (const [index, name] of names.entries()) {
    known[name] = coefficients[name]! * Math.exp(shares[index]! * surprise);
    const left = 1 - (shares[index]! * slopes[index]!) / variance;
    surer[name] = spreads[name]! * Math.sqrt(Math.max(0, left));
  }
  return {
    coefficients: { ...coefficients, ...known },
    spreads: surer as C,
    factor: factor * Math.exp(factorSpread ** 2 * surprise),
    factorSpread: factorSpread * Math.sqrt(Math.max(0, 1 - factorSpread ** 2 / variance)),
  };
}
