import type { LinearModel, LinearRow, Solver } from '../../../ports/solver.ts';
import { type Bottlenecks, egressAt, ingressAt, linkAt, loadOf } from './load.ts';
import { nearestFirstTree, treeFloor } from './many-terminals.ts';
import { EXACT_TERMINALS_MAX, shortestPaths, steinerTree, type Tree } from './steiner.ts';

/*
 * Problem: how large a part of the data should take each tree, when what is paid are the links of
 * the trees and the time that the fullest bottleneck takes. Parts may be of any size, so that no
 * whole partitions do better.
 * Method: column generation. A small linear program picks among the trees known; its duals price
 * each bottleneck, and the cheapest tree at these prices joins: an exact directed Steiner tree, or
 * with many destinations a good one and a bound on all.
 * Any prices give a bound (Lagrange), which a checker can compute anew.
 * Complexity: some tens of rounds, each a linear program of as many columns and a Steiner tree.
 * Reference: Jansen, Zhang, Approximation algorithms for general packing problems and their
 * application to the multicast congestion problem (2008); the smoothing of prices is Wentges's,
 * Weighted Dantzig–Wolfe decomposition for linear mixed-integer programming (1997).
 */

/** Amounts are of one gigabyte: nano-dollars, seconds. */
export type Packing = {
  readonly source: number;
  readonly destinations: readonly number[];
  readonly bottlenecks: Bottlenecks;
  /** Of each link, with what its end costs when that is a region on the way; Infinity for none. */
  readonly costs: Float64Array;
  /** Of one second of the transfer. */
  readonly secondCost: number;
  /** No transfer is faster. */
  readonly secondsMin: number;
  /** Infinity for as long as it takes. */
  readonly secondsMax: number;
};

export type Packed = {
  /** No way to move a gigabyte costs less. */
  readonly bound: number;
  /** Of one second, for each bottleneck; they prove the bound. */
  readonly prices: ReadonlyMap<number, number>;
  readonly trees: readonly { readonly tree: Tree; readonly share: number }[];
  /** Of the fractional optimum. */
  readonly seconds: number;
};

type Column = {
  readonly tree: Tree;
  readonly cost: number;
  readonly load: ReadonlyMap<number, number>;
};

type Prices = ReadonlyMap<number, number>;

/** What the linear program says. */
type Master = {
  readonly objective: number;
  readonly shares: readonly number[];
  readonly seconds: number;
  readonly prices: Prices;
};

const ROUNDS_MAX = 150;
/** Of the objective. */
const CLOSE = 1e-6;
/** How much of the prices with the best bound stays in those that are tried next. */
const KEPT = 0.6;
const LP_LIMITS = { timeLimitMs: 5_000, relativeGap: 0 };

/** Null when a destination cannot be reached. `isOver` ends it early, with what it has. */
export async function packTrees(
  packing: Packing,
  { solver, isOver }: { readonly solver: Solver; readonly isOver: () => boolean },
): Promise<Packed | null> {
  const first = cheapestTree(packing, new Map());
  if (first === null) return null;
  const columns = [first.column];
  let best = { bound: boundAt(packing, new Map(), first.cost), prices: new Map() as Prices };
  let master = await solveMaster(packing, columns, solver);
  for (let round = 0; round < ROUNDS_MAX && !isOver(); round++) {
    if (master.objective - best.bound <= CLOSE * master.objective) break;
    const mixed = mixPrices(best.prices, master.prices);
    const tries = [mixed, master.prices];
    let hasJoined = false;
    for (const prices of tries) {
      const found = cheapestTree(packing, prices)!;
      const bound = boundAt(packing, prices, found.cost);
      if (bound > best.bound) best = { bound, prices };
      hasJoined = join(columns, found.column);
      if (hasJoined) break;
    }
    if (!hasJoined) break;
    master = await solveMaster(packing, columns, solver);
  }
  const trees = columns.map(({ tree }, index) => ({ tree, share: master.shares[index]! }));
  return { ...best, trees, seconds: master.seconds };
}

function join(columns: Column[], column: Column): boolean {
  const isKnown = columns.some(({ tree }) => isSameTree(tree, column.tree));
  if (!isKnown) columns.push(column);
  return !isKnown;
}

export function isSameTree(one: Tree, other: Tree): boolean {
  if (one.size !== other.size) return false;
  for (const [to, from] of one) if (other.get(to) !== from) return false;
  return true;
}

/** The best tree that is found when each bottleneck has a price, and what none costs less than. */
function cheapestTree(packing: Packing, prices: Prices) {
  const { bottlenecks, source, destinations } = packing;
  const costs = pricedCosts(packing, prices);
  const paths = shortestPaths(costs, bottlenecks.size);
  if (destinations.length <= EXACT_TERMINALS_MAX) {
    const found = steinerTree(paths, source, destinations);
    return found === null ? null : { cost: found.cost, column: columnOf(packing, found.tree) };
  }
  const tree = nearestFirstTree(paths, source, destinations);
  if (tree === null) return null;
  const cost = treeFloor(costs, { source, terminals: destinations });
  return { cost, column: columnOf(packing, tree) };
}

