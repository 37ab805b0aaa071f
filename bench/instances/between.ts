import type { Random } from '../../src/base/rng.ts';

/** Uniform from `low` up to `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}
