import type { FittedModel } from '../demand/calibration/fitted-model.ts';
import { kindOfModel, type ModelKind, widthFor } from '../demand/calibration/interval-width.ts';
import type { Measurement } from '../demand/calibration/measurement.ts';
import type { Fitted } from '../demand/calibration/predictive-spread.ts';
import { spreadError } from './calibrate.ts';
import { constantWidth, coverage, meanScore } from './interval-widths.ts';
import { type MeasuredCase, measuredCases, type UnusableCase } from './measured-cases.ts';
import { macroMedian, type Score, scoreOf } from './score.ts';

/** How good predictions of one quantity are, of dense models and of mixtures of experts apart. */
export type QuantityScore = {
  readonly quantity: string;
  readonly kind: string;
  /** Over all rows. */
  readonly all: Score;
  /** The median of the medians of families with eight rows or more; NaN where there is none. */
  readonly macroMedian: number;
  /** Share of rows inside their 80 % interval; null where the quantity has none. */
  readonly coverage: number | null;
  /** Mean interval score, and that of the best constant width on these very rows. */
  readonly intervalScore: number | null;
  readonly constantScore: number | null;
  readonly families: readonly (Score & { readonly family: string })[];
  readonly worst: readonly WorstRow[];
};

export type WorstRow = {
  readonly id: string;
  readonly family: string;
  readonly model: string;
  readonly accelerator: string;
  readonly measured: number;
  readonly predicted: number;
};

/** A case with an error ln(predicted / measured): by the product's fit, or left out. */
export type Judged = { readonly of: MeasuredCase; readonly error: number };

export const WORST_ROWS = 10;

/** Scores by quantity and kind, of whatever errors. */
export function scoresOf(judged: readonly Judged[], fitted: Fitted): readonly QuantityScore[] {
  const groups = Map.groupBy(judged, ({ of }) => `${of.measurement.quantity} ${kindOf(of)}`);
  return [...groups.values()].map((own) => scoreOfGroup(own, fitted));
}

function kindOf({ measurement: { work } }: MeasuredCase): ModelKind {
  return kindOfModel(work.model);
}

function scoreOfGroup(own: readonly Judged[], fitted: Fitted): QuantityScore {
  const { of: first } = own[0]!;
  const { quantity } = first.measurement;
  const width = widthFor(fitted, quantity, first.measurement.work.model);
  const errors = own.map((one) => spreadError(fitted, one));
  const families = [...Map.groupBy(own, ({ of }) => of.measurement.family)]
    .map(([family, rows]) => ({ family, ...scoreOf(rows.map(({ error }) => error)) }))
    .sort((one, other) => other.rows - one.rows);
  const byError = own.toSorted((one, other) => Math.abs(other.error) - Math.abs(one.error));
  return {
    quantity,
    kind: kindOf(first),
    all: scoreOf(own.map(({ error }) => error)),
    macroMedian: macroMedian(families),
    coverage: width === undefined ? null : coverage(errors, width),
    intervalScore: width === undefined ? null : meanScore(errors, width),
    constantScore: width === undefined ? null : meanScore(errors, constantWidth(errors)),
    families,
    worst: byError.slice(0, WORST_ROWS).map(({ of: { measurement }, error }) => ({
      id: measurement.id,
      family: measurement.family,
      model: measurement.work.model.name,
      accelerator: measurement.work.accelerator,
      measured: measurement.value,
      predicted: measurement.value * Math.exp(error),
    })),
  };
}

export type Evaluation = {
  readonly scores: readonly QuantityScore[];
  readonly unusable: readonly UnusableCase[];
};

/** What the product's coefficients say of some measurements; nothing is fitted. */
export function evaluate(
  models: readonly { readonly model: FittedModel; readonly fitted: Fitted }[],
  measurements: readonly Measurement[],
): Evaluation {
  const parts = models.map(({ model, fitted }) => {
    const { cases, unusable } = measuredCases(model, measurements);
    const judged = cases.map((of) => ({ of, error: of.error(fitted.coefficients) }));
    return { scores: scoresOf(judged, fitted), unusable };
  });
  return {
    scores: parts.flatMap(({ scores }) => scores),
    unusable: parts.flatMap(({ unusable }) => unusable),
  };
}
