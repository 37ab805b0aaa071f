/**
 * Adam (Kingma and Ba, 2015, algorithm 1) with the constants the paper proposes.
 *
 * The powers of the two decays are carried along as products: `**` rounds differently from one
 * version of Node to the next, and a run may be moved to a machine with another.
 *
 * @typedef {{
 *   parameters: Float64Array, means: Float64Array, squares: Float64Array,
 *   meanDecayPower: number, squareDecayPower: number,
 * }} AdamState running means of the gradient and of its square; both powers start at 1
 */

const MEAN_DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const EPSILON = 1e-8;

/**
 * One step against the gradient; changes the state in place.
 *
 * @param {AdamState} state
 * @param {Float64Array} gradient summed over the batch
 * @param {{ rate: number, samples: number }} step
 */
export function adamStep(state, gradient, { rate, samples }) {
  const { parameters, means, squares } = state;
  state.meanDecayPower *= MEAN_DECAY;
  state.squareDecayPower *= SQUARE_DECAY;
  const meanBias = 1 - state.meanDecayPower;
  const squareBias = 1 - state.squareDecayPower;
  for (let i = 0; i < parameters.length; i++) {
    const slope = gradient[i] / samples;
    means[i] = MEAN_DECAY * means[i] + (1 - MEAN_DECAY) * slope;
    squares[i] = SQUARE_DECAY * squares[i] + (1 - SQUARE_DECAY) * slope * slope;
    const scale = Math.sqrt(squares[i] / squareBias) + EPSILON;
    parameters[i] -= (rate * (means[i] / meanBias)) / scale;
  }
}
