import {
  type ErrorShares,
  errorCorrelation,
  type Kinship,
  NO_SHARES,
} from '../demand/calibration/learn-from-measurement.ts';
import type { Measurement } from '../demand/calibration/measurement.ts';
import { minimizeSmooth } from '../optimize/continuous/minimize-smooth.ts';
import { quantile } from './score.ts';
import { withinBounds } from './within-bounds.ts';

/*
 * Problem: which shares of the variance of an estimate's error all set-ups of a task have in common,
 * which those on one generation of devices, and which those on one device.
 * Method: two errors of one task are Student's t of 4 degrees together, with a scale for each source
 * and quantity, correlated by the shares that they have in common; the most likely shares for all
 * pairs of errors of fits that did not see the source, by projected L-BFGS over their log-odds. A row
 * counts once however many it is paired with, and all rows of a source as a few.
 * Complexity: steps × shares × pairs.
 * Reference: pairwise likelihood of Cox and Reid, Biometrika 2004; nested random effects as in Pinheiro
 * and Bates, Mixed-Effects Models in S and S-PLUS, 2000, chapter 2.
 */

/** An error ln(predicted / measured), and what it may share with others. */
export type TaskError = {
  readonly error: number;
  /** Same source, release, model, format, lengths and method. */
  readonly task: string;
  readonly family: string;
  readonly quantity: string;
  readonly generation: string;
  readonly device: string;
};

/** What one left-out prediction says; the batch and the layout are a set-up's own. */
export function taskError(
  { family, source, quantity, work }: Measurement,
  error: number,
): TaskError {
  const { model, device, precision, operands, method, engine } = work;
  const { sequenceLength, inputTokens, outputTokens } = work;
  const lengths = [sequenceLength, inputTokens, outputTokens];
  return {
    error,
    task: JSON.stringify([
      source,
      quantity,
      model.name,
      precision,
      operands,
      method,
      engine,
      ...lengths,
    ]),
    family,
    quantity,
    generation: device?.generation ?? '',
    device: device?.name ?? '',
  };
}

type Share = keyof ErrorShares;
type Pair = {
  readonly one: number;
  readonly other: number;
  readonly kinship: Exclude<Kinship, 'set-up'>;
  readonly weight: number;
};

/** Of Student's t: as heavy tails as errors have. */
const FREEDOM = 4;
/** Half of its values are within this. */
const QUARTILE = 0.7407;
/** Rows that a source counts as, however many it has. */
const FAMILY_ROWS = 9;
const ODDS_MAX = 6;
/** Of log-odds: where no pair tells them, shares stay equal. */
const RIDGE = 1e-3;

/** The most likely shares; those that are not asked for are none. */
export function errorShares(errors: readonly TaskError[], parts: readonly Share[]): ErrorShares {
  const pairs = pairsOf(errors);
  const at = (odds: Float64Array): ErrorShares => {
    const sizes = Array.from(odds, Math.exp);
    const all = 1 + sizes.reduce((sum, size) => sum + size, 0);
    return { ...NO_SHARES, ...Object.fromEntries(parts.map((part, i) => [part, sizes[i]! / all])) };
  };
  const loss = (odds: Float64Array): number => {
    const shares = at(odds);
    let sum = 0;
    for (const one of odds) sum += RIDGE * one * one;
    for (const pair of pairs)
      sum -= pair.weight * logDensity(pair, errorCorrelation(shares, pair.kinship));
    return sum;
  };
  const start = new Float64Array(parts.length);
  const options = { start, tolerance: 1e-3, progressMin: 1e-5 };
  const { point } = minimizeSmooth(withinBounds(loss, ODDS_MAX), options);
  return at(point);
}

/** Of two values of Student's t, each of scale 1, but for a constant. */
function logDensity({ one, other }: Pair, correlation: number): number {
  const rest = 1 - correlation * correlation;
  const distance = (one * one - 2 * correlation * one * other + other * other) / rest;
  return -Math.log(rest) / 2 - ((FREEDOM + 2) / 2) * Math.log1p(distance / FREEDOM);
}

function pairsOf(errors: readonly TaskError[]): readonly Pair[] {
  const counts = Map.groupBy(errors, ({ family }) => family);
  const scales = scalesOf(errors);
  return [...Map.groupBy(errors, ({ family, task }) => `${family} ${task}`).values()].flatMap(
    (rows) =>
      rows.flatMap((one, index) =>
        rows.slice(index + 1).map((other): Pair => {
          const scale = scales.get(scaleKey(one))!;
          const ofFamily = FAMILY_ROWS / (counts.get(one.family)!.length + FAMILY_ROWS);
          return {
            one: one.error / scale,
            other: other.error / scale,
            kinship: kinshipOf(one, other),
            weight: ofFamily / (rows.length - 1),
          };
        }),
      ),
  );
}

function scalesOf(errors: readonly TaskError[]): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(errors, scaleKey)].map(([key, rows]) => {
      const middle = quantile(
        rows.map(({ error }) => Math.abs(error)),
        0.5,
      );
      return [key, Math.max(Number.EPSILON, middle / QUARTILE)];
    }),
  );
}

function scaleKey({ family, quantity }: TaskError): string {
  return `${family} ${quantity}`;
}

export function kinshipOf(one: TaskError, other: TaskError): Pair['kinship'] {
  if (one.device === other.device) return 'device';
  return one.generation === other.generation ? 'generation' : 'task';
}
