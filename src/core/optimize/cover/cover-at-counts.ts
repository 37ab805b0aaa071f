import { type CountCut, countIn } from './count-cuts.ts';
import type { CoupledModel } from './coupled-model.ts';
import { type CoverEffort, type CoverItems, coverAtPrices } from './cover-at-prices.ts';
import type { FoundCover } from './search-covers.ts';
import { searchCovers } from './search-covers.ts';

/*
 * Problem: the best cover of one task where some items' price depends on how many are bought:
 * beside what each costs, what cuts ask for so many.
 * Method: the search of search-covers.ts, below the best of the covers that are known. What a cut
 * asks for is divided into the least for each machine, which counts from the start, and the rest.
 * Where there are too many nodes, the least alone bounds the cost.
 * Complexity: as search-covers.ts.
 */

/** What n machines cost more than n times the least; of each item, null for nothing. */
export type More = readonly (Float64Array | null)[];

export type CountedItems = CoverItems & { readonly more: More };

const NODES_MAX = 300_000;

export function itemsAt(
  { offers, units }: CoupledModel,
  task: number,
  given: {
    readonly costs: Float64Array;
    readonly caps: Float64Array;
    readonly cuts: readonly CountCut[];
    readonly prices: Float64Array;
  },
): CountedItems {
  const asked = new Map<number, Float64Array>();
  given.cuts.forEach((cut, index) => {
    const price = given.prices[index]!;
    if (price === 0) return;
    const cap = given.caps[cut.offer]!;
    const sums = asked.get(cut.offer) ?? new Float64Array(cap + 1);
    for (let machines = 0; machines <= cap; machines++) {
      sums[machines]! += price * countIn(cut, task, machines);
    }
    asked.set(cut.offer, sums);
  });
  const costs = given.costs.slice();
  const more: (Float64Array | null)[] = Array.from({ length: offers }, () => null);
  for (const [offer, sums] of asked) {
    let least = Infinity;
    for (let n = 1; n < sums.length; n++) least = Math.min(least, sums[n]! / n);
    if (least === Infinity) continue;
    costs[offer]! += least;
    more[offer] = sums.map((sum, machines) => Math.max(0, sum - machines * least));
  }
  const own = units.subarray(task * offers, (task + 1) * offers);
  return { costs, units: own, caps: given.caps, more };
}

export type CountedCover = FoundCover & { readonly bound: number };

/** The best cover of all, where the known ones are good for a limit; null for none. */
export function coverAtCounts(
  items: CountedItems,
  need: number,
  given: { readonly known: readonly FoundCover['bought'][]; readonly effort: CoverEffort },
): CountedCover | null {
  const { costs, units, caps, more } = items;
  let best: FoundCover | null = null;
  for (const bought of given.known) {
    if (bought.some(([item, count]) => count > caps[item]!)) continue;
    const cost = costOf(items, bought);
    if (best === null || cost < best.cost) best = { cost, bought };
  }
  const usable = [...costs.keys()].filter((i) => units[i]! > 0 && caps[i]! > 0);
  const order = Int32Array.from(usable).sort(
    (a, b) => costs[a]! * units[b]! - costs[b]! * units[a]! || a - b,
  );
  const limits = { need, cost: best?.cost ?? Infinity, nodesMax: NODES_MAX, more };
  const found = searchCovers(items, order, limits);
  if (found !== undefined) {
    const least = found ?? best;
    return least === null ? null : { ...least, bound: least.cost };
  }
  const plain = coverAtPrices({ costs, units, caps }, need, given.effort);
  if (plain === null) return null;
  const cost = costOf(items, plain.bought);
  const least = best !== null && best.cost <= cost ? best : { cost, bought: plain.bought };
  return { ...least, bound: Math.min(plain.bound, least.cost) };
}

function costOf({ costs, more }: CountedItems, bought: FoundCover['bought']): number {
  return bought.reduce((sum, [item, count]) => {
    return sum + costs[item]! * count + (more[item]?.[count] ?? 0);
  }, 0);
}
