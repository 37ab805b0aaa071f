import type { Coefficients, FittedModel, Predictor } from '../demand/calibration/fitted-model.ts';
import type { Measurement } from '../demand/calibration/measurement.ts';

/** A measurement that a model can say something of. */
export type MeasuredCase = {
  readonly measurement: Measurement;
  readonly predict: Predictor;
  /** ln(predicted / measured) with some coefficients. */
  readonly error: (coefficients: Coefficients) => number;
};

export type UnusableCase = { readonly measurement: Measurement; readonly reason: string };

/** What of some measurements a model can use, and why not the rest. */
export function measuredCases(
  model: FittedModel,
  measurements: readonly Measurement[],
): { readonly cases: readonly MeasuredCase[]; readonly unusable: readonly UnusableCase[] } {
  const cases: MeasuredCase[] = [];
  const unusable: UnusableCase[] = [];
  for (const measurement of measurements) {
    const { work, quantity, value } = measurement;
    if (!model.quantities.includes(quantity)) continue;
    const predict = model.predictor(work, quantity);
    if (typeof predict === 'string') unusable.push({ measurement, reason: predict });
    else cases.push({ measurement, predict, error: (at) => Math.log(predict(at) / value) });
  }
  return { cases, unusable };
}
