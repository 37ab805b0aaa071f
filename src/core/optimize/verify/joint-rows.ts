import type { JointRow } from '../model/cover-proof.ts';
import type { Problem } from '../model/problem.ts';
import type { Taken } from './least-by-search.ts';

/*
 * Problem: what covers of tasks count in rows that all of them together keep, from what a
 * certificate says of these rows: of which offers they are, with which multipliers, halves of which others.
 * Method: counts and right sides are derived anew; nothing is taken on trust but prices. Of whole
 * answers, a sum of parts rounded down is at most the sum rounded down: so each row holds.
 * A row that is not as it should be is left out, and what is made of it.
 * Complexity: O(rows) for each cover.
 * Reference: Chvátal, Edmonds polytopes and a hierarchy of combinatorial problems (Discrete Math. 4,
 * 1973).
 */

/** Of multipliers, machines and prices, so that all sums stay exact. */
const NUMBER_MAX = 2 ** 20;
const WORTH_MAX = 2 ** 50;
const ROWS_MAX = 2 ** 12;

/** A row that holds, as it stands in the certificate; null for one that is left out. */
type Held = {
  readonly row: JointRow;
  /** What all tasks together count at most. */
  readonly right: number;
  readonly offers: ReadonlySet<number>;
  /** Of a half, those that it is of. */
  readonly of: readonly number[];
  readonly tasks: ReadonlySet<number>;
} | null;

/** Items are of such offers each: machines of an item are of any of its offers. */
type ItemOffers = readonly (readonly number[])[];

export type JointRows = {
  /** Of each row, what all tasks together count at most; null for one that is left out. */
  readonly rights: readonly (number | null)[];
  /** Micro-dollars of all right sides. */
  readonly worth: number;
  /** What a task pays for what it takes, in micro-dollars; null where it pays nothing at all. */
  readonly paidBy: (task: number, items: ItemOffers) => ((taken: Taken | null) => number) | null;
  /** What a task counts in each row for what it takes. */
  readonly countedBy: (task: number, items: ItemOffers) => Counter;
};

type Counter = {
  /** In all others it counts nothing, whatever it takes. */
  readonly rows: readonly number[];
  /** By row; the same array each time. */
  readonly count: (taken: Taken | null) => Float64Array;
};

export function jointRows(problem: Problem, rows: readonly JointRow[]): JointRows {
  const held: Held[] = [];
  for (const row of rows.slice(0, ROWS_MAX)) {
    held.push('offers' in row ? rowOfOffers(problem, row) : halfRow(problem, row, held));
  }
  let worth = 0;
  const prices = held.map((one) => {
    const price = one === null || !isCount(one.row.price, WORTH_MAX) ? 0 : one.row.price;
    const more = price * (one?.right ?? 0);
    if (worth + more > WORTH_MAX) return 0;
    worth += more;
    return price;
  });
  return {
    rights: held.map((one) => one?.right ?? null),
    worth,
    paidBy: (task, items) => paidBy(countedBy(held, task, items), prices),
    countedBy: (task, items) => countedBy(held, task, items),
  };
}

function isCount(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}

function rowOfOffers(problem: Problem, row: Extract<JointRow, { offers: unknown }>): Held {
  const { of, per, shares } = row;
  const offers = new Set(row.offers);
  let available = 0;
  for (const offer of offers) available += problem.offers[offer]?.available ?? Infinity;
  const isRow = [of, per, Math.floor(available)].every((one) => isCount(one, NUMBER_MAX));
  if (!isRow || per === 0 || shares.length > problem.tasks.length) return null;
  if (!shares.every((share) => isCount(share, per - 1))) return null;
  const sum = shares.reduce((all, share) => all + share, of * Math.floor(available));
  return { row, offers, of: [], tasks: new Set(), right: Math.floor(sum / per) };
}

function halfRow(
  problem: Problem,
  row: Extract<JointRow, { halfOf: unknown }>,
  before: readonly Held[],
): Held {
  const of = row.halfOf;
  const tasks = new Set(row.tasks);
  if (of.length === 0 || of.length > 2) return null;
  if (![...tasks].every((task) => problem.tasks[task] !== undefined)) return null;
  let right = tasks.size;
  for (const index of of) {
    const one = before[index];
    if (one === undefined || one === null) return null;
    right += one.right;
  }
  return { row, offers: new Set(), of, tasks, right: Math.floor(right / 2) };
}

function paidBy(
  { rows, count }: Counter,
  prices: readonly number[],
): ((taken: Taken | null) => number) | null {
  if (rows.every((index) => prices[index] === 0)) return null;
  return (taken) => {
    const counts = count(taken);
    return rows.reduce((paid, index) => paid + prices[index]! * counts[index]!, 0);
  };
}

function countedBy(held: readonly Held[], task: number, items: ItemOffers): Counter {
  const open = new Set<number>();
  const counting = held.map((one, index) => {
    const own = items.map((offers) => one !== null && offers.every((o) => one.offers.has(o)));
    if (own.includes(true) || one?.of.some((other) => open.has(other)) === true) open.add(index);
    return own;
  });
  const rows = [...open];
  const counts = new Float64Array(held.length);
  const count = (taken: Taken | null): Float64Array => {
    for (const index of rows) {
      const { row, of, tasks } = held[index]!;
      if ('offers' in row) {
        const machines = machinesOf(taken, counting[index]!);
        counts[index] = Math.floor((row.of * machines + (row.shares[task] ?? 0)) / row.per);
      } else {
        const sum = of.reduce((all, other) => all + counts[other]!, tasks.has(task) ? 1 : 0);
        counts[index] = Math.floor(sum / 2);
      }
    }
    return counts;
  };
  return { rows, count };
}

function machinesOf(taken: Taken | null, isCounted: readonly boolean[]): number {
  let machines = 0;
  for (let one = taken; one !== null; one = one.before) {
    if (isCounted[one.item] === true) machines += one.count;
  }
  return machines;
}
