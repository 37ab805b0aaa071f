import type { CoverBound } from '../model/cover-proof.ts';
import type { DivisibleWork, Problem } from '../model/problem.ts';
import { type Prices, pricesOf } from './bound-prices.ts';
import { type Scope, scopeOf } from './bound-scope.ts';
import { ceilOf, GRAINS } from './grains.ts';
import { type JointRows, jointRows } from './joint-rows.ts';
import { type JointCost, leastByDeepening } from './least-by-search.ts';
import { leastByTable } from './least-by-table.ts';
import { byRate, pricedItem } from './priced-item.ts';
import { type PricedTask, provesFloor } from './verify-cover-tree.ts';
import { machineGrains, type Usable, unitOf, wholeUnits, wholeWork } from './verify-cover-whole.ts';

/*
 * Problem: the least that tasks of divisible work in whole machines cost, which share offers, from
 * prices by the number of machines that a task takes of an offer, and of rows over several offers.
 * Method: weak duality. Each task's cheapest whole cover at these prices, by a depth-first search
 * over options in order of the least price of a unit of work; less the most that all tasks together
 * could pay for the machines that there are, by a recurrence over their number, one task after
 * another. Whatever the prices, no answer costs less. A tree that the certificate tells may prove
 * more (verify-cover-tree.ts). Whole numbers, costs rounded down.
 * Complexity: O(tasks × available²) for each offer; of each task as many nodes as a search may have,
 * then as many steps as a table may take; beyond both, what the search had proven counts.
 * Reference: Guignard, Kim, Lagrangean decomposition (Math. Programming 39, 1987); Horowitz, Sahni
 * (JACM 21, 1974).
 */

const NODES_MAX = 1_000_000;
/** Of a table where these do not suffice: some tenths of a second. */
const TABLE_STEPS_MAX = 3e8;
/** Where covers pay for several offers together; beyond it they do not. */
const JOINT_NODES_MAX = 4_000_000;
/** Of one price, in micro-dollars, and of prices that are added up: sums stay exact. */
const PRICE_MAX = 2 ** 40;
const COUNT_MAX = 2 ** 11;
const POOL_PARTS = 1000;

/** In micro-dollars; null where it proves nothing, infinite where a task cannot be done at all. */
export function coverBound(problem: Problem, proof: CoverBound): number | null {
  if (problem.objective.minimize !== 'cost') return null;
  const scope = scopeOf(problem);
  const prices = pricesOf(problem, {
    pools: proof.pools.map((of) => ({ of, per: POOL_PARTS })),
    offers: [],
    budget: { of: 0, per: 1 },
    tasks: [],
  });
  const tables = tablesOf(problem, proof);
  const joint = jointRows(problem, proof.joint ?? []);
  let sum = -prices.ofLimits - BigInt(joint.worth) * GRAINS;
  const tasks: PricedTask[] = [];
  for (const [index, { work }] of problem.tasks.entries()) {
    if (work.kind !== 'divisible' || work.per !== 'machine') return null;
    const task = pricedTask(scope, { index, work }, { prices, tables, joint });
    if (task === null) return Infinity;
    tasks.push(task);
    sum += BigInt(task.least) * task.unit;
  }
  for (const table of new Set(tables.values())) sum -= mostPaid(table) * GRAINS;
  const bound = sum <= 0n ? 0 : Number(ceilOf(sum, GRAINS));
  if (proof.tree === undefined || proof.tree.floor <= bound) return bound;
  const isProven = provesFloor(scope, proof.tree, { sum, tasks, joint: proof.joint ?? [] });
  return isProven ? proof.tree.floor : bound;
}

/** What tasks pay for the machines of one offer, or of several that are the same. */
type Table = {
  readonly available: number;
  readonly price: number;
  /** From none on. */
  readonly byTask: ReadonlyMap<number, readonly number[]>;
};

/** By offer. What is not as it should be is left out: then it costs nothing, on both sides. */
function tablesOf(problem: Problem, proof: CoverBound): ReadonlyMap<number, Table> {
  const tables = new Map<number, Table>();
  for (const { offers, price, byCount } of proof.offers) {
    const available = offers.reduce((sum, offer) => {
      return sum + Math.floor(problem.offers[offer]?.available ?? Infinity);
    }, 0);
    const isNew = new Set(offers).size === offers.length && !offers.some((one) => tables.has(one));
    if (!isNew || available === Infinity || !isPrice(price)) continue;
    const byTask = new Map<number, readonly number[]>();
    for (const { tasks, prices } of byCount) {
      if (prices.length !== available || available > COUNT_MAX || !prices.every(isPrice)) continue;
      for (const task of tasks) {
        const isCounted = byTask.size < COUNT_MAX && areOne(problem, task, offers);
        if (isCounted) byTask.set(task, [0, ...prices]);
      }
    }
    const table = { available, price, byTask };
    for (const offer of offers) tables.set(offer, table);
  }
  return tables;
}

