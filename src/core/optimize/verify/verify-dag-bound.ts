import type { PlaceBound, PlacePrices, PlaceProof } from '../model/place-proof.ts';
import type { Problem } from '../model/problem.ts';
import { bestOfPlaces } from './best-of-places.ts';
import { type DagCosts, type DagPair, dagCosts } from './dag-costs.ts';

/*
 * Problem: which value no placement of a pipeline is below, by the proof that came with it.
 * Method: prices are taken as they are: any whole numbers, moved from pairs of tasks to the tasks,
 * leave every answer its cost; so the sum of what each then costs at least is a bound. With it, a
 * place that makes an answer no cheaper than the one to be judged can be left out. Splits and
 * eliminations are redone. All numbers are whole and below 2^53, or nothing is proven.
 * Complexity: O(pairs × places²) for each set of prices, besides eliminations.
 */

/** Whole numbers that are no larger can be added once more without an error. */
const EXACT = 2 ** 51;

/** Which places of each task are left. */
type Left = readonly (readonly number[])[];

/**
 * Micro-dollars that no answer is below; null where the proof proves nothing. Only for problems of
 * `choice` tasks whose cost is to be least; what else limits an answer (deadlines, pools, budgets
 * of all) can only make it dearer, so that the bound holds with it as well.
 */
export function dagBound(problem: Problem, { value, proof }: PlaceBound): number | null {
  const isPipeline = problem.tasks.every(({ work }) => work.kind === 'choice');
  if (!isPipeline || problem.objective.minimize !== 'cost' || Number.isNaN(value)) return null;
  const costs = dagCosts(problem, value);
  const left = costs.places.map((places) => [...places.keys()]);
  return Math.min(value, boundOf(proof, { costs, value, left }));
}

type Judged = { readonly costs: DagCosts; readonly value: number; readonly left: Left };

function boundOf(proof: PlaceProof, judged: Judged): number {
  const { costs, value } = judged;
  const left = possibleOf(costs, judged.left);
  if (left.some((places) => places.length === 0)) return value;
  switch (proof.kind) {
    case 'prices': {
      const priced = applyPrices(proof.prices, { costs, value, left });
      if (priced === null)
        return proof.rest === null ? 0 : boundOf(proof.rest, { costs, value, left });
      const bound = Math.max(0, Math.ceil(priced.bound / proof.prices.per));
      if (proof.rest === null || bound >= value) return bound;
      return Math.max(bound, boundOf(proof.rest, { costs, value, left: priced.left }));
    }
    case 'split': {
      const { task, within, without } = proof;
      const names = new Set(proof.places);
      const half = (isWithin: boolean): Left =>
        left.map((places, index) =>
          index === task
            ? places.filter((place) => names.has(costs.places[task]![place]!.name) === isWithin)
            : places,
        );
      return Math.min(
        boundOf(within, { costs, value, left: half(true) }),
        boundOf(without, { costs, value, left: half(false) }),
      );
    }
    case 'elimination':
      return bestOfPlaces(costs, left) ?? 0;
  }
}

/** Without the places that no place of some coupled task goes with, as often as that drops any. */
function possibleOf({ pairs }: DagCosts, all: Left): Left {
  const left = [...all];
  const strict = pairs.filter(({ micros }) => micros.some((row) => row.includes(Infinity)));
  for (let isDropped = strict.length > 0; isDropped; ) {
    isDropped = false;
    for (const { from, to, micros } of strict) {
      const rows = left[from]!.filter((row) =>
        left[to]!.some((column) => micros[row]![column] !== Infinity),
      );
      const columns = left[to]!.filter((column) =>
        rows.some((row) => micros[row]![column] !== Infinity),
      );
      isDropped ||= rows.length < left[from]!.length || columns.length < left[to]!.length;
      left[from] = rows;
      left[to] = columns;
    }
  }
  return left;
}

type Priced = { readonly bound: number; readonly left: Left };

/** Null where a number is not whole, or too large to be added without an error. */
function applyPrices(prices: PlacePrices, { costs, value, left }: Judged): Priced | null {
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
function borneByPair(
  { pairs }: PlacePrices,
  { costs, left }: Pick<Judged, 'costs' | 'left'>,
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

function leastOf(values: Float64Array): number {
  let least = Infinity;
  for (const value of values) if (value < least) least = value;
  return least;
}

/** False where a sum is not exact. */
function addTo(sums: Float64Array, values: Float64Array): boolean {
  for (let at = 0; at < sums.length; at++) sums[at]! += values[at]!;
  return areExact(sums);
}

function areExact(values: Float64Array): boolean {
  return values.every(isExact);
}

function isExact(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= EXACT;
}
