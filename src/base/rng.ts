/** A source of uniform numbers in [0, 1). Core and engine take one as an argument. */
export type Random = () => number;

/**
 * A small seeded generator: the same seed gives the same numbers on every machine.
 * Source: mulberry32 (Tommy Ettinger, public domain), 32-bit state, period 2^32.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
