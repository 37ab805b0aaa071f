import type { IntervalWidth } from '../demand/calibration/predictive-spread.ts';
import { floorOf } from '../demand/calibration/predictive-spread.ts';
import { quantile, weightedQuantile } from './score.ts';

/*
 * Problem: intervals that hold 80 % of what they speak of, for sources that no fit has seen, and are
 * wide only where a prediction is unsure.
 * Method: a prediction's size s is that of its coefficients' spreads, of what every prediction is
 * off, and of its doublings; the two ends, in units of s, are the tenth and the ninetieth percentile
 * of left-out errors, and further apart where they would not hold for sources that had no say.
 * Only the ends are fitted: parts of s that were chosen by their score on some sources did worse on
 * others.
 * Reference: scores are those of Gneiting, Raftery, JASA 2007, section 6.2; ends by errors of what was
 * left out are those of conformal prediction (Vovk et al., Algorithmic Learning in a Random World,
 * 2005), over sources rather than rows.
 */

/** Of intervals that hold 80 % of what they speak of, ends leave out a tenth each. */
const TAIL = 0.1;
/** What a prediction is off whatever its coefficients: the least that any source's own fit leaves. */
const FLOOR = 0.1;
/** A thousand devices or requests are off by another fifth. */
const DOUBLING = 0.02;
/** Rows of a source that count as much as half of any number: they are off together. */
const FAMILY_ROWS = 20;
/**
 * What the model's other quantities count as, all together, of a family with any number of rows: next
 * to nothing beside several families, and most where a few rows are all that there is.
 */
const RELATED_FAMILIES = 0.2;
/** No more than so much wider for that; as much where a single family says nothing of others. */
const SCALE_MAX = 1.25;
/** An end is never at the prediction itself. */
const END_MIN = 1e-3;

/** A prediction of a left-out family: its error ln(predicted / measured), and what s is made of. */
export type SpreadError = {
  readonly error: number;
  /** Of the coefficients. */
  readonly spread: number;
  readonly doublings: number;
  readonly family: string;
};

/** Where an interval of ln(measured / predicted) ends. */
export type Ends = { readonly low: number; readonly high: number };

/**
 * The width whose ends hold 80 % of some errors, each family's rows together counting as a few, and
 * 80 % of those of families that were not asked for them: ends by few families are too near. Where
 * families are few, errors of related quantities, in units of their own s, say what ends are like.
 */
export function intervalWidth(
  errors: readonly SpreadError[],
  related: readonly SpreadError[],
): IntervalWidth {
  const width = widthOf(errors, related);
  const weighted = weights(errors);
  const needed = [...new Set(errors.map(({ family }) => family))].flatMap((family) => {
    const [others, relatives] = [errors, related].map((all) =>
      all.filter((one) => one.family !== family),
    ) as [SpreadError[], SpreadError[]];
    if (others.length + relatives.length === 0) return [];
    const ofOthers = widthOf(others, relatives);
    return errors.flatMap((one, index) =>
      one.family === family
        ? [{ value: scaleTo(one.error, endsOf(one, ofOthers)), weight: weighted[index]! }]
        : [],
    );
  });
  const asked = needed.length === 0 ? SCALE_MAX : weightedQuantile(needed, 1 - 2 * TAIL);
  const scale = Math.min(SCALE_MAX, Math.max(1, asked));
  return { ...width, below: width.below * scale, above: width.above * scale };
}

function widthOf(errors: readonly SpreadError[], related: readonly SpreadError[]): IntervalWidth {
  const parts = { floor: FLOOR, doubling: DOUBLING };
  const [own, others] = [weights(errors), weights(related)];
  const share = RELATED_FAMILIES / others.reduce((sum, one) => sum + one, 0);
  const weighted = [...own, ...others.map((one) => share * one)];
  const away = [...errors, ...related].map((one, index) => ({
    value: -one.error / sizeOf(one, parts),
    weight: weighted[index]!,
  }));
  return {
    ...parts,
    below: Math.min(-END_MIN, weightedQuantile(away, TAIL)),
    above: Math.max(END_MIN, weightedQuantile(away, 1 - TAIL)),
  };
}

/** By which factor an interval must grow to hold an error. */
function scaleTo(error: number, { low, high }: Ends): number {
  return -error < 0 ? -error / low : -error / high;
}

function weights(errors: readonly SpreadError[]): readonly number[] {
  const counts = new Map<string, number>();
  for (const { family } of errors) counts.set(family, (counts.get(family) ?? 0) + 1);
  return errors.map(({ family }) => 1 / (counts.get(family)! + FAMILY_ROWS));
}

/** The interval of one prediction. */
export function endsOf(one: Omit<SpreadError, 'error' | 'family'>, width: IntervalWidth): Ends {
  const size = sizeOf(one, width);
  return { low: width.below * size, high: width.above * size };
}

function sizeOf(
  { spread, doublings }: Pick<SpreadError, 'spread' | 'doublings'>,
  parts: Pick<IntervalWidth, 'floor' | 'doubling'>,
): number {
  return Math.hypot(spread, floorOf(parts, doublings));
}

/** An error, and the interval that the prediction came with. */
export type Claim = {
  readonly error: number;
  readonly ends: Ends;
  /** What it would have come with if all intervals were alike. */
  readonly alike: Ends;
};

/** The share of claims that hold. */
export function coverage(claims: readonly Claim[]): number {
  return claims.filter(holds).length / claims.length;
}

function holds({ error, ends: { low, high } }: Claim): boolean {
  return -error >= low && -error <= high;
}

/** Interval score, the mean over claims: the width, and 2/0.2 times how far beyond it what is outside lies. */
export function meanScore(claims: readonly Claim[]): number {
  const scores = claims.map(({ error, ends: { low, high } }) => {
    const outside = Math.max(0, low + error, -error - high);
    return high - low + outside / TAIL;
  });
  return scores.reduce((sum, one) => sum + one, 0) / claims.length;
}

/**
 * The same claims with intervals that are all alike, which hold for as many of them: what intervals
 * must beat that say where they are unsure.
 */
export function ofConstantWidth(claims: readonly Claim[]): readonly Claim[] {
  const needed = claims.map(({ error, alike }) => scaleTo(error, alike));
  const last = Math.max(0, claims.filter(holds).length - 1);
  const scale = quantile(needed, last / Math.max(1, needed.length - 1));
  return claims.map(({ error, alike }) => {
    const ends = { low: alike.low * scale, high: alike.high * scale };
    return { error, ends, alike: ends };
  });
}

/** The interval that a width gives to a prediction like all others: of their mean size. */
export function meanEnds(all: readonly Ends[]): Ends {
  const mean = (end: (ends: Ends) => number) =>
    all.reduce((sum, ends) => sum + end(ends), 0) / all.length;
  return { low: mean((ends) => ends.low), high: mean((ends) => ends.high) };
}
