/**
 * A multilayer perceptron with one hidden layer: ReLU inside, softmax and cross-entropy outside.
 * Gradients by backpropagation (Rumelhart, Hinton and Williams, 1986), sample by sample.
 *
 * All parameters lie in one flat array, so that the optimizer and the checkpoint need not know
 * the layers. Numbers are doubles and every sum runs in a fixed order: the same seed gives the
 * same bits.
 *
 * @typedef {{ inputs: number, hidden: number, outputs: number }} Shape
 * @typedef {{
 *   inWeights: Float64Array, inBiases: Float64Array,
 *   outWeights: Float64Array, outBiases: Float64Array,
 * }} Layers weights of a unit lie side by side
 * @typedef {{ hidden: Float64Array, outputs: Float64Array }} Activity
 */

/** @param {Shape} shape */
export function parameterCount({ inputs, hidden, outputs }) {
  return hidden * (inputs + 1) + outputs * (hidden + 1);
}

/**
 * Named views into a flat array; nothing is copied.
 *
 * @param {Float64Array} flat
 * @param {Shape} shape
 * @returns {Layers}
 */
export function layersOf(flat, { inputs, hidden, outputs }) {
  let start = 0;
  const take = (/** @type {number} */ length) => {
    start += length;
    return flat.subarray(start - length, start);
  };
  return {
    inWeights: take(hidden * inputs),
    inBiases: take(hidden),
    outWeights: take(outputs * hidden),
    outBiases: take(outputs),
  };
}

/**
 * Uniform weights of variance 2 / inputs (He et al., 2015), biases zero.
 *
 * @param {Shape} shape
 * @param {() => number} draw at least 0, below 1
 */
export function initialParameters(shape, draw) {
  const flat = new Float64Array(parameterCount(shape));
  const { inWeights, outWeights } = layersOf(flat, shape);
  fillUniform(inWeights, Math.sqrt(6 / shape.inputs), draw);
  fillUniform(outWeights, Math.sqrt(6 / shape.hidden), draw);
  return flat;
}

/**
 * @param {Float64Array} weights
 * @param {number} bound
 * @param {() => number} draw
 */
function fillUniform(weights, bound, draw) {
  for (let i = 0; i < weights.length; i++) weights[i] = (2 * draw() - 1) * bound;
}

/**
 * @param {Shape} shape
 * @returns {Activity}
 */
export function createActivity({ hidden, outputs }) {
  return { hidden: new Float64Array(hidden), outputs: new Float64Array(outputs) };
}

/**
 * Fills the activity; its outputs become the probabilities of the classes.
 *
 * @param {Layers} layers
 * @param {Float64Array} pixels
 * @param {Activity} activity
 */
export function forward(layers, pixels, activity) {
  multiply(layers.inWeights, layers.inBiases, pixels, activity.hidden);
  for (let j = 0; j < activity.hidden.length; j++) {
    if (activity.hidden[j] < 0) activity.hidden[j] = 0;
  }
  multiply(layers.outWeights, layers.outBiases, activity.hidden, activity.outputs);
  softmax(activity.outputs);
}

/**
 * Adds the gradient of one sample's cross-entropy to the sums; follows its `forward`.
 *
 * @param {Layers} layers
 * @param {{ pixels: Float64Array, label: number }} sample
 * @param {Activity} activity
 * @param {Layers} gradient
 * @returns {number} the sample's loss, in nats
 */
export function addGradient(layers, { pixels, label }, { hidden, outputs }, gradient) {
  const loss = -Math.log(Math.max(outputs[label], Number.MIN_VALUE));
  // Softmax and cross-entropy together: the error is probability minus truth.
  outputs[label] -= 1;
  addOuter(outputs, hidden, gradient.outWeights, gradient.outBiases);
  for (let j = 0; j < hidden.length; j++) {
    // ReLU passes no error where it passed no signal.
    if (hidden[j] === 0) continue;
    let error = 0;
    for (let k = 0; k < outputs.length; k++) {
      error += outputs[k] * layers.outWeights[k * hidden.length + j];
    }
    hidden[j] = error;
  }
  addOuter(hidden, pixels, gradient.inWeights, gradient.inBiases);
  return loss;
}

/**
 * @param {Float64Array} weights
 * @param {Float64Array} biases
 * @param {Float64Array} from
 * @param {Float64Array} to
 */
function multiply(weights, biases, from, to) {
  for (let j = 0, at = 0; j < to.length; j++) {
    let sum = biases[j];
    for (let i = 0; i < from.length; i++, at++) sum += weights[at] * from[i];
    to[j] = sum;
  }
}

/**
 * @param {Float64Array} errors
 * @param {Float64Array} signals
 * @param {Float64Array} weights
 * @param {Float64Array} biases
 */
function addOuter(errors, signals, weights, biases) {
  for (let j = 0; j < errors.length; j++) {
    const error = errors[j];
    if (error === 0) continue;
    biases[j] += error;
    const row = j * signals.length;
    for (let i = 0; i < signals.length; i++) weights[row + i] += error * signals[i];
  }
}

/** @param {Float64Array} values logits, replaced by probabilities */
function softmax(values) {
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > max) max = value;
  let sum = 0;
  for (let k = 0; k < values.length; k++) {
    values[k] = Math.exp(values[k] - max);
    sum += values[k];
  }
  for (let k = 0; k < values.length; k++) values[k] /= sum;
}