/** Whether machines of these offers are all the same to a task, and one option each. */
function areOne({ offers, tasks }: Problem, task: number, some: readonly number[]): boolean {
  const [first, ...others] = some.map((offer) => {
    const options = tasks[task]?.work.options.filter((option) => option.offer === offer);
    if (options?.length !== 1) return null;
    const { id: _id, available: _available, ...terms } = offers[offer]!;
    return JSON.stringify([{ ...options[0], offer: null }, terms]);
  });
  return first !== undefined && first !== null && others.every((other) => other === first);
}

function isPrice(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= PRICE_MAX;
}

/** By all tasks for all machines; those that are not named may take any number at the price of one. */
function mostPaid({ available, price, byTask }: Table): bigint {
  if (byTask.size === 0) return BigInt(price) * BigInt(available);
  let most = Array.from({ length: available + 1 }, (_, machines) => price * machines);
  for (const prices of byTask.values()) {
    most = most.map((_, machines) => {
      let best = 0;
      for (let own = 0; own <= machines; own++) {
        best = Math.max(best, most[machines - own]! + prices[own]!);
      }
      return best;
    });
  }
  return BigInt(most[available]!);
}

/** Null where the work cannot be done. */
function pricedTask(
  scope: Scope,
  task: { readonly index: number; readonly work: DivisibleWork },
  given: {
    readonly prices: Prices;
    readonly tables: ReadonlyMap<number, Table>;
    readonly joint: JointRows;
  },
): PricedTask | null {
  const { options } = task.work;
  const { need, units } = wholeWork(task.work);
  if (need <= 0) return { need, items: [], offers: [], unit: 1n, paid: null, least: 0 };
  const asked = options.map(({ offer }) => given.tables.get(offer)?.byTask.get(task.index));
  const each = options.map((option, at) => {
    const grains = machineGrains(scope, { ...task, option }, given.prices);
    const price = asked[at] === undefined ? (given.tables.get(option.offer)?.price ?? 0) : 0;
    return grains === null ? null : grains + BigInt(price) * GRAINS;
  });
  const counted = machinesByPrices(scope, options, asked);
  const usable = options.flatMap(({ offer }, at): (Usable & { readonly at: number })[] => {
    const [grains, done, byCount] = [each[at]!, Math.min(need, units[at]!), asked[at]];
    const isOther = byCount !== undefined && asked.indexOf(byCount) < at;
    const most = byCount === undefined ? (scope.caps[offer] ?? 0) : counted.get(byCount)!;
    const cap = done > 0 && !isOther ? Math.min(most, Math.ceil(need / done)) : 0;
    return grains === null || cap <= 0 ? [] : [{ grains, units: done, cap, at }];
  });
  const inUnits = unitOf(usable.map(dearest(asked, given.joint.worth)), need);
  const items = usable
    .map((one) => {
      const byCount = asked[one.at]?.slice(0, one.cap + 1) ?? null;
      return pricedItem({ ...one, byCount }, inUnits);
    })
    .toSorted(byRate);
  const offers = items.map(({ at }) => sameAs(options, asked, at));
  const paid = given.joint.paidBy(task.index, offers);
  const joint: JointCost | null =
    paid === null ? null : (taken) => wholeUnits(BigInt(paid(taken)) * GRAINS, inUnits);
  const alone = leastByDeepening(items, need, { nodesMax: NODES_MAX });
  const from = alone.isReached
    ? alone.least
    : (leastByTable(items, need, TABLE_STEPS_MAX) ?? alone.least);
  const { least } = leastByDeepening(items, need, { nodesMax: JOINT_NODES_MAX, joint, from });
  return least === Infinity ? null : { need, items, offers, unit: inUnits.unit, paid, least };
}

/** The offers whose machines are counted together as those of an option. */
function sameAs(
  options: DivisibleWork['options'],
  asked: readonly (readonly number[] | undefined)[],
  at: number,
): readonly number[] {
  if (asked[at] === undefined) return [options[at]!.offer];
  return options.flatMap(({ offer }, other) => (asked[other] === asked[at] ? [offer] : []));
}

/** At a price of one machine that is as much as what any number of them are asked for, or all together. */
function dearest(asked: readonly (readonly number[] | undefined)[], jointWorth: number) {
  return ({ at, grains, ...usable }: Usable & { readonly at: number }): Usable => {
    const most = Math.max(0, ...(asked[at] ?? [])) + jointWorth;
    return { ...usable, grains: grains + BigInt(most) * GRAINS };
  };
}

/** Of options that are counted together, the machines of all. */
function machinesByPrices(
  { caps }: Scope,
  options: DivisibleWork['options'],
  asked: readonly (readonly number[] | undefined)[],
): ReadonlyMap<readonly number[], number> {
  const machines = new Map<readonly number[], number>();
  options.forEach(({ offer }, at) => {
    const prices = asked[at];
    if (prices !== undefined) machines.set(prices, (machines.get(prices) ?? 0) + caps[offer]!);
  });
  return machines;
}
