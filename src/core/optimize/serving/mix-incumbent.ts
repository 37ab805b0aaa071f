import type { Mix } from './mix-model.ts';
import { costOf, OVERFLOW_MAX, roomFor } from './mix-room.ts';
import type { RelaxedMix } from './mix-simplex.ts';

/** What is as near to a whole number is one. */
export const WHOLE_TOLERANCE = 1e-7;

export type IncumbentLimits = {
  /** Micro-dollars; what costs more is no answer. */
  readonly costMax: number;
  readonly isOver: () => boolean;
};

/** The cheapest counts so far, and what makes better ones of them. Each try is one relaxation. */
export class Incumbent {
  counts: readonly number[] | null = null;
  cost = Infinity;
  readonly #mix: Mix;
  readonly #costMax: number;
  readonly #isOver: () => boolean;

  constructor(mix: Mix, { costMax, isOver }: IncumbentLimits) {
    this.#mix = mix;
    this.#costMax = costMax;
    this.#isOver = isOver;
  }

  /** Takes counts that are better than the best, after dropping what they do not need. */
  consider(counts: readonly number[], near: Float64Array | null): void {
    if (roomFor(this.#mix, counts, near) === null) return;
    const fewer = this.#dropped(counts, near);
    const cost = costOf(this.#mix, fewer);
    if (cost >= this.cost || cost > this.#costMax) return;
    this.counts = fewer;
    this.cost = cost;
  }

  #dropped(counts: readonly number[], near: Float64Array | null): readonly number[] {
    const { kinds } = this.#mix;
    const dearestFirst = [...kinds.keys()].sort((a, b) => kinds[b]!.cost - kinds[a]!.cost);
    return dearestFirst.reduce(
      (left, kind) => left.with(kind, this.#fewest(left, kind, near)),
      counts,
    );
  }

  /** So many of a kind, with the others as they are, that one less is too little: by bisection. */
  #fewest(counts: readonly number[], kind: number, near: Float64Array | null): number {
    let [few, enough] = [-1, counts[kind]!];
    let middle = enough - 1;
    while (enough - few > 1 && !this.#isOver()) {
      if (roomFor(this.#mix, counts.with(kind, middle), near) === null) few = middle;
      else enough = middle;
      middle = (few + enough) >> 1;
    }
    return enough;
  }

  /** The counts of a node rounded up, and fewer where there is room; `always`, or only if better. */
  roundUp({ optimum, prices }: RelaxedMix, always: boolean): void {
    if (optimum === null || optimum.overflow > OVERFLOW_MAX) return;
    const counts = Array.from(optimum.machines, (count) =>
      Math.max(0, Math.ceil(count - WHOLE_TOLERANCE)),
    );
    if (!always && costOf(this.#mix, counts) >= this.cost) return;
    this.consider(counts, prices);
  }

  /**
   * Exchanges some machines of the best for cheaper ones of another kind, until that helps no
   * more. What is too little at the prices of a node is too little, and is not tried.
   */
  improve(prices: Float64Array): void {
    const before = this.counts;
    if (before === null) return;
    const need = this.#worthAt(prices) * (1 - WHOLE_TOLERANCE);
    const kinds = [...before.keys()];
    for (const less of kinds.flatMap((kind) => fewerBy(before, kind, kinds))) {
      const room = this.cost - costOf(this.#mix, less);
      for (const to of kinds) {
        const { cost, most } = this.#mix.kinds[to]!;
        const more = Math.min(most - less[to]!, Math.ceil(room / Math.max(1, cost)) - 1);
        const counts = less.with(to, less[to]! + Math.max(0, more));
        const takes = counts.reduce((sum, count, kind) => sum + count * prices[kind]!, 0);
        if (takes >= need && costOf(this.#mix, counts) < this.cost) this.consider(counts, prices);
        if (this.#isOver()) return;
      }
    }
    if (this.counts !== before) this.improve(prices);
  }

  /** What all buckets cost at some prices, each where it costs least. */
  #worthAt(prices: Float64Array): number {
    const { buckets, loads, kinds } = this.#mix;
    return buckets.reduce((sum, _, bucket) => {
      const costs = kinds.map((__, kind) => {
        const load = loads[bucket * kinds.length + kind]!;
        return load === Infinity ? Infinity : load * prices[kind]!;
      });
      return sum + Math.min(...costs);
    }, 0);
  }
}

/**
 * The counts without 1, 2, 4, … machines of a kind, and all of them; and without one of it and one
 * more of each kind after it.
 */
function fewerBy(
  counts: readonly number[],
  kind: number,
  kinds: readonly number[],
): readonly (readonly number[])[] {
  const count = counts[kind]!;
  if (count === 0) return [];
  const doublings = Array.from({ length: Math.ceil(Math.log2(count)) }, (_, power) => 2 ** power);
  const one = counts.with(kind, count - 1);
  const others = kinds.filter((other) => other > kind && one[other]! > 0);
  return [
    ...[...doublings, count].map((less) => counts.with(kind, count - less)),
    ...others.map((other) => one.with(other, one[other]! - 1)),
  ];
}
