/**
 * Problem: what to expect of availability, from what has been seen of it. Method: the forward
 * algorithm of a hidden Markov model: of each side the chance of each level, by Bayes' rule from
 * every tick that did or did not flip. Complexity: O(levels) a tick. Reference: Rabiner, "A Tutorial
 * on Hidden Markov Models and Selected Applications in Speech Recognition", Proc. IEEE 77 (1989).
 */
import { HOUR_MS } from '../../../base/time.ts';
import {
  ageClass,
  flipChance,
  type HazardModel,
  type Run,
  redrawChance,
  type Side,
} from './hazard.ts';

/** Where nothing has been seen yet, availability is taken to have been as it is for so long. */
const AGE_UNSEEN_MS = HOUR_MS / 2;

export class HazardBelief {
  readonly model: HazardModel;
  /** By side: the chance of each level; they add up to 1. */
  readonly levels: readonly [Float64Array, Float64Array];
  side: Side | null = null;
  ageMs = AGE_UNSEEN_MS;

  constructor(model: HazardModel) {
    const even = () => new Float64Array(model.levels.length).fill(1 / model.levels.length);
    this.model = model;
    this.levels = [even(), even()];
  }

  /** What a side's flips are multiplied by, in the mean of its levels. */
  meanLevel(side: Side): number {
    const { levels } = this.model;
    return this.levels[side].reduce((sum, chance, at) => sum + chance * levels[at]!, 0);
  }

  /** That which goes on now. */
  run(): Run {
    const side = this.side ?? 0;
    return { side, ageMs: this.ageMs, level: this.meanLevel(side) };
  }

  /** The chance of each pair of levels, of absence × of availability. */
  pairs(): Float64Array {
    const [absent, available] = this.levels;
    return Float64Array.from({ length: absent.length ** 2 }, (_, pair) => {
      const at = Math.floor(pair / absent.length);
      return absent[at]! * available[pair % absent.length]!;
    });
  }

  /** Takes in the availability of the next tick. */
  observe(isAvailable: boolean, tickMs: number): void {
    const before = this.side;
    this.side = isAvailable ? 1 : 0;
    if (before === null) return;
    this.#weigh(before, before !== this.side, tickMs);
    this.#forget(tickMs);
    this.ageMs = before === this.side ? this.ageMs + tickMs : 0;
  }

  #weigh(side: Side, hasFlipped: boolean, tickMs: number): void {
    const chances = this.levels[side];
    const age = ageClass(this.model, this.ageMs);
    let sum = 0;
    for (let level = 0; level < chances.length; level++) {
      const flip = flipChance(this.model, { side, age, level }, tickMs);
      chances[level]! *= hasFlipped ? flip : 1 - flip;
      sum += chances[level]!;
    }
    for (let level = 0; level < chances.length; level++) chances[level]! /= sum;
  }

  #forget(tickMs: number): void {
    for (const [side, chances] of this.levels.entries()) {
      const redraw = redrawChance(this.model.persistenceH[side]!, tickMs);
      for (let level = 0; level < chances.length; level++) {
        chances[level] = (1 - redraw) * chances[level]! + redraw / chances.length;
      }
    }
  }
}
