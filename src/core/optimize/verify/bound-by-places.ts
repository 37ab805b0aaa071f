import type { PlacePrices } from '../model/place-proof.ts';
import type { DagCosts, DagPair } from './dag-costs.ts';

/*
 * Problem: what a placement costs at least by prices of its places, for the checker.
 * Method: prices are taken as they are: any whole numbers, moved from pairs of tasks to the tasks,
 * leave every answer its cost; so the sum of what each then costs at least is a bound. With it, a
 * place that makes an answer no cheaper than the one to be judged can be left out. All numbers are
 * whole and below 2^53, or nothing is proven.
 * Complexity: O(pairs × places²).
 */

/** Whole numbers that are no larger can be added once more without an error. */
const EXACT = 2 ** 51;

/** Which places of each task are left. */
export type Left = readonly (readonly number[])[];

export type Priced = { readonly bound: number; readonly left: Left };

/** Null where a number is not whole, or too large to be added without an error. */
export function applyPrices(
  prices: PlacePrices,
  { costs, value, left }: { readonly costs: DagCosts; readonly value: number; readonly left: Left },
): Priced | null {
  const { per } = prices;
  const ofTasks = left.map((places, task) =>
    Float64Array.from(places, (place) => costs.places[task]![place]!.micros * per),
  );
  let isWhole = isExact(per) && per >= 1 && ofTasks.every(areExact);
  const borne = borneByPair(prices, { costs, left });
  const pairs = costs.pairs.map((pair, index) => {
    const { ofFrom, ofTo } = borne[index]!;
    isWhole &&= addTo(ofTasks[pair.from]!, ofFrom) && addTo(ofTasks[pair.to]!, ofTo);
    const made = leastOfPair(pair, { left, per, ofFrom, ofTo });
    isWhole &&= areExact(ofFrom) && areExact(ofTo) && made.isWhole;
    return made;
  });
  const leastOfTasks = ofTasks.map(leastOf);
  let bound = 0;
  for (const least of [...leastOfTasks, ...pairs.map((pair) => pair.least)]) {
    bound += least;
    isWhole &&= isExact(bound) || bound === Infinity;
  }
  if (!isWhole) return null;
  if (bound === Infinity) return { bound, left };
  const above = ofTasks.map((values, task) => values.map((one) => one - leastOfTasks[task]!));
  for (const [index, { from, to }] of costs.pairs.entries()) {
    const { ofRows, ofColumns, least } = pairs[index]!;
    addTo(
      above[from]!,
      ofRows.map((one) => one - least),
    );
    addTo(
      above[to]!,
      ofColumns.map((one) => one - least),
    );
  }
  const slack = (value - 1) * per - bound;
  return {
    bound,
    left: left.map((places, task) => places.filter((_, at) => !(above[task]![at]! > slack))),
  };
}

type Borne = { readonly ofFrom: Float64Array; readonly ofTo: Float64Array };

/** What both ends of each pair of the problem bear, at the places that are left. */
export function borneByPair(
  { pairs }: PlacePrices,
  { costs, left }: { readonly costs: DagCosts; readonly left: Left },
): readonly Borne[] {
  const said = new Map<string, ReadonlyMap<string, number>>();
  for (const { from, to, ofFrom, ofTo } of pairs) {
    said.set(`${from} ${to}`, new Map(Object.entries(ofFrom)));
    said.set(`${to} ${from}`, new Map(Object.entries(ofTo)));
  }
  const of = (task: number, other: number): Float64Array => {
    const byName = said.get(`${task} ${other}`);
    return Float64Array.from(left[task]!, (place) => {
      return byName?.get(costs.places[task]![place]!.name) ?? 0;
    });
  };
  return costs.pairs.map(({ from, to }) => ({ ofFrom: of(from, to), ofTo: of(to, from) }));
}

/** What a pair still costs at least: at all, for each place of either end. */
type LeastOfPair = {
  readonly least: number;
  readonly ofRows: Float64Array;
  readonly ofColumns: Float64Array;
  readonly isWhole: boolean;
};

function leastOfPair(
  { from, to, micros }: DagPair,
  { left, per, ofFrom, ofTo }: Borne & { readonly left: Left; readonly per: number },
): LeastOfPair {
  const [rows, columns] = [left[from]!, left[to]!];
  const ofRows = new Float64Array(rows.length).fill(Infinity);
  const ofColumns = new Float64Array(columns.length).fill(Infinity);
  let isWhole = true;
  for (let row = 0; row < rows.length; row++) {
    const costs = micros[rows[row]!]!;
    for (let column = 0; column < columns.length; column++) {
      const cost = costs[columns[column]!]! * per;
      if (cost > EXACT && cost !== Infinity) isWhole = false;
      const least = cost - ofFrom[row]! - ofTo[column]!;
      if (least < ofRows[row]!) ofRows[row] = least;
      if (least < ofColumns[column]!) ofColumns[column] = least;
    }
  }
  return { least: leastOf(ofRows), ofRows, ofColumns, isWhole };
}

export function leastOf(values: Float64Array): number {
  let least = Infinity;
  for (const value of values) if (value < least) least = value;
  return least;
}

/** False where a sum is not exact. */
export function addTo(sums: Float64Array, values: Float64Array): boolean {
  for (let at = 0; at < sums.length; at++) sums[at]! += values[at]!;
  return areExact(sums);
}

export function areExact(values: Float64Array): boolean {
  return values.every(isExact);
}

function isExact(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= EXACT;
}
