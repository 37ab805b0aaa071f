import { type CountCut, countIn } from './count-cuts.ts';
import { diverseCuts, type SeenCut, seenCut } from './diverse-cuts.ts';
import type { Column } from './master.ts';

/*
 * Problem: mixes of covers that keep what is available of every offer, and every cut of one, but are
 * no whole covers: what tasks do with one offer and what they do with another does not fit together.
 * Method: {0, 1/2}-Chvátal–Gomory cuts of one or two rows and some tasks' rows. Half of their sum,
 * rounded down for each task, is at most half of the sum of what is on the right, rounded down. For given
 * rows the best tasks are known: those in which more than half of the mix is odd; where what is on the
 * right is even then, the task in which it makes the least difference changes sides.
 * Whether a cover is odd is a bit, so that the covers of one task are a mask, and a table of each mask
 * tells what it weighs. Rows differ from others in few tasks: pairs are compared in those.
 * Complexity: O(rows² × tasks of a row), of rows with little slack.
 * Reference: Caprara, Fischetti, {0, 1/2}-Chvátal-Gomory cuts (Math. Programming 74, 1996); Koster,
 * Zymolka, Kutschka, Algorithms to separate {0, 1/2}-Chvátal-Gomory cuts (Algorithmica 55, 2009).
 */

/** What whole covers together keep: Σ of what each counts in it is at most what is on the right. */
export type SharedRow = CountCut | HalfCut;

export type HalfCut = {
  /** One or two. */
  readonly rows: readonly SharedRow[];
  /** 1 for each task whose own row is part of it. */
  readonly tasks: Uint8Array;
  readonly right: number;
};

export type Mix = { readonly columns: readonly Column[]; readonly shares: Float64Array };

/** Sums of slacks beyond it leave nothing to violate. */
const COST_MAX = 0.96;
/** Of the most violated, so many are compared. */
const SEEN_MAX = 10_000;
/** Of one task; those of the smallest shares are left out. */
const COVERS_MAX = 10;
const SHARE_MIN = 1e-4;

/** What a cover counts in a row. */
export function countInRow(row: SharedRow, column: Pick<Column, 'task' | 'bought'>): number {
  if ('rows' in row) {
    const sum = row.rows.reduce((all, one) => all + countInRow(one, column), 0);
    return (sum + row.tasks[column.task]!) >> 1;
  }
  const machines = column.bought.find(([offer]) => offer === row.offer)?.[1] ?? 0;
  return countIn(row, column.task, machines);
}

/** Those that covers count in a row by. */
export function offersOf(row: SharedRow): ReadonlySet<number> {
  if (!('rows' in row)) return new Set([row.offer]);
  return new Set(row.rows.flatMap((one) => [...offersOf(one)]));
}

/** By how much a mix is above what is on the right. */
export function violatedBy({ columns, shares }: Mix, row: SharedRow): number {
  let left = 0;
  columns.forEach((column, index) => {
    if (shares[index]! > 0) left += shares[index]! * countInRow(row, column);
  });
  return left - row.right;
}

/** All machines of an offer, as a row. */
export function rowOfOffer(offer: number, available: number, tasks: number): CountCut {
  return { offer, of: 1, per: 1, shares: new Uint8Array(tasks), right: available };
}

/** Violated ones that rows of little slack make, one or two each, not alike; best first. */
export function violatedHalfCuts(
  mix: Mix,
  rows: readonly SharedRow[],
  given: { readonly tasks: number; readonly slackMax: number; readonly most: number },
): readonly HalfCut[] {
  const support = supportOf(mix, given.tasks);
  const parities = rows.flatMap((row) => parityOf(support, row, given.slackMax) ?? []);
  const found = parities.flatMap((one) => halved(support, [one]) ?? []);
  parities.forEach((first, index) => {
    for (let at = index + 1; at < parities.length; at++) {
      const second = parities[at]!;
      if (!isPromising(support, first, second)) continue;
      const half = halved(support, [first, second]);
      if (half !== null) found.push(half);
    }
  });
  found.sort((a, b) => a.cost - b.cost);
  const seen = found.slice(0, SEEN_MAX).map((half) => seenFrom(support, half));
  return diverseCuts(seen, given.most);
}

/** The covers that are in a mix, one task after another. */
type Support = {
  readonly covers: readonly { readonly column: Column; readonly share: number }[];
  /** Of each task its first one; the place of a cover in the mask of its task counts from there. */
  readonly starts: Int32Array;
  /** Of each task and mask, the shares of the covers that are in it. */
  readonly odd: readonly Float64Array[];
};

function supportOf({ columns, shares }: Mix, tasks: number): Support {
  const byTask = Array.from({ length: tasks }, (): { column: Column; share: number }[] => []);
  columns.forEach((column, index) => {
    const share = shares[index]!;
    if (share > SHARE_MIN) byTask[column.task]!.push({ column, share });
  });
  const kept = byTask.map((all) => all.sort((a, b) => b.share - a.share).slice(0, COVERS_MAX));
  const starts = new Int32Array(tasks + 1);
  kept.forEach(({ length }, task) => {
    starts[task + 1] = starts[task]! + length;
  });
  const odd = kept.map((some) => {
    const sums = new Float64Array(1 << some.length);
    for (let mask = 1; mask < sums.length; mask++) {
      const low = 31 - Math.clz32(mask & -mask);
      sums[mask] = sums[mask & (mask - 1)]! + some[low]!.share;
    }
    return sums;
  });
  return { covers: kept.flat(), starts, odd };
}

