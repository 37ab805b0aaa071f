import type { CoverNode, CoverTree, JointRow } from '../model/cover-proof.ts';
import type { DivisibleWork, Problem } from '../model/problem.ts';
import { pricesOf } from './bound-prices.ts';
import type { Scope } from './bound-scope.ts';
import { merged, someOf, type TaskItems, unbeaten } from './fewer-items.ts';
import { GRAINS } from './grains.ts';
import { jointRows } from './joint-rows.ts';
import type { JointCost, Taken } from './least-by-search.ts';
import { type ListBudget, listCovers } from './list-covers.ts';
import { COST_MAX, COST_PARTS, OpenCovers, type TableCover } from './open-covers.ts';
import { byRate, type PricedItem, pricedItem } from './priced-item.ts';
import { BOUND_TOLERANCE } from './tolerance.ts';
import { machineGrains, wholeUnits } from './verify-cover-whole.ts';

/*
 * Problem: whether a search that a certificate tells proves that no answer costs less than its floor.
 * Method: an answer below the floor, without the machines that its covers can do without, has covers
 * that lose less at the prices of the certificate than the floor is above the bound of these prices.
 * Those are listed here, from the problem alone, without offers that others beat. Each node shuts
 * some of them at prices of its own or is closed by them, then splits those of one task by what they
 * count in a row. When all leaves are closed, there is no such answer. Splits are complete by
 * themselves, and any prices prove something, so that a search that is told wrong leaves a leaf open:
 * then it proves nothing.
 * Complexity: of the list, see list-covers.ts; O(entries of the list) for each node.
 * Reference: Land, Doig, An automatic method of solving discrete programming problems (Econometrica
 * 28, 1960); Baldacci, Christofides, Mingozzi (Math. Programming 115, 2008).
 */

/** Of all tasks; nodes of the search that lists them. */
const COVERS_MAX = 50_000;
const LIST_NODES_MAX = 20_000_000;
/** Of one node to the next below it; and numbers that are read in all, a few seconds. */
const DEPTH_MAX = 500;
const WORK_MAX = 2e9;

/** A task, and what is known of it at the prices of the certificate. */
export type PricedTask = {
  /** Units of work. */
  readonly need: number;
  readonly items: readonly PricedItem[];
  /** Of each item, the offers whose machines it counts together. */
  readonly offers: readonly (readonly number[])[];
  /** Micro-dollars that are paid for what is taken together; null where that is nothing. */
  readonly paid: ((taken: Taken | null) => number) | null;
  /** Grains; what its cheapest cover costs, at least, in this unit. */
  readonly unit: bigint;
  readonly least: number;
};

export type Priced = {
  /** What all answers cost at least at these prices, in grains. */
  readonly sum: bigint;
  readonly tasks: readonly PricedTask[];
  readonly joint: readonly JointRow[];
};

export function provesFloor(scope: Scope, tree: CoverTree, priced: Priced): boolean {
  if (!Number.isSafeInteger(tree.floor) || tree.floor <= 0) return false;
  const { problem, caps } = scope;
  const rows = rowsOf(problem, tree, priced.joint);
  // Money is whole micro-dollars: what costs less than the floor costs one less.
  const limit = BigInt(tree.floor) - 1n;
  const budget = { nodes: LIST_NODES_MAX, covers: COVERS_MAX };
  const table: (readonly TableCover[])[] = [];
  const costsMax = priced.tasks.map(({ unit, least }) => {
    return least + Number((limit * GRAINS - priced.sum) / unit);
  });
  const tasks = unbeaten(problem, caps, itemsOf(scope, priced, costsMax));
  for (const [index, all] of tasks.entries()) {
    const task = merged(all, rows.keyOf);
    const taken = coversOf(task, costsMax[index]!, budget);
    if (taken === null) return false;
    const costs = task.costs.map((grains) => Number((grains * BigInt(COST_PARTS)) / GRAINS));
    const counted = rows.countsOf(index, task.offers);
    const covers = taken.map((one) => ({ cost: sumOf(costs, one), counts: counted(one) }));
    if (covers.some(({ cost }) => cost > COST_MAX)) return false;
    table.push(covers.filter(({ counts }) => counts.every(([row, n]) => n <= rows.rights[row]!)));
  }
  return isClosed(new OpenCovers(table, rows.rights), tree, limit * BigInt(COST_PARTS));
}

/** With what machines cost without any prices; at the prices, what is above a limit is just above it. */
function itemsOf(
  scope: Scope,
  { tasks }: Priced,
  costsMax: readonly number[],
): readonly TaskItems[] {
  const { problem } = scope;
  const free = pricesOf(problem, { pools: [], offers: [], budget: { of: 0, per: 1 }, tasks: [] });
  return tasks.map(({ need, items, offers, paid, unit }, index) => {
    const { options } = problem.tasks[index]!.work as DivisibleWork;
    const inUnits = { unit, most: unit * BigInt(costsMax[index]! + 1) };
    const repriced = items.map((item) => pricedItem(item, inUnits));
    const order = [...items.keys()].sort((a, b) => byRate(repriced[a]!, repriced[b]!));
    const costs = items.map(({ at }) => {
      return machineGrains(scope, { index, option: options[at]! }, free) ?? 0n;
    });
    const joint: JointCost | null =
      paid === null ? null : (taken) => wholeUnits(BigInt(paid(taken)) * GRAINS, inUnits);
    return someOf({ need, items: repriced, offers, costs, joint }, order);
  });
}

