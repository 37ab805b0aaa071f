import type { CoverItems } from './cover-at-prices.ts';

/*
 * Problem: how often an item of a cover is bought at most, when others are as good.
 * Method: exchange. Of an item and all that do at least as much and cost no more, a cheapest cover
 * buys no more than do all the work by themselves; and it may buy the item only when it has all of
 * the others. So what is left for the item is what those leave over.
 * Complexity: O(n log n), sums of caps in a binary indexed tree by units.
 * Reference: Kellerer, Pferschy, Pisinger, Knapsack Problems (2004), section 3.2 on dominance;
 * Fenwick, A new data structure for cumulative frequency tables (1994).
 */

/** Caps as small as some cheapest cover keeps. */
export function tightenCaps({ costs, units, caps }: CoverItems, need: number): Float64Array {
  const usable = [...units.keys()].filter((i) => units[i]! > 0 && caps[i]! > 0);
  const places = new Map(
    Float64Array.from(new Set(usable.map((i) => -units[i]!)))
      .sort()
      .entries()
      .map(([place, minus]) => [-minus, place + 1]),
  );
  const better = new Sums(places.size);
  const tight = new Float64Array(caps.length);
  const order = usable.sort((a, b) => costs[a]! - costs[b]! || units[b]! - units[a]! || a - b);
  for (const i of order) {
    const place = places.get(units[i]!)!;
    const useful = Math.ceil(need / units[i]!);
    tight[i] = Math.max(0, Math.min(caps[i]!, useful - better.upTo(place)));
    better.add(place, caps[i]!);
  }
  return tight;
}

/** Sums over places from the first, 1, to any. */
class Sums {
  readonly #sums: Float64Array;

  constructor(places: number) {
    this.#sums = new Float64Array(places + 1);
  }

  add(from: number, value: number): void {
    for (let place = from; place < this.#sums.length; place += place & -place) {
      this.#sums[place]! += value;
    }
  }

  upTo(last: number): number {
    let sum = 0;
    for (let place = last; place > 0; place -= place & -place) sum += this.#sums[place]!;
    return sum;
  }
}
