import type { FittedModel } from '../demand/calibration/fitted-model.ts';
import { kindOfModel } from '../demand/calibration/interval-width.ts';
import type { Measurement } from '../demand/calibration/measurement.ts';
import type { Fitted } from '../demand/calibration/predictive-spread.ts';
import { type Claim, coverage, meanEnds, meanScore, ofConstantWidth } from './interval-widths.ts';
import { type FitScore, judgeFits } from './judge-fits.ts';
import { type Judged, judge } from './judged.ts';
import { measuredCases, type UnusableCase } from './measured-cases.ts';
import { macroMedian, type Score, scoreOf } from './score.ts';

/** How good predictions of one quantity are, of dense models and of mixtures of experts apart. */
export type QuantityScore = {
  readonly quantity: string;
  readonly kind: string;
  /** Over all rows. */
  readonly all: Score;
  /** The median of the medians of families with eight rows or more; NaN where there is none. */
  readonly macroMedian: number;
  /** Null where no row has an interval. */
  readonly intervals: IntervalScore | null;
  readonly families: readonly (Score & { readonly family: string })[];
  readonly worst: readonly WorstRow[];
};

export type IntervalScore = {
  /** Rows that have one. */
  readonly rows: number;
  /** Share of them inside their 80 % interval. */
  readonly coverage: number;
  /** Mean interval score, and that of intervals all alike that hold for as many of these rows. */
  readonly score: number;
  readonly constantScore: number;
};

export type WorstRow = {
  readonly id: string;
  readonly family: string;
  readonly model: string;
  readonly accelerator: string;
  readonly measured: number;
  readonly predicted: number;
};

export const WORST_ROWS = 10;

/** Scores by quantity and kind. */
export function scoresOf(judged: readonly Judged[]): readonly QuantityScore[] {
  const groups = Map.groupBy(judged, ({ of: { measurement } }) =>
    JSON.stringify([measurement.quantity, kindOfModel(measurement.work.model)]),
  );
  return [...groups].map(([key, own]) => {
    const [quantity, kind] = JSON.parse(key) as [string, string];
    return { quantity, kind, ...scoreOfGroup(own) };
  });
}

function scoreOfGroup(own: readonly Judged[]): Omit<QuantityScore, 'quantity' | 'kind'> {
  const families = [...Map.groupBy(own, ({ of }) => of.measurement.family)]
    .map(([family, rows]) => ({ family, ...scoreOf(rows.map(({ error }) => error)) }))
    .sort((one, other) => other.rows - one.rows);
  const byError = own.toSorted((one, other) => Math.abs(other.error) - Math.abs(one.error));
  return {
    all: scoreOf(own.map(({ error }) => error)),
    macroMedian: macroMedian(families),
    intervals: intervalScore(own),
    families,
    worst: byError.slice(0, WORST_ROWS).map(worstRow),
  };
}

/** Of those that came with an interval. */
export function intervalScore(judged: readonly Judged[]): IntervalScore | null {
  const mean = meanEnds(judged.flatMap(({ ends }) => ends ?? []));
  const claims = judged.flatMap(({ error, ends, alike }): Claim[] =>
    ends === null ? [] : [{ error, ends, alike: alike ?? mean }],
  );
  if (claims.length === 0) return null;
  return {
    rows: claims.length,
    coverage: coverage(claims),
    score: meanScore(claims),
    constantScore: meanScore(ofConstantWidth(claims)),
  };
}

function worstRow({ of: { measurement }, error }: Judged): WorstRow {
  const { id, family, work, value } = measurement;
  return {
    id,
    family,
    model: work.model.name,
    accelerator: work.device?.name ?? 'any',
    measured: value,
    predicted: value * Math.exp(error),
  };
}

export type Evaluation = {
  readonly scores: readonly QuantityScore[];
  /** Whether work that ran was said to fit, and work that did not was not. */
  readonly fits: FitScore;
  readonly unusable: readonly UnusableCase[];
};

const SENSELESS = 'its sizes contradict each other: the estimate of it is no number above zero';

/** What the product's coefficients say of some measurements; nothing is fitted. */
export function evaluate(
  models: readonly { readonly model: FittedModel; readonly fitted: Fitted }[],
  measurements: readonly Measurement[],
): Evaluation {
  const parts = models.map(({ model, fitted }) => {
    const { cases, unusable } = measuredCases(model, measurements);
    const all = cases.map((of) => judge(of, fitted));
    const judged = all.filter(({ error }) => Number.isFinite(error));
    const senseless = all
      .filter(({ error }) => !Number.isFinite(error))
      .map(({ of: { measurement } }) => ({ measurement, reason: SENSELESS }));
    return { judged, unusable: [...unusable, ...senseless] };
  });
  const { fits, unusable } = judgeFits(measurements);
  return {
    scores: scoresOf(parts.flatMap(({ judged }) => judged)),
    fits,
    unusable: [...parts.flatMap((part) => part.unusable), ...unusable],
  };
}
