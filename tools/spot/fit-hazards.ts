import { HOUR_MS } from '../../src/base/time.ts';
import {
  ageClass,
  flipChance,
  type HazardModel,
  type Side,
} from '../../src/core/optimize/spot/hazard.ts';
import { HazardBelief } from '../../src/core/optimize/spot/hazard-belief.ts';
import type { Part } from './halves.ts';

/** Each class of age is twice as long as all before it: hazards fall as a power of the age. */
const AGES_MINUTES = [0, ...Array.from({ length: 8 }, (_, index) => 10 * 2 ** index)];
/** Of {2, 3, 5} levels 1.7 to 4 apart and 12 to 1000 h: near the best, left one out, and cheapest. */
const LEVELS = [0.5, 1, 2];
/** Of 12 to 500 hours: near the best for either side, left one out. */
const PERSISTENCE_H = [72, 144] as const;
/** Of 2 to 96 hours for either side: near the least cost of the policy on the same halves (ADR 29). */
const FORESIGHT_H = [18, 36] as const;
/** A class is drawn by so many flips towards so much of the hazard of the younger class. */
const SHRINKAGE_FLIPS = 4;
const SHRINKAGE_TO = 0.75;
const FIRST_PER_HOUR = 2;
const ROUNDS = 4;
const DIGITS = 3;

/**
 * Flips an hour by side and class of age. A class's hazard is its flips over the hours that it was
 * exposed to, each tick weighted by the level expected from what came before it, and a tick that
 * flipped counted half: availability is seen at ticks only. The weights come from the fit of the
 * round before (as in expectation maximization, with the filter in place of the smoother).
 */
export function fitHazards(parts: readonly Part[]): HazardModel {
  const even = AGES_MINUTES.map(() => FIRST_PER_HOUR);
  let model: HazardModel = {
    agesMinutes: AGES_MINUTES,
    perHour: [even, even],
    levels: LEVELS,
    persistenceH: PERSISTENCE_H,
    foresightH: FORESIGHT_H,
  };
  for (let round = 0; round < ROUNDS; round++) model = refit(model, parts);
  return model;
}

/** Of each tick of a part, given those before it. */
export function logLikelihood(model: HazardModel, part: Part): number {
  let sum = 0;
  walk(model, part, ({ side, age, levels, hasFlipped }) => {
    let flips = 0;
    for (let level = 0; level < levels.length; level++) {
      flips += levels[level]! * flipChance(model, { side, age, level }, part.tickMs);
    }
    sum += Math.log(hasFlipped ? flips : 1 - flips);
  });
  return sum;
}

function refit(model: HazardModel, parts: readonly Part[]): HazardModel {
  const zeros = (): [number[], number[]] => [AGES_MINUTES.map(() => 0), AGES_MINUTES.map(() => 0)];
  const [flips, hours] = [zeros(), zeros()];
  for (const part of parts) {
    walk(model, part, ({ side, age, levels, hasFlipped }) => {
      const level = levels.reduce((mean, chance, at) => mean + chance * LEVELS[at]!, 0);
      flips[side][age]! += hasFlipped ? 1 : 0;
      hours[side][age]! += ((hasFlipped ? 0.5 : 1) * level * part.tickMs) / HOUR_MS;
    });
  }
  const rates = (side: Side): number[] => {
    let younger = FIRST_PER_HOUR / SHRINKAGE_TO;
    return AGES_MINUTES.map((_, age) => {
      const drawnTo = younger * SHRINKAGE_TO;
      const seen = flips[side][age]! + SHRINKAGE_FLIPS;
      younger = seen / (hours[side][age]! + SHRINKAGE_FLIPS / drawnTo);
      return Number(younger.toPrecision(DIGITS));
    });
  };
  return { ...model, perHour: [rates(0), rates(1)] };
}

type Step = {
  readonly side: Side;
  readonly age: number;
  /** The chances of the levels of this side before the step is seen. */
  readonly levels: Float64Array;
  readonly hasFlipped: boolean;
};

function walk(model: HazardModel, part: Part, visit: (step: Step) => void): void {
  const belief = new HazardBelief(model);
  for (const seen of part.available) {
    const side = belief.side;
    if (side !== null) {
      const age = ageClass(model, belief.ageMs);
      visit({ side, age, levels: belief.levels[side], hasFlipped: side !== seen });
    }
    belief.observe(seen === 1, part.tickMs);
  }
}
