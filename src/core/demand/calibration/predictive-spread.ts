import type { Coefficients } from './fitted-model.ts';
import type { ErrorShares } from './learn-from-measurement.ts';

/** A model with what measurements made of it. */
export type Fitted = {
  readonly coefficients: Coefficients;
  /** Standard deviations of the coefficients' logarithms. */
  readonly spreads: Coefficients;
  /** By quantity: how wide an 80 % interval is. */
  readonly widths: { readonly [quantity: string]: IntervalWidth };
  /** What errors of one task have in common. */
  readonly shares: ErrorShares;
};

/** The ends of an 80 % interval are predicted · exp(below · s) and predicted · exp(above · s). */
export type IntervalWidth = {
  /** Part of s that does not depend on coefficients: what every prediction is off. */
  readonly floor: number;
  /** Part of s for each doubling of what works together (see `doublingsOf`). */
  readonly doubling: number;
  /** Below 0, and above. */
  readonly below: number;
  readonly above: number;
};

const STEP = 1e-3;

/** The part of s that coefficients do not tell, of work with so many doublings. */
export function floorOf(
  { floor, doubling }: Pick<IntervalWidth, 'floor' | 'doubling'>,
  doublings: number,
): number {
  return Math.hypot(floor, doubling * doublings);
}

/** Without those of other devices and engines, `name:scope`, which have no say in a prediction. */
export function spreadsWithin(spreads: Coefficients, scopes: readonly string[]): Coefficients {
  const own: { [name: string]: number } = {};
  for (const name in spreads) {
    const at = name.indexOf(':');
    if (at < 0 || scopes.includes(name.slice(at + 1))) own[name] = spreads[name]!;
  }
  return own;
}

/**
 * How unsure a prediction is of itself: the standard deviation s of its logarithm, from the spreads
 * of the coefficients that it depends on, to first order. Those that no measurement told much of, as
 * a new generation's, or a network's rate, make it wide.
 */
export function predictiveSpread<C extends Coefficients>(
  predict: (coefficients: C) => number,
  { coefficients, spreads }: { readonly coefficients: C; readonly spreads: C },
  floor: number,
): number {
  const middle = Math.log(predict(coefficients));
  const moved: { [name: string]: number } = { ...coefficients };
  let variance = floor * floor;
  for (const name in spreads) {
    const before = moved[name]!;
    moved[name] = before * Math.exp(STEP);
    const slope = (Math.log(predict(moved as C)) - middle) / STEP;
    moved[name] = before;
    variance += (slope * spreads[name]!) ** 2;
  }
  return Math.sqrt(variance);
}
