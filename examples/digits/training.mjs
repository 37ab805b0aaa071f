import { adamStep } from './adam.mjs';
import { CLASSES, PIXELS } from './dataset.mjs';
import {
  addGradient,
  createActivity,
  forward,
  initialParameters,
  layersOf,
  parameterCount,
} from './network.mjs';
import { createRandom, nextRandom, shuffledIndices } from './random.mjs';

/**
 * All that a training is between two epochs: what a checkpoint holds, and enough to go on from
 * as if nothing had happened.
 *
 * @typedef {import('./adam.mjs').AdamState & {
 *   epoch: number, seed: number, random: import('./random.mjs').Random, rate: number,
 * }} TrainingState `epoch` counts those done; `rate` is for the next
 */

const SHAPE = { inputs: PIXELS, hidden: 192, outputs: CLASSES };
const BATCH = 32;
const RATE_FIRST = 0.003;
const RATE_DECAY = 0.94;
export const PARAMETERS = parameterCount(SHAPE);

/**
 * @param {number} seed
 * @returns {TrainingState}
 */
export function startTraining(seed) {
  const random = createRandom(seed);
  return {
    epoch: 0,
    seed,
    random,
    rate: RATE_FIRST,
    meanDecayPower: 1,
    squareDecayPower: 1,
    parameters: initialParameters(SHAPE, () => nextRandom(random)),
    means: new Float64Array(PARAMETERS),
    squares: new Float64Array(PARAMETERS),
  };
}

/**
 * One pass over the samples in a new random order; changes the state in place.
 *
 * @param {TrainingState} state
 * @param {import('./dataset.mjs').Sample[]} samples
 * @returns {number} the mean loss, in nats
 */
export function trainEpoch(state, samples) {
  const order = shuffledIndices(samples.length, state.random);
  const layers = layersOf(state.parameters, SHAPE);
  const flatGradient = new Float64Array(PARAMETERS);
  const gradient = layersOf(flatGradient, SHAPE);
  const activity = createActivity(SHAPE);
  let loss = 0;
  for (let start = 0; start < order.length; start += BATCH) {
    const batch = order.slice(start, start + BATCH);
    flatGradient.fill(0);
    for (const index of batch) {
      forward(layers, samples[index].pixels, activity);
      loss += addGradient(layers, samples[index], activity, gradient);
    }
    adamStep(state, flatGradient, { rate: state.rate, samples: batch.length });
  }
  // By the epochs done, never by how many are wanted: a longer run only goes on.
  state.rate *= RATE_DECAY;
  state.epoch += 1;
  return loss / samples.length;
}

/**
 * @param {TrainingState} state
 * @param {import('./dataset.mjs').Sample[]} samples
 * @returns {number} the share of samples named rightly
 */
export function accuracyOf(state, samples) {
  const layers = layersOf(state.parameters, SHAPE);
  const activity = createActivity(SHAPE);
  const right = samples.filter(({ pixels, label }) => {
    forward(layers, pixels, activity);
    return activity.outputs.indexOf(Math.max(...activity.outputs)) === label;
  });
  return right.length / samples.length;
}
