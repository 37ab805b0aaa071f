import type { FittedModel } from '../demand/calibration/fitted-model.ts';
import { kindOfModel, widthFor, widthKey } from '../demand/calibration/interval-width.ts';
import type { ErrorShares } from '../demand/calibration/learn-from-measurement.ts';
import type { Measurement } from '../demand/calibration/measurement.ts';
import type { Fitted } from '../demand/calibration/predictive-spread.ts';
import { crossValidate, type LeftOut } from './cross-validate.ts';
import { errorShares, taskError } from './error-shares.ts';
import { fitModel } from './fit-model.ts';
import { type Ends, endsOf, intervalWidth, type SpreadError } from './interval-widths.ts';
import { type Judged, memoryEnds, spreadOf } from './judged.ts';
import { type MeasuredCase, measuredCases, type UnusableCase } from './measured-cases.ts';

/** One model, fitted, with what it says of families that a fit did not see. */
export type Calibrated = {
  readonly model: FittedModel;
  readonly fitted: Fitted;
  readonly cases: readonly MeasuredCase[];
  /** Each family by a fit, and with intervals, that did not see it. */
  readonly leftOut: readonly Judged[];
  readonly unusable: readonly UnusableCase[];
};

/** A fit to all measurements, and intervals by what fits without a family say of it. */
export function calibrate(model: FittedModel, measurements: readonly Measurement[]): Calibrated {
  const { cases, unusable } = measuredCases(model, measurements);
  const fit = fitModel(model, cases);
  const errors = crossValidate(
    model,
    cases,
    ({ measurement }) => measurement.family,
    fit.coefficients,
  ).map((one) => ({ ...one, ...spreadOf(one.of, fit), family: one.of.measurement.family }));
  return {
    model,
    fitted: { ...fit, widths: widthsOf(errors), shares: sharesOf(model, errors) },
    cases,
    leftOut: withOthersEnds(errors).map((one) => ({
      ...one,
      ends: memoryEnds(one.of, fit.coefficients) ?? one.ends,
    })),
    unusable,
  };
}

/** Quantities that no task has an error of its own in. */
const NO_TASK: ReadonlySet<string> = new Set(['training-hours', 'time-to-first-token']);

/**
 * What a measurement of a task tells elsewhere. Memory was measured on one device alone; what programs
 * allocate does not depend on it.
 */
function sharesOf({ name }: FittedModel, errors: readonly LeftOutError[]): ErrorShares {
  const told = errors
    .map(({ of: { measurement }, error }) => taskError(measurement, error))
    .filter(({ error, quantity }) => error !== 0 && !NO_TASK.has(quantity));
  return errorShares(told, name === 'memory' ? ['task'] : ['task', 'generation', 'device']);
}

/** Of predictions that are all as unsure. */
const ALIKE = { spread: 0, doublings: 0 };

type LeftOutError = LeftOut & SpreadError;

/** Errors with intervals as wide as those of all other families ask for; none where there are no others. */
function withOthersEnds(errors: readonly LeftOutError[]): readonly Judged[] {
  const families = Map.groupBy(errors, ({ family }) => family);
  return [...families].flatMap(([family, own]) => {
    const others = errors.filter((one) => one.family !== family);
    const widths = widthsOf(others);
    const alikeWidths = widthsOf(others.map((one) => ({ ...one, ...ALIKE })));
    const ends = (one: LeftOutError, all: Fitted['widths']): Ends | null => {
      const { quantity, work } = one.of.measurement;
      const width = widthFor({ widths: all }, quantity, work.model);
      return width === undefined ? null : endsOf(one, width);
    };
    return own.map((one) => ({
      ...one,
      ends: ends(one, widths),
      alike: ends({ ...one, ...ALIKE }, alikeWidths),
    }));
  });
}

/** Fewer rows of a kind say less than all kinds together. */
const KIND_ROWS_MIN = 30;

/** By quantity that has them, and by kind of model where there are enough rows. */
function widthsOf(errors: readonly LeftOutError[]): Fitted['widths'] {
  const byWidth = errors.filter(({ of }) => of.measurement.quantity !== 'peak-memory');
  const byQuantity = Map.groupBy(byWidth, ({ of }) => of.measurement.quantity);
  const byKind = Map.groupBy(byWidth, ({ of: { measurement } }) =>
    widthKey(measurement.quantity, kindOfModel(measurement.work.model)),
  );
  const enough = [...byKind].filter(([, own]) => own.length >= KIND_ROWS_MIN);
  return Object.fromEntries(
    [...byQuantity, ...enough].map(([key, own]) => {
      const related = byWidth.filter((one) => !own.includes(one));
      return [key, intervalWidth(own, related)];
    }),
  );
}
