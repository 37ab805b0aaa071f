import { assert } from '../../../base/assert.ts';
import type { Mix } from './mix-model.ts';
import { relaxMix } from './mix-simplex.ts';

/** Machines; far less than a checker takes for rounding. */
export const OVERFLOW_MAX = 1e-10;
/** Of a machine that is missing, in its own costs; and in costs of the whole mix. */
const PENALTY_OF_ONE = 4;
const PENALTIES = [10, 100, 1e3, 1e4, 1e6, 1e12] as const;
/** Of costs of the whole mix: what is free is missed as well. */
const PENALTY_MIN = 1e-3;
/** As much as shows what is too little. */
const ENOUGH = 4;
/** Of bisection: to a part in a thousand. */
const EVEN_STEPS = 10;

/** Shares with which so many machines do everything; null where they are too few or too many. */
export function roomFor(
  mix: Mix,
  counts: readonly number[],
  near: Float64Array | null,
): Float64Array | null {
  if (counts.some((count, kind) => count > mix.kinds[kind]!.most)) return null;
  const cost = counts.reduce((sum, count, kind) => sum + count * mix.kinds[kind]!.cost, 0);
  const penalties = penaltiesOf(mix, ENOUGH);
  const cutoff = cost + penalties[0]! * OVERFLOW_MAX;
  const box = { lower: counts, upper: counts };
  const { optimum } = relaxMix(mix, box, { cutoff, near, penalties });
  return optimum !== null && optimum.overflow <= OVERFLOW_MAX ? optimum.shares : null;
}

/**
 * Shares with which no kind of machine is fuller than it must be: the counts have room, and so has
 * a part of each of them, as small a part as bisection finds.
 */
export function evenShares(mix: Mix, counts: readonly number[]): Float64Array {
  let shares = roomFor(mix, counts, null);
  assert(shares !== null, 'shares are of counts that have room');
  let [low, high] = [0, 1];
  for (let step = 0; step < EVEN_STEPS; step++) {
    const middle = (low + high) / 2;
    const part = counts.map((count) => count * middle);
    const next = roomFor(mix, part, null);
    if (next === null) {
      low = middle;
    } else {
      high = middle;
      shares = next;
    }
  }
  return shares;
}

/** How many there are of them. */
export const PENALTY_LEVELS = 1 + PENALTIES.length;

/**
 * What it costs that a machine of each kind, or a unit of each row, is missing: little at level 0,
 * since what a checker lets pass is bounded at these prices as well, and more at each level above.
 */
export function penaltiesOf(mix: Mix, level: number): Float64Array {
  const size = sizeOf(mix);
  const all = size * PENALTIES[Math.max(0, level - 1)]!;
  const { kinds, rows } = mix;
  const ofKinds = kinds.map(({ cost }) =>
    level === 0 ? Math.max(PENALTY_OF_ONE * cost, PENALTY_MIN * size) : all,
  );
  return Float64Array.from([...ofKinds, ...rows.map(() => all)]);
}

/** About what a whole mix costs, in micro-dollars. */
function sizeOf({ kinds, buckets, loads }: Mix): number {
  const one = kinds.reduce((sum, { cost }) => sum + cost, 0);
  return buckets.reduce((sum, _, bucket) => {
    const prices = kinds.map(({ cost }, kind) => cost * loads[bucket * kinds.length + kind]!);
    return sum + Math.min(...prices.filter((price) => price < Infinity));
  }, one);
}

export function costOf({ kinds }: Mix, counts: readonly number[]): number {
  return counts.reduce((sum, count, kind) => sum + count * kinds[kind]!.cost, 0);
}
