import { HOUR_MS, MINUTE_MS } from '../../../base/time.ts';

/**
 * How likely availability is to flip. The chance falls with the age of the run of equal
 * availability, as a power of it would, and by how much all of it is higher or lower at one place
 * at one time is a level that changes now and then, one for each side, of which only its effect is
 * seen: a Markov-modulated renewal process.
 */
export type HazardModel = {
  /** Lower ends of the classes of age, ascending from 0. */
  readonly agesMinutes: readonly number[];
  /** Flips an hour by class of age at level 1: of `absent` (0), of `available` (1). */
  readonly perHour: readonly [readonly number[], readonly number[]];
  /** What a level multiplies the flips by; all are equally likely beforehand. */
  readonly levels: readonly number[];
  /** Mean hours until a level is drawn anew, by side. */
  readonly persistenceH: readonly [number, number];
  /**
   * The same where what is to come is planned: fewer, since a plan takes the levels to be known, and
   * to be all that tells one place and day from another, and so would count on them too far ahead.
   */
  readonly foresightH: readonly [number, number];
};

/** 0: spot cannot be had; 1: it can. */
export type Side = 0 | 1;

export function ageClass(model: HazardModel, ageMs: number): number {
  const { agesMinutes } = model;
  let found = 0;
  while (found + 1 < agesMinutes.length && agesMinutes[found + 1]! * MINUTE_MS <= ageMs) found++;
  return found;
}

/** The chance that availability of this age flips within some time. */
export function flipChance(
  model: HazardModel,
  at: { readonly side: Side; readonly age: number; readonly level: number },
  ms: number,
): number {
  const perHour = model.perHour[at.side][at.age]! * model.levels[at.level]!;
  return 1 - Math.exp((-perHour * ms) / HOUR_MS);
}

/** The chance that a run which does not flip in that time is in the next class of age after it. */
export function ageingChance(model: HazardModel, age: number, ms: number): number {
  const [from, to] = [model.agesMinutes[age]!, model.agesMinutes[age + 1]];
  return to === undefined ? 0 : Math.min(1, ms / ((to - from) * MINUTE_MS));
}

/** A run of availability or absence that goes on: how old it is, and what multiplies its flips. */
export type Run = { readonly side: Side; readonly ageMs: number; readonly level: number };

/**
 * How long it will be in the mean until the first of some runs ends, or `withinMs` if none does
 * before; and the chance of each that it is the one to end.
 */
export function firstToEnd(
  model: HazardModel,
  runs: readonly Run[],
  withinMs: number,
): { readonly ms: number; readonly chances: readonly number[] } {
  const chances = runs.map(() => 0);
  let [ms, passedMs, left] = [0, 0, 1];
  while (passedMs < withinMs) {
    const ages = runs.map(({ ageMs }) => ageClass(model, ageMs + passedMs));
    const rates = runs.map(({ side, level }, at) => level * model.perHour[side][ages[at]!]!);
    const rate = rates.reduce((sum, one) => sum + one, 0);
    const ends = runs.map(
      ({ ageMs }, at) => (model.agesMinutes[ages[at]! + 1] ?? Infinity) * MINUTE_MS - ageMs,
    );
    const endMs = Math.min(withinMs, ...ends);
    const flips = 1 - Math.exp((-rate * (endMs - passedMs)) / HOUR_MS);
    for (const [at, one] of rates.entries()) chances[at]! += (left * flips * one) / rate;
    ms += (left * flips * HOUR_MS) / rate;
    [left, passedMs] = [left * (1 - flips), endMs];
  }
  return { ms, chances };
}

/** The chance that a level is drawn anew within some time; `meanH` hours pass until it is. */
export function redrawChance(meanH: number, ms: number): number {
  return 1 - Math.exp(-ms / (meanH * HOUR_MS));
}