/** What a link costs with the time of the bottlenecks that it loads. */
function pricedCosts({ costs, bottlenecks }: Packing, prices: Prices): Float64Array {
  const priced = costs.slice();
  const { size, secondsPerGigabyte } = bottlenecks;
  const priceAt = (at: number) => (prices.get(at) ?? 0) * secondsPerGigabyte[at]!;
  for (let from = 0; from < size; from++) {
    for (let to = 0; to < size; to++) {
      const link = linkAt(bottlenecks, from, to);
      if (priced[link] === Infinity) continue;
      const atEnds = priceAt(egressAt(bottlenecks, from)) + priceAt(ingressAt(bottlenecks, to));
      priced[link]! += priceAt(link) + atEnds;
    }
  }
  return priced;
}

function columnOf({ costs, bottlenecks }: Packing, tree: Tree): Column {
  let cost = 0;
  for (const [to, from] of tree) cost += costs[linkAt(bottlenecks, from, to)]!;
  return { tree, cost, load: loadOf(tree, bottlenecks) };
}

/** By Lagrange: what the tree costs at these prices, and the time that they do not pay for. */
function boundAt({ secondCost, secondsMin, secondsMax }: Packing, prices: Prices, tree: number) {
  const paid = sumOf(prices);
  const left = secondCost - paid;
  return tree + (left < 0 ? left * secondsMax : left * secondsMin);
}

/** Keeps the sum of prices on the right side of rounding. */
const ROUNDING = 1e-12;

/** Where time has no end the prices must not be more than a second costs. */
function affordable({ secondCost, secondsMax }: Packing, prices: Prices): Prices {
  const paid = sumOf(prices);
  if (secondsMax !== Infinity || paid <= secondCost) return prices;
  return scaled(prices, (secondCost / paid) * (1 - ROUNDING));
}

function sumOf(prices: Prices): number {
  let sum = 0;
  for (const price of prices.values()) sum += price;
  return sum;
}

function scaled(prices: Prices, by: number): Prices {
  return new Map([...prices].map(([at, price]) => [at, price * by]));
}

function mixPrices(best: Prices, last: Prices): Prices {
  const mixed = new Map(scaled(best, KEPT));
  for (const [at, price] of last) mixed.set(at, (mixed.get(at) ?? 0) + (1 - KEPT) * price);
  return mixed;
}

/**
 * Shares that sum to 1, seconds at least what each bottleneck takes, and seconds beyond the
 * limit, which cost so much that they are taken only where the trees known need them.
 */
async function solveMaster(
  packing: Packing,
  columns: readonly Column[],
  solver: Solver,
): Promise<Master> {
  const { bottlenecks, secondsMin, secondsMax, secondCost } = packing;
  const [seconds, beyond] = [columns.length, columns.length + 1];
  const keys = [...new Set(columns.flatMap(({ load }) => [...load.keys()]))];
  const rows: LinearRow[] = keys.map((key) => {
    const on = columns.flatMap(({ load }, index) => (load.has(key) ? [index] : []));
    const each = bottlenecks.secondsPerGigabyte[key]!;
    return {
      columns: [...on, seconds, beyond],
      values: [...on.map((index) => -each * columns[index]!.load.get(key)!), 1, 1],
      lower: 0,
      upper: Infinity,
    };
  });
  rows.push({
    columns: columns.map((_, index) => index),
    values: columns.map(() => 1),
    lower: 1,
    upper: 1,
  });
  const highest = columns.reduce((most, { cost }) => Math.max(most, cost), secondCost);
  const penalty = secondsMax === Infinity ? 0 : (100 * (highest + secondCost)) / secondsMin;
  const model: LinearModel = {
    cost: [...columns.map(({ cost }) => cost), secondCost, penalty],
    lower: [...columns.map(() => 0), secondsMin, 0],
    upper: [...columns.map(() => Infinity), secondsMax, secondsMax === Infinity ? 0 : Infinity],
    integer: [...columns.map(() => false), false, false],
    rows,
  };
  const answer = await solver.solve(model, LP_LIMITS);
  if (answer.status !== 'optimal') return { ...onlyFirst(columns), prices: new Map() };
  const duals = answer.duals ?? [];
  const prices = new Map(
    keys
      .map((key, index) => [key, Math.max(0, duals[index] ?? 0)] as const)
      .filter(([, p]) => p > 0),
  );
  return {
    objective: answer.objective,
    shares: answer.values.slice(0, columns.length),
    seconds: answer.values[seconds]! + answer.values[beyond]!,
    prices: affordable(packing, prices),
  };
}

function onlyFirst(columns: readonly Column[]) {
  return {
    objective: Infinity,
    shares: columns.map((_, index) => (index === 0 ? 1 : 0)),
    seconds: Infinity,
  };
}