function coversOf(
  { items, need, joint }: TaskItems,
  costMax: number,
  budget: ListBudget,
): readonly (Taken | null)[] | null {
  return need <= 0 ? [null] : listCovers(items, need, { costMax, joint, budget });
}

function sumOf(costs: readonly number[], taken: Taken | null): number {
  let sum = 0;
  for (let one = taken; one !== null; one = one.before) sum += costs[one.item]! * one.count;
  return sum;
}

type TreeRows = {
  readonly rights: readonly (number | null)[];
  /** What offers must have in common to be the same in all rows; null where they are not among themselves. */
  readonly keyOf: (offers: readonly number[]) => string | null;
  /** What a task counts for what it takes of items of such offers, where that is not 0. */
  readonly countsOf: (
    task: number,
    offers: readonly (readonly number[])[],
  ) => (taken: Taken | null) => TableCover['counts'];
};

/** What is a pool is no row that others are made of. */
const NO_ROW: JointRow = { halfOf: [], tasks: [], price: 0 };

function rowsOf(problem: Problem, tree: CoverTree, joint: readonly JointRow[]): TreeRows {
  const all = [...joint, ...tree.rows];
  const counted = jointRows(
    problem,
    all.map((row): JointRow => ('pool' in row ? NO_ROW : { ...row, price: 0 })),
  );
  const rights = counted.rights.slice();
  const pools = all.slice(0, rights.length).flatMap((row, index) => {
    const limit = 'pool' in row ? problem.pools[row.pool]?.limit : undefined;
    if (limit === undefined || !('pool' in row)) return [];
    rights[index] = Math.floor(limit * (1 + BOUND_TOLERANCE));
    return [{ index, pool: row.pool }];
  });
  return {
    rights,
    keyOf: sameRows(problem, all),
    countsOf: (task, offers) => {
      const { rows, count } = counted.countedBy(task, offers);
      const amounts = pools.map(({ pool }) => {
        return offers.map(([offer]) => amountOf(problem, offer!, pool));
      });
      return (taken) => {
        const counts = count(taken);
        const own = rows.map((row) => [row, counts[row]!] as const);
        const ofPools = pools.map(({ index }, at) => [index, sumOf(amounts[at]!, taken)] as const);
        return [...own, ...ofPools].filter(([, one]) => one > 0);
      };
    },
  };
}

/** Rows that offers are in, and what they take of pools. */
function sameRows({ offers }: Problem, all: readonly (JointRow | CoverTree['rows'][number])[]) {
  const keys = offers.map(({ uses }) => [JSON.stringify(uses)]);
  all.forEach((row, index) => {
    if ('offers' in row) for (const offer of new Set(row.offers)) keys[offer]?.push(`${index}`);
  });
  const known = keys.map((key) => key.join());
  return (some: readonly number[]): string | null => {
    const [first, ...others] = some.map((offer) => known[offer]!);
    return first !== undefined && others.every((one) => one === first) ? first : null;
  };
}

/** What one machine of an offer takes of a pool. */
function amountOf({ offers }: Problem, offer: number, pool: number): number {
  return offers[offer]!.uses.reduce((sum, use) => {
    return use.pool === pool ? sum + use.amount : sum;
  }, 0);
}

/** Whether no choice of covers is left at any leaf that costs no more than the limit, in parts. */
function isClosed(covers: OpenCovers, { nodes }: CoverTree, limit: bigint): boolean {
  /** Of the nodes to come: which covers are shut; null for all. */
  const open: (Uint8Array | null)[] = [new Uint8Array(covers.covers)];
  for (const { prices, split } of nodes) {
    const isShut = open.pop();
    if (isShut === undefined || covers.work > WORK_MAX || open.length > DEPTH_MAX) return false;
    const isLeft =
      isShut !== null &&
      covers.shutUnfit(isShut) &&
      prices.every((one) => covers.shutDearer(isShut, one, limit) && covers.shutUnfit(isShut));
    if (split === undefined && isLeft) return false;
    if (split !== undefined) open.push(...sidesOf(covers, split, isLeft ? isShut : null));
  }
  return open.length === 0;
}

/** What is shut in the others, then in what counts so much; all where all is shut. */
function sidesOf(
  covers: OpenCovers,
  split: NonNullable<CoverNode['split']>,
  isShut: Uint8Array | null,
): readonly (Uint8Array | null)[] {
  if (isShut === null) return [null, null];
  return (['others', 'less'] as const).map((side) => {
    const shut = isShut.slice();
    covers.shutSide(shut, split, side);
    return shut;
  });
}
