import type { PlacePrices } from '../model/place-proof.ts';
import { bestOfPlaces, type PlaceCosts } from './best-of-places.ts';
import { addTo, areExact, borneByPair, type Left, leastOf } from './bound-by-places.ts';
import type { DagCosts } from './dag-costs.ts';

/*
 * Problem: what the cheapest choice of the places that are left costs, for the checker.
 * Method: prices move what transfers cost to the tasks. What every choice costs at least is then known,
 * and of the rest, which is small for choices that are cheap, the least is found
 * (best-of-places.ts), with all that is too dear left out early. All numbers are whole.
 * Complexity: O(pairs × places²), and that of the search.
 */

export const NO_PRICES: PlacePrices = { per: 1, pairs: [] };

type Scope = { readonly costs: DagCosts; readonly value: number; readonly left: Left };

/** In micro-dollars, or the value where none costs less; null where it would take too long. */
export function leastOfPlaces(prices: PlacePrices, { costs, value, left }: Scope): number | null {
  // Without a value nothing is too dear, and sums are larger than prices allow for.
  const priced = value === Infinity ? null : restOf(prices, { costs, left });
  const rest = priced ?? restOf(NO_PRICES, { costs, left });
  if (rest === null) return null;
  const { per, bound, ...above } = rest;
  if (bound === Infinity) return value;
  const best = bestOfPlaces(above, (value - 1) * per - bound);
  return best === null ? null : Math.min(value, Math.ceil((bound + best) / per));
}

/** In parts of a micro-dollar: what all cost at least, and what costs are above that. */
type Rest = PlaceCosts & { readonly per: number; readonly bound: number };

/** Null where a number is not exact. */
function restOf(prices: PlacePrices, { costs, left }: Omit<Scope, 'value'>): Rest | null {
  const { per } = prices;
  const tasks = left.map((places, task) =>
    Float64Array.from(places, (place) => costs.places[task]![place]!.micros * per),
  );
  let isWhole = Number.isSafeInteger(per) && per >= 1 && tasks.every(areExact);
  const borne = borneByPair(prices, { costs, left });
  const pairs = costs.pairs.map(({ from, to, micros }, index) => {
    const { ofFrom, ofTo } = borne[index]!;
    isWhole &&= areExact(ofFrom) && areExact(ofTo);
    isWhole &&= addTo(tasks[from]!, ofFrom) && addTo(tasks[to]!, ofTo);
    const rest = new Float64Array(ofFrom.length * ofTo.length);
    let at = 0;
    for (const [row, place] of left[from]!.entries()) {
      const all = micros[place]!;
      const columns = left[to]!;
      const ofRow = ofFrom[row]!;
      for (let column = 0; column < columns.length; column++) {
        rest[at++] = all[columns[column]!]! * per - ofRow - ofTo[column]!;
      }
    }
    isWhole &&= rest.every((one) => one === Infinity || Number.isSafeInteger(one));
    return { from, to, costs: rest };
  });
  let bound = 0;
  for (const values of [...tasks, ...pairs.map((pair) => pair.costs)]) {
    const least = leastOf(values);
    bound += least;
    if (least === Infinity) continue;
    for (let at = 0; at < values.length; at++) values[at]! -= least;
  }
  isWhole &&= bound === Infinity || Number.isSafeInteger(bound);
  return isWhole ? { tasks, pairs, per, bound } : null;
}
