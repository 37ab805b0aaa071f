import { readFileSync } from 'node:fs';
import { createRandom, shuffledIndices } from './random.mjs';

/**
 * One handwritten digit: 8 x 8 grey values, row by row, scaled to 0..1, and the digit it shows.
 *
 * @typedef {{ pixels: Float64Array, label: number }} Sample
 * @typedef {{ training: Sample[], heldOut: Sample[] }} Dataset
 */

export const PIXELS = 64;
export const CLASSES = 10;
const PIXEL_MAX = 16;
const HELD_OUT_SHARE = 0.2;
/** Not the SEED of a run: every run is judged by the same samples. */
const SPLIT_SEED = 1998;

/**
 * Of every digit a fifth is held out, drawn once by a fixed seed.
 *
 * @returns {Dataset}
 */
export function readDataset(file = new URL('data/digits.txt', import.meta.url)) {
  const samples = readFileSync(file, 'utf8').trim().split(/\r?\n/).map(parseSample);
  const random = createRandom(SPLIT_SEED);
  /** @type {Dataset} */
  const dataset = { training: [], heldOut: [] };
  for (let digit = 0; digit < CLASSES; digit++) {
    const ofDigit = samples.filter(({ label }) => label === digit);
    const drawn = shuffledIndices(ofDigit.length, random).map((index) => ofDigit[index]);
    const heldOutCount = Math.round(ofDigit.length * HELD_OUT_SHARE);
    dataset.heldOut.push(...drawn.slice(0, heldOutCount));
    dataset.training.push(...drawn.slice(heldOutCount));
  }
  return dataset;
}

/**
 * @param {string} line 64 digits of base 17, a space, the label
 * @param {number} index
 * @returns {Sample}
 */
function parseSample(line, index) {
  if (!/^[0-9a-g]{64} [0-9]$/.test(line))
    throw new Error(`line ${index + 1} is no sample: ${line}`);
  const pixels = Float64Array.from(
    line.slice(0, PIXELS),
    (c) => Number.parseInt(c, 17) / PIXEL_MAX,
  );
  return { pixels, label: Number(line.at(-1)) };
}
