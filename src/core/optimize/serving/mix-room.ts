import { assert } from '../../../base/assert.ts';
import type { BasisState } from './mix-basis.ts';
import type { Mix } from './mix-model.ts';
import { type RelaxedMix, relaxMix } from './mix-simplex.ts';

/** Machines; far less than a checker takes for rounding. */
export const OVERFLOW_MAX = 1e-10;
/** Of a machine that is missing, in its own costs; and in costs of the whole mix. */
const PENALTY_OF_ONE = 4;
const PENALTIES = [10, 100, 1e3, 1e4, 1e6, 1e12] as const;
/** Of costs of the whole mix: what is free is missed as well. */
const PENALTY_MIN = 1e-3;
/** As much as shows what is too little. */
const ENOUGH = 4;
/** What floating point may make of sums. */
const NOISE = 1e-9;
/** Reasons kept, those first that served last. */
const REASONS_MAX = 64;
/** Of the least part of all machines that has room: to a part in a thousand. */
const PART_TOLERANCE = 5e-4;
const PART_STEPS = 50;

/** Why counts had no room: at some prices the buckets are worth more than such machines. */
type Reason = { readonly prices: Float64Array; readonly worth: number };

/** Where to look from: a relaxation near by, or prices alone. */
export type Near = {
  readonly prices: Float64Array | null;
  readonly basis: BasisState | null;
};

export const NOWHERE: Near = { prices: null, basis: null };

/**
 * Tells whether counts have room. What it has found of some counts it holds against others: the
 * prices at which those were worth too little (a feasibility cut, as in Benders' decomposition).
 */
export class Room {
  readonly #mix: Mix;
  readonly #penalties: Float64Array;
  readonly #reasons: Reason[] = [];

  constructor(mix: Mix) {
    this.#mix = mix;
    this.#penalties = penaltiesOf(mix, ENOUGH);
  }

  /** With so many machines; null where they are too few or too many. They need not be whole. */
  in(counts: readonly number[], near: Near): RelaxedMix | null {
    const { kinds, rows } = this.#mix;
    const isWithin =
      counts.every((count, kind) => count <= kinds[kind]!.most) &&
      rows.every(({ amounts, limit }) => dot(amounts, counts) <= limit);
    if (!isWithin || this.#reason(counts) !== null) return null;
    const relaxed = relaxMix(
      this.#mix,
      { lower: counts, upper: counts },
      {
        cutoff: costOf(this.#mix, counts) + this.#penalties[0]! * OVERFLOW_MAX,
        overflowMax: OVERFLOW_MAX,
        from: near.basis,
        near: near.prices,
        penalties: this.#penalties,
      },
    );
    const { optimum, prices } = relaxed;
    if (optimum !== null && optimum.overflow <= OVERFLOW_MAX) return relaxed;
    this.#keep({ prices, worth: worthAt(this.#mix, prices) });
    return null;
  }

  /** One of those kept that holds against these counts as well; null for none. */
  #reason(counts: readonly number[]): Reason | null {
    const at = this.#reasons.findIndex(
      ({ prices, worth }) => dot(prices, counts) < worth * (1 - NOISE),
    );
    if (at < 0) return null;
    const [reason] = this.#reasons.splice(at, 1);
    this.#reasons.unshift(reason!);
    return reason!;
  }

  #keep(reason: Reason): void {
    this.#reasons.unshift(reason);
    if (this.#reasons.length > REASONS_MAX) this.#reasons.pop();
  }

  /** By what factor so many machines must be more, at least. */
  missing(counts: readonly number[]): number {
    return this.#reasons.reduce(
      (most, { prices, worth }) => Math.max(most, worth / dot(prices, counts)),
      0,
    );
  }
}

/** Shares with which so many machines do everything; null where they are too few or too many. */
export function roomFor(mix: Mix, counts: readonly number[]): Float64Array | null {
  return new Room(mix).in(counts, NOWHERE)?.optimum?.shares() ?? null;
}

/**
 * Shares with which no kind of machine is fuller than it must be: the counts have room, and so has
 * a part of each of them. The least such part is sought from below: what shows that one is too
 * small says how large it must be at least (Newton's method, of Dinkelbach for ratios).
 */
export function evenShares(mix: Mix, counts: readonly number[]): Float64Array {
  const room = new Room(mix);
  let best = room.in(counts, NOWHERE);
  assert(best !== null, 'shares are of counts that have room');
  const costs = Float64Array.from(mix.kinds, ({ cost }) => cost + 1);
  const hired = costs.map((cost, kind) => (counts[kind]! > 0 ? cost : Infinity));
  let least = worthAt(mix, hired) / dot(costs, counts);
  for (let step = 0; step < PART_STEPS; step++) {
    const part = least * (1 + PART_TOLERANCE);
    const some = counts.map((count) => count * part);
    const next = part < 1 ? room.in(some, { basis: best.basis, prices: null }) : best;
    if (next !== null) {
      best = next;
      break;
    }
    least = Math.max(part, part * room.missing(some));
  }
  return best.optimum!.shares();
}

/** What all buckets cost at some prices of machines, each where it costs least. */
export function worthAt(mix: Mix, prices: Float64Array): number {
  return worthsAt(mix, prices).reduce((sum, worth) => sum + worth, 0);
}

/** The same of each bucket. */
export function worthsAt({ buckets, kinds, loads }: Mix, prices: Float64Array): Float64Array {
  const worths = new Float64Array(buckets.length);
  for (let bucket = 0, at = 0; bucket < buckets.length; bucket++) {
    let least = Infinity;
    for (let kind = 0; kind < kinds.length; kind++, at++) {
      if (loads[at]! < Infinity) least = Math.min(least, loads[at]! * prices[kind]!);
    }
    worths[bucket] = least;
  }
  return worths;
}

function dot(prices: ArrayLike<number>, counts: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < counts.length; at++) sum += prices[at]! * counts[at]!;
  return sum;
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
function sizeOf(mix: Mix): number {
  const costs = Float64Array.from(mix.kinds, ({ cost }) => cost);
  return costs.reduce((sum, cost) => sum + cost, worthAt(mix, costs));
}

export function costOf({ kinds }: Mix, counts: readonly number[]): number {
  let sum = 0;
  for (let kind = 0; kind < counts.length; kind++) sum += counts[kind]! * kinds[kind]!.cost;
  return sum;
}
