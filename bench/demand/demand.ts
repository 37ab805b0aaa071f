import { intervalScore } from '../../src/core/calibrate/evaluate.ts';
import type { Judged } from '../../src/core/calibrate/judged.ts';
import type { Score } from '../../src/core/calibrate/score.ts';
import { kindOfModel } from '../../src/core/demand/calibration/interval-width.ts';
import type { Measurement, Quantity } from '../../src/core/demand/calibration/measurement.ts';
import { type Figure, figureOf } from '../figure.ts';
import type { FigureName } from '../limits.ts';
import { median } from '../statistics.ts';
import { afterMeasurement } from './after-measurement.ts';
import { constantMfuErrors } from './constant-mfu.ts';
import { type LeftOutErrors, leftOutErrors, publishedMeasurements } from './left-out.ts';
import { groupScores } from './macro.ts';
import { questionsPerSecond } from './questions.ts';

/** Quantities of which an error, its 90th percentile and its bias are shown. */
type ErrorName =
  | ('training' | 'experts' | 'generation' | 'tpot')
  | ('offline' | 'images' | 'memory' | 'hours');
/** Quantities whose intervals are judged. */
type IntervalName = 'training' | 'tpot' | 'ttft' | 'images';

/** What a quantity is made of, and of which models. */
type Part = {
  readonly quantities: readonly Quantity[];
  readonly models?: 'dense' | 'mixture of experts';
};

const PARTS = {
  training: { quantities: ['training-tokens'], models: 'dense' },
  experts: { quantities: ['training-tokens'], models: 'mixture of experts' },
  tpot: { quantities: ['time-per-token'] },
  offline: { quantities: ['output-tokens'] },
  images: { quantities: ['samples', 'training-samples'] },
  memory: { quantities: ['peak-memory'] },
  hours: { quantities: ['training-hours'] },
} as const satisfies Readonly<Record<Exclude<ErrorName, 'generation'>, Part>>;

const INTERVALS: Readonly<Record<IntervalName, Part>> = {
  training: { quantities: ['training-tokens'] },
  tpot: { quantities: ['time-per-token'] },
  ttft: { quantities: ['time-to-first-token'] },
  images: PARTS.images,
};

/** The figure of some values, by their median; none where there are no values. */
type Measured = (name: FigureName, values: readonly number[]) => readonly Figure[];

/**
 * How well the estimate predicts published measurements of sources that it has not seen, and how many
 * questions it answers a second. Where the measurements are not there, only the last.
 */
export async function benchDemand(machine: string): Promise<Figure[]> {
  const measured: Measured = (name, values) =>
    values.length === 0 ? [] : [figureOf(name, values, median, machine)];
  const measurements = publishedMeasurements();
  return [
    ...(measurements === null ? [] : errorFigures(measurements, measured)),
    ...measured('demand.questions', questionsPerSecond()),
  ];
}

function errorFigures(measurements: readonly Measurement[], measured: Measured): Figure[] {
  const { bySource, byGeneration, fits } = leftOutErrors(measurements);
  const scoresOf = (part: Part): readonly Score[] =>
    groupScores(
      partOf(bySource, part).map(({ of, error }) => ({ group: of.measurement.family, error })),
    );
  const parts = Object.entries(PARTS) as [ErrorName, Part][];
  const intervals = Object.entries(INTERVALS) as [IntervalName, Part][];
  const ofHours = intervalScore(partOf(bySource, PARTS.hours));
  return [
    ...parts.flatMap(([name, part]) => scoreFigures(name, scoresOf(part), measured)),
    ...scoreFigures('generation', groupScores(byGeneration), measured),
    ...ruleFigures(measurements, scoresOf(PARTS.training), measured),
    ...measured('demand.states', medians(scoresOf({ quantities: ['model-states'] }))),
    ...measured('demand.cache', medians(scoresOf({ quantities: ['cache-per-token'] }))),
    ...fitFigures(fits, measured),
    ...intervals.flatMap(([name, part]) => intervalFigures(name, partOf(bySource, part), measured)),
    ...measured('demand.measured', afterMeasurement(bySource, 'any')),
    ...measured('demand.measured-near', afterMeasurement(bySource, 'near')),
    ...measured('demand.measured-far', afterMeasurement(bySource, 'far')),
    ...measured('demand.hours-inside', ofHours === null ? [] : [100 * ofHours.coverage]),
  ];
}

function partOf(judged: readonly Judged[], { quantities, models }: Part): readonly Judged[] {
  return judged.filter(({ of: { measurement } }) => {
    const isKind = models === undefined || kindOfModel(measurement.work.model) === models;
    return isKind && quantities.includes(measurement.quantity);
  });
}

function medians(scores: readonly Score[]): readonly number[] {
  return scores.map((score) => score.median);
}

function scoreFigures(
  name: ErrorName,
  scores: readonly Score[],
  measured: Measured,
): readonly Figure[] {
  const [p90s, biases] = [scores.map(({ p90 }) => p90), scores.map(({ bias }) => bias)];
  return [
    ...measured(`demand.${name}`, medians(scores)),
    ...measured(`demand.${name}-p90`, p90s),
    ...measured(`demand.${name}-bias`, biases),
  ];
}

/** The usual rule on the same rows, each family by all others. */
function ruleFigures(
  measurements: readonly Measurement[],
  own: readonly Score[],
  measured: Measured,
): readonly Figure[] {
  const rows = measurements.filter(
    ({ quantity, work }) => quantity === 'training-tokens' && kindOfModel(work.model) === 'dense',
  );
  const errors = constantMfuErrors(rows).map(({ family, error }) => ({ group: family, error }));
  const rule = medians(groupScores(errors));
  if (rule.length === 0 || own.length === 0) return [];
  return [
    ...measured('demand.constant-mfu', rule),
    ...measured('demand.training-vs-mfu', [median(medians(own)) / median(rule)]),
  ];
}

function fitFigures(
  { falseFits, falseRefusals, ran }: LeftOutErrors['fits'],
  measured: Measured,
): readonly Figure[] {
  return [
    ...measured('demand.false-fits', [falseFits.length]),
    ...measured('demand.false-refusals', ran === 0 ? [] : [(100 * falseRefusals.length) / ran]),
  ];
}

function intervalFigures(
  name: IntervalName,
  judged: readonly Judged[],
  measured: Measured,
): readonly Figure[] {
  const found = intervalScore(judged);
  if (found === null) return [];
  const inside = 100 * found.coverage;
  return [
    ...measured(`demand.${name}-inside`, [inside]),
    ...measured(`demand.${name}-inside-most`, [inside]),
    ...measured(`demand.${name}-score`, [found.score / found.constantScore]),
  ];
}
