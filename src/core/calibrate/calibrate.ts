import type { FittedModel } from '../demand/calibration/fitted-model.ts';
import { kindOfModel, widthKey } from '../demand/calibration/interval-width.ts';
import type { Measurement } from '../demand/calibration/measurement.ts';
import { type Fitted, predictiveSpread } from '../demand/calibration/predictive-spread.ts';
import { crossValidate, type LeftOut } from './cross-validate.ts';
import { fitModel } from './fit-model.ts';
import { intervalWidth, type SpreadError } from './interval-widths.ts';
import { type MeasuredCase, measuredCases, type UnusableCase } from './measured-cases.ts';

/** One model, fitted, with what it says of families that a fit did not see. */
export type Calibrated = {
  readonly model: FittedModel;
  readonly fitted: Fitted;
  readonly cases: readonly MeasuredCase[];
  readonly leftOut: readonly LeftOut[];
  readonly unusable: readonly UnusableCase[];
};

/** A fit to all measurements, and intervals by what fits without a family say of it. */
export function calibrate(model: FittedModel, measurements: readonly Measurement[]): Calibrated {
  const { cases, unusable } = measuredCases(model, measurements);
  const { coefficients, spreads } = fitModel(model, cases);
  const leftOut = crossValidate(
    model,
    cases,
    ({ measurement }) => measurement.family,
    coefficients,
  );
  const fit = { coefficients, spreads };
  const widths = widthsOf(leftOut.map((one) => ({ ...one, ...spreadError(fit, one) })));
  return { model, fitted: { ...fit, widths }, cases, leftOut, unusable };
}

/** Fewer rows of a kind say less than all kinds together. */
const KIND_ROWS_MIN = 30;

/** By quantity, and by kind of model where there are enough rows. */
function widthsOf(errors: readonly (LeftOut & SpreadError)[]): Fitted['widths'] {
  const byQuantity = Map.groupBy(errors, ({ of }) => of.measurement.quantity);
  const byKind = Map.groupBy(errors, ({ of: { measurement } }) =>
    widthKey(measurement.quantity, kindOfModel(measurement.work.model)),
  );
  const enough = [...byKind].filter(([, own]) => own.length >= KIND_ROWS_MIN);
  return Object.fromEntries(
    [...byQuantity, ...enough].map(([key, own]) => [key, intervalWidth(own)]),
  );
}

/** A left-out error with the spread of its prediction, but for the floor. */
export function spreadError(
  fit: Pick<Fitted, 'coefficients' | 'spreads'>,
  { of, error }: LeftOut,
): SpreadError {
  return { error, spread: predictiveSpread(of.predict, fit, 0), family: of.measurement.family };
}
