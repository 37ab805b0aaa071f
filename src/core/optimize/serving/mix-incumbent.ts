import type { BasisState } from './mix-basis.ts';
import type { Mix } from './mix-model.ts';
import { costOf, type Near, NOWHERE, OVERFLOW_MAX, Room, worthAt } from './mix-room.ts';
import type { RelaxedMix } from './mix-simplex.ts';

/** What is as near to a whole number is one. */
export const WHOLE_TOLERANCE = 1e-7;

export type IncumbentLimits = {
  /** Micro-dollars; what costs more is no answer. */
  readonly costMax: number;
  readonly isOver: () => boolean;
};

/** Counts that have room, and the basis that shows it. */
type Held = { readonly counts: readonly number[]; readonly basis: BasisState };

/** The cheapest counts so far, and what makes better ones of them. Each try is one relaxation. */
export class Incumbent {
  counts: readonly number[] | null = null;
  cost = Infinity;
  readonly #mix: Mix;
  readonly #costMax: number;
  readonly #isOver: () => boolean;
  readonly #room: Room;
  /** Counts, in words: rounding many nodes up gives the same ones. */
  readonly #considered = new Set<string>();

  constructor(mix: Mix, { costMax, isOver }: IncumbentLimits) {
    this.#mix = mix;
    this.#costMax = costMax;
    this.#isOver = isOver;
    this.#room = new Room(mix);
  }

  /** Takes counts that are better than the best, after dropping what they do not need. */
  consider(counts: readonly number[], prices: Float64Array | null): void {
    this.#considerNear(counts, { ...NOWHERE, prices });
  }

  #considerNear(counts: readonly number[], near: Near): void {
    const name = counts.join();
    if (this.#considered.has(name)) return;
    this.#considered.add(name);
    const held = this.#room.in(counts, near);
    if (held === null) return;
    const fewer = this.#dropped({ counts, basis: held.basis }, near.prices);
    const cost = costOf(this.#mix, fewer);
    if (cost >= this.cost || cost > this.#costMax) return;
    this.counts = fewer;
    this.cost = cost;
  }

  #dropped(held: Held, prices: Float64Array | null): readonly number[] {
    const { kinds } = this.#mix;
    let rest = held;
    for (const kind of [...kinds.keys()].sort((a, b) => kinds[b]!.cost - kinds[a]!.cost)) {
      rest = this.#fewest(rest, kind, prices);
    }
    return rest.counts;
  }

  /** So many of a kind, with the others as they are, that one less is too little: by bisection. */
  #fewest(given: Held, kind: number, prices: Float64Array | null): Held {
    let fewest = given;
    let [few, enough] = [-1, given.counts[kind]!];
    let middle = enough - 1;
    while (enough - few > 1 && !this.#isOver()) {
      const counts = given.counts.with(kind, middle);
      const held = this.#room.in(counts, { basis: fewest.basis, prices });
      if (held === null) {
        few = middle;
      } else {
        enough = middle;
        fewest = { counts, basis: held.basis };
      }
      middle = (few + enough) >> 1;
    }
    return fewest;
  }

  /** The counts of a node rounded up, and fewer where there is room; `always`, or only if better. */
  roundUp(relaxed: RelaxedMix, always: boolean): void {
    const { optimum } = relaxed;
    if (optimum === null || optimum.overflow > OVERFLOW_MAX) return;
    const counts = Array.from(optimum.machines, (count) =>
      Math.max(0, Math.ceil(count - WHOLE_TOLERANCE)),
    );
    if (!always && costOf(this.#mix, counts) >= this.cost) return;
    this.#considerNear(counts, relaxed);
  }

  /**
   * Exchanges some machines of the best for cheaper ones of another kind, until that helps no
   * more. What is too little at the prices of a node is too little, and is not tried.
   */
  improve(prices: Float64Array): void {
    const before = this.counts;
    if (before === null) return;
    const need = worthAt(this.#mix, prices) * (1 - WHOLE_TOLERANCE);
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
