import type { Fraction } from '../model/task-problem.ts';
import { NANO_SECONDS_PER_MICRO } from './read-line.ts';

/*
 * Bounds are summed up in whole grains, in BigInt. Prices come as any fractions and are rounded down
 * to grains: they are then other prices, and bound as well. Whatever else is rounded is rounded
 * to the side that makes the bound lower.
 */

const PRICE_BITS = 40n;
/** Grains of one unit of the objective: a micro-dollar, or a gram. */
export const GRAINS = NANO_SECONDS_PER_MICRO << PRICE_BITS;
/** What nano-dollars × seconds are in grains, of micro-dollars. */
export const GRAIN_BITS_OF_NANO_SECONDS = PRICE_BITS;

/** Throughputs and loads are whole numbers of 2^-64. */
export const PART_BITS = 64n;
const PARTS = 2 ** 64;

/** Grains of a price of the objective for one of something, rounded down; of what is none, 0. */
export function grainsOf(price: Fraction | undefined, scale = GRAINS): bigint {
  const of = Math.floor(price?.of ?? 0);
  const per = Math.ceil(price?.per ?? 0);
  if (!(of > 0 && per > 0 && Number.isFinite(of) && Number.isFinite(per))) return 0n;
  return (BigInt(of) * scale) / BigInt(per);
}

/** A number ≥ 0 in parts, rounded up: scaling by a power of two is exact. */
export function partsUp(value: number): bigint {
  return BigInt(Math.ceil(value * PARTS));
}

export function partsDown(value: number): bigint {
  return BigInt(Math.floor(value * PARTS));
}

/** numerator / denominator rounded up; the denominator is positive. */
export function ceilOf(numerator: bigint, denominator: bigint): bigint {
  return -floorOf(-numerator, denominator);
}

export function floorOf(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && numerator % denominator !== 0n ? quotient - 1n : quotient;
}
