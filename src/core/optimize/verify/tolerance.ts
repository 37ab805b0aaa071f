/*
 * Answers hold floating-point numbers, so each comparison of what is done with what is asked has a
 * relative tolerance. It cannot be gamed: bounds are proven for the problem with its requirements
 * loosened by more than that, so that no answer that passes is below its bound.
 */

/** Of units, seconds, hours in pools and shares. */
export const TOLERANCE = 1e-9;
/** Of the load of a machine: a solver keeps its rows to a ten-millionth. */
export const LOAD_TOLERANCE = 1e-6;

/** What a bound allows for: the tolerance, and what adding up in floating point loses. */
export const BOUND_TOLERANCE = 2 * TOLERANCE;
export const BOUND_LOAD_TOLERANCE = 2 * LOAD_TOLERANCE;

/**
 * Rounding each line of a bill can make it cheaper, by half a micro-dollar: for one task on one
 * option by this much at most, as much as three lines need. More lines would only farm it.
 */
export const ROUNDED_AWAY_MICROS_MAX = 1.5;

/** a ≤ b, but for floating point. */
export function isAtMost(a: number, b: number, tolerance = TOLERANCE): boolean {
  return a <= b + Math.abs(b) * tolerance;
}
