/**
 * A seeded generator whose whole state is one integer, so that a checkpoint can carry it.
 * Method: Tommy Ettinger's Mulberry32, period 2^32, ample for shuffling and first weights.
 *
 * @typedef {{ state: number }} Random
 */

/**
 * @param {number} seed an integer of 32 bits
 * @returns {Random}
 */
export function createRandom(seed) {
  return { state: seed >>> 0 };
}

/**
 * @param {Random} random
 * @returns {number} at least 0, below 1
 */
export function nextRandom(random) {
  random.state = (random.state + 0x6d2b79f5) >>> 0;
  let mixed = random.state;
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/**
 * The numbers from 0 to length - 1 in random order (Fisher and Yates).
 *
 * @param {number} length
 * @param {Random} random
 */
export function shuffledIndices(length, random) {
  const indices = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(nextRandom(random) * (last + 1));
    [indices[last], indices[other]] = [indices[other], indices[last]];
  }
  return indices;
}