/** Which covers count an odd number in a row: the first of each task even, the whole task turned for that. */
type Parity = {
  readonly row: SharedRow;
  /** Of each cover. */
  readonly counts: Float32Array;
  readonly slack: number;
  /** By task. */
  readonly masks: Uint16Array;
  readonly turned: Uint8Array;
  /** Of those whose mask is not empty. */
  readonly tasks: readonly number[];
  /** What is on the right and the tasks that are turned: only whether it is odd matters. */
  readonly parity: number;
  /** The slack, and in each task the lesser part of the mix. */
  readonly cost: number;
};

/** Null for a row with too much slack. */
function parityOf(
  { covers, starts, odd }: Support,
  row: SharedRow,
  slackMax: number,
): Parity | null {
  const counts = Float32Array.from(covers, ({ column }) => countInRow(row, column));
  const used = covers.reduce((sum, { share }, index) => sum + share * counts[index]!, 0);
  const slack = Math.max(0, row.right - used);
  if (slack > slackMax) return null;
  const [masks, turned] = [new Uint16Array(odd.length), new Uint8Array(odd.length)];
  for (let task = 0; task < odd.length; task++) {
    const [start, end] = [starts[task]!, starts[task + 1]!];
    let mask = 0;
    for (let index = start; index < end; index++) mask |= (counts[index]! & 1) << (index - start);
    turned[task] = mask & 1;
    masks[task] = turned[task] === 1 ? mask ^ ((1 << (end - start)) - 1) : mask;
  }
  const tasks = [...masks.keys()].filter((task) => masks[task] !== 0);
  const parity = turned.reduce((sum, one) => sum + one, row.right);
  const cost = tasks.reduce((sum, task) => sum + lesser(odd[task]!, masks[task]!), slack);
  return { row, counts, slack, masks, turned, tasks, parity, cost };
}

function lesser(odd: Float64Array, mask: number): number {
  return Math.min(odd[mask]!, odd[odd.length - 1]! - odd[mask]!);
}

/** Whether two rows have tasks in common, and the slack and the lesser parts of both leave something. */
function isPromising({ odd }: Support, first: Parity, second: Parity): boolean {
  if (first.slack + second.slack >= COST_MAX) return false;
  let cost = first.cost + second.cost;
  let isJoint = false;
  for (const task of second.tasks) {
    const [one, other] = [first.masks[task]!, second.masks[task]!];
    if (one === 0) continue;
    isJoint = true;
    const own = odd[task]!;
    cost += lesser(own, one ^ other) - lesser(own, one) - lesser(own, other);
  }
  return isJoint && cost < COST_MAX;
}

type Half = {
  readonly rows: readonly Parity[];
  /** 1 less twice the violation. */
  readonly cost: number;
  /** The task that is on the other side, so that the sum on the right is odd; -1 for none. */
  readonly flipped: number;
};

/** Null where it is hardly violated. */
function halved({ odd }: Support, rows: readonly Parity[]): Half | null {
  let [cost, parity] = [0, 0];
  let [flip, flipped] = [Infinity, -1];
  const [first, second] = rows;
  for (const row of rows) {
    cost += row.slack;
    parity += row.parity;
    for (const task of row.tasks) {
      if (row === second && first!.masks[task] !== 0) continue;
      const sums = odd[task]!;
      const own = sums[first!.masks[task]! ^ (second?.masks[task] ?? 0)]!;
      const rest = sums[sums.length - 1]! - own;
      if (own > rest) parity++;
      cost += Math.min(own, rest);
      const change = Math.abs(rest - own);
      if (change < flip) [flip, flipped] = [change, task];
    }
  }
  if ((parity & 1) === 1) return cost < COST_MAX ? { rows, cost, flipped: -1 } : null;
  return cost + flip < COST_MAX ? { rows, cost: cost + flip, flipped } : null;
}

function maskOf(rows: readonly Parity[], task: number): number {
  let mask = 0;
  for (const { masks } of rows) mask ^= masks[task]!;
  return mask;
}

/** Of a task whose mask is more or less than half of its mix: whether most of what it counts is odd. */
function isInside(rows: readonly Parity[], task: number, isMore: boolean): boolean {
  let isOdd = isMore;
  for (const { turned } of rows) if (turned[task] === 1) isOdd = !isOdd;
  return isOdd;
}

function seenFrom(support: Support, { rows, cost, flipped }: Half): SeenCut<HalfCut> {
  const { covers, odd } = support;
  const tasks = Uint8Array.from(odd, (sums, task) => {
    const own = sums[maskOf(rows, task)]!;
    const isOdd = isInside(rows, task, own > sums[sums.length - 1]! - own);
    return isOdd !== (task === flipped) ? 1 : 0;
  });
  const sum = rows.reduce((all, { row }) => all + row.right, 0);
  const right = Math.floor(tasks.reduce((all, one) => all + one, sum) / 2);
  const counts = new Float32Array(covers.length);
  for (let index = 0; index < counts.length; index++) {
    let count = tasks[covers[index]!.column.task]!;
    for (const row of rows) count += row.counts[index]!;
    counts[index] = count >> 1;
  }
  const cut = { rows: rows.map(({ row }) => row), tasks, right };
  return seenCut(cut, counts, (1 - cost) / 2);
}
