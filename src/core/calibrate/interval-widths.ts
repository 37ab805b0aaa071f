import type { IntervalWidth } from '../demand/calibration/predictive-spread.ts';
import { quantile } from './score.ts';

/** A prediction of a left-out family: its error ln(predicted / measured), and its spread but for a floor. */
export type SpreadError = {
  readonly error: number;
  readonly spread: number;
  readonly family: string;
};

/** Of intervals that hold 80 % of what they speak of, ends leave out a tenth each. */
const TAIL = 0.1;
const FLOORS = [0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 1];

/**
 * The floor whose intervals are best on left-out families, with ends that hold 80 % of their rows.
 * Judged by the interval score (Gneiting, Raftery, JASA 2007, section 6.2): the width, and 2/0.2
 * times how far beyond it what is outside lies.
 */
export function intervalWidth(errors: readonly SpreadError[]): IntervalWidth {
  const widths = FLOORS.map((floor) => widthOf(errors, floor));
  const scores = widths.map((width) => meanScore(errors, width));
  return widths[scores.indexOf(Math.min(...scores))]!;
}

/** The same for every prediction: what a better interval must beat. */
export function constantWidth(errors: readonly SpreadError[]): IntervalWidth {
  return widthOf(
    errors.map((one) => ({ ...one, spread: 0 })),
    1,
  );
}

function widthOf(errors: readonly SpreadError[], floor: number): IntervalWidth {
  // Measured / predicted, in spreads.
  const away = evenly(errors).map(({ error, spread }) => -error / Math.hypot(spread, floor));
  return {
    floor,
    below: Math.min(-1e-3, quantile(away, TAIL)),
    above: Math.max(1e-3, quantile(away, 1 - TAIL)),
  };
}

/** Of a family, so many rows count at most: one source's many rows are off together. */
const FAMILY_ROWS = 40;

function evenly(errors: readonly SpreadError[]): readonly SpreadError[] {
  return [...Map.groupBy(errors, ({ family }) => family).values()].flatMap((own) =>
    own.length <= FAMILY_ROWS
      ? own
      : Array.from(
          { length: FAMILY_ROWS },
          (_, at) => own[Math.floor((at * own.length) / FAMILY_ROWS)]!,
        ),
  );
}

/** Interval score of ln(measured / predicted), the mean over rows. */
export function meanScore(errors: readonly SpreadError[], width: IntervalWidth): number {
  const even = evenly(errors);
  return even.reduce((sum, one) => sum + score(one, width), 0) / even.length;
}

function score({ error, spread }: SpreadError, { floor, below, above }: IntervalWidth): number {
  const size = Math.hypot(spread, floor);
  const [low, high] = [below * size, above * size];
  const outside = Math.max(0, low + error, -error - high);
  return high - low + outside / TAIL;
}

/** The share of rows inside their interval. */
export function coverage(
  errors: readonly SpreadError[],
  { floor, below, above }: IntervalWidth,
): number {
  const inside = errors.filter(({ error, spread }) => {
    const size = Math.hypot(spread, floor);
    return -error >= below * size && -error <= above * size;
  });
  return inside.length / errors.length;
}
