import type { MeasuredWork, Quantity } from './measurement.ts';

/** A positive number that physics does not give: a share of a peak, a latency, a rate. */
export type Prior = {
  readonly name: string;
  /** What it is without any measurement. */
  readonly mid: number;
  /**
   * How far measurements may pull it, as the standard deviation of its logarithm: 0.1 is about
   * ten per cent.
   */
  readonly spread: number;
};

/** By name. */
export type Coefficients = { readonly [name: string]: number };

/** What turns work into seconds, bytes or rates, with coefficients that are fitted. */
export type FittedModel = {
  readonly name: string;
  readonly quantities: readonly Quantity[];
  readonly priors: readonly Prior[];
  /**
   * What predicts a quantity of some work, in its unit, from coefficients: everything that does not
   * depend on them is done once, since a fit asks a million times. A sentence where the work does
   * not say enough.
   */
  readonly predictor: (work: MeasuredWork, quantity: Quantity) => Predictor | string;
};

export type Predictor = (coefficients: Coefficients) => number;

/** Why a time cannot be told of work that names no device. */
export const NO_DEVICE = 'it is on no known accelerator';
