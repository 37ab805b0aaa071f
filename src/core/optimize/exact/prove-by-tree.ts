import type { Clock } from '../../../ports/clock.ts';
import type { LinearModel, Solver } from '../../../ports/solver.ts';
import type { BoundTree, Duals } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { dualsOf } from './duals-of.ts';
import type { ExactModel } from './exact-model.ts';
import type { Part } from './part.ts';
import { isTimed } from './time-rows.ts';

/*
 * Problem: the duals of the relaxation leave a gap, and a solver's word is no proof.
 * Method: branch and bound of our own, by how many machines of one option are hired. Each part is
 * a linear model whose duals prove its bound to whoever multiplies them out; the part with the
 * lowest bound is split next, until no part can be better than the answer in hand by more than the
 * gap. What couples tasks may be broken at a price, so that a part without an answer has duals too.
 * Complexity: a linear model for each part.
 * Reference: Land, Doig, An automatic method of solving discrete programming problems (1960).
 */

export type ProofOptions = {
  readonly solver: Solver;
  readonly clock: Clock;
  readonly untilMs: number;
  /** What an answer needs to be below, in units of the objective, to be of interest. */
  readonly target: number;
};

type Node = {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly bound: number;
  readonly values: readonly number[];
  readonly duals: Duals;
  halves: Halves | null;
};

type Split = { readonly part: Part; readonly column: number; readonly at: number };
type Halves = { readonly split: Split; readonly atMost: Node; readonly more: Node };

const NODES_MAX = 4_000;
const COLUMNS_MAX = 3_000;
/** What a unit of a broken row costs, in the dearest columns; and of all that is needed, in targets. */
const UNIT_PENALTY = 20;
const NEED_PENALTY = 20;
const FRACTION_LEAST = 1e-6;

/** Whether duals have a price for everything that the problem asks for. */
export function isPriced(problem: Problem, { model }: ExactModel): boolean {
  const { tasks, limits, transfers, apart } = problem;
  const hourly = [limits, ...tasks.map((task) => task.limits)];
  return (
    model.cost.length <= COLUMNS_MAX &&
    transfers.length === 0 &&
    apart.length === 0 &&
    !isTimed(problem) &&
    tasks.every(({ providersMin, shareMax }) => providersMin === 1 && shareMax === 1) &&
    hourly.every(({ nanosPerHourMax }) => nanosPerHourMax === null)
  );
}

/** The tree, as far as there was time; null where not even the root could be solved. */
export async function proveByTree(
  problem: Problem,
  exactly: ExactModel,
  options: ProofOptions,
): Promise<BoundTree | null> {
  const { clock, untilMs, target } = options;
  const elastic = elasticModel(exactly, target);
  const solve = (lower: readonly number[], upper: readonly number[], above: Node | null) =>
    solveNode(problem, { ...exactly, model: { ...elastic, lower, upper } }, { ...options, above });
  const root = await solve(elastic.lower, elastic.upper, null);
  if (root === null) return null;
  const open = [root];
  for (let nodes = 1; nodes < NODES_MAX && clock.now() < untilMs; nodes += 2) {
    const node = takeLowest(open);
    if (node === null || node.bound >= target) break;
    const split = splitOf(exactly.parts, node);
    // Nothing can raise the lowest bound any more.
    if (split === null) break;
    const { column, at } = split;
    const atMost = await solve(node.lower, node.upper.with(column, at), node);
    const more = await solve(node.lower.with(column, at + 1), node.upper, node);
    if (atMost === null || more === null) break;
    node.halves = { split, atMost, more };
    open.push(atMost, more);
  }
  return treeOf(root);
}

/** Rows that couple tasks, and those that say what must be done, get a column that breaks them. */
function elasticModel(
  { model, coupling, needRows, parts }: ExactModel,
  target: number,
): LinearModel {
  const dearest = model.cost.reduce((most, cost) => Math.max(most, cost), 0);
  const { pools, offers, budget } = coupling;
  const coupled = new Set([...pools.map((pool) => pool?.row ?? null), ...offers, budget]);
  const isChoice = new Set(
    parts.flatMap(({ task, hired }) => (hired.kind === 'choice' ? [task] : [])),
  );
  const needed = new Set(
    needRows.flatMap((rows, task) => (isChoice.has(task) ? [] : rows.map(({ row }) => row))),
  );
  const cost = [...model.cost];
  const rows = model.rows.map((row, index) => {
    if (!coupled.has(index) && !needed.has(index)) return row;
    cost.push(coupled.has(index) ? UNIT_PENALTY * dearest : (NEED_PENALTY * target) / row.lower);
    const sign = coupled.has(index) ? -1 : 1;
    return {
      ...row,
      columns: [...row.columns, cost.length - 1],
      values: [...row.values, sign],
    };
  });
  const added = cost.slice(model.cost.length);
  return {
    cost,
    rows,
    lower: [...model.lower, ...added.map(() => 0)],
    upper: [...model.upper, ...added.map(() => Infinity)],
    integer: cost.map(() => false),
  };
}

async function solveNode(
  problem: Problem,
  exactly: ExactModel,
  { solver, clock, untilMs, above }: ProofOptions & { readonly above: Node | null },
): Promise<Node | null> {
  const { model } = exactly;
  const timeLimitMs = Math.max(1, untilMs - clock.now());
  const answer = await solver.solve(model, { timeLimitMs, relativeGap: 0 });
  if (answer.status === 'infeasible' && above !== null) {
    // A task has no option left, and any prices prove it; or floating point fails, and none are better.
    return { ...above, lower: model.lower, upper: model.upper, values: [], halves: null };
  }
  if (answer.status !== 'optimal' || answer.duals === null) return null;
  return {
    lower: model.lower,
    upper: model.upper,
    bound: answer.objective,
    values: answer.values,
    duals: dualsOf(problem, exactly, answer.duals),
    halves: null,
  };
}

function takeLowest(open: Node[]): Node | null {
  let best = -1;
  for (const [index, { bound }] of open.entries()) {
    if (best < 0 || bound < open[best]!.bound) best = index;
  }
  return best < 0 ? null : open.splice(best, 1)[0]!;
}

/** The option whose number of machines is nearest to a half; null where all are whole. */
function splitOf(parts: readonly Part[], { values }: Node): Split | null {
  let [best, most]: [Split | null, number] = [null, FRACTION_LEAST];
  for (const part of parts) {
    const column = countedBy(part);
    if (column === null) continue;
    const at = Math.floor(values[column]! + FRACTION_LEAST);
    const over = values[column]! - at;
    const distance = Math.min(over, 1 - over);
    if (distance > most) [best, most] = [{ part, column, at }, distance];
  }
  return best;
}

/** The column that counts machines, or whether an option is chosen; null for none. */
function countedBy({ hired }: Part): number | null {
  switch (hired.kind) {
    case 'choice':
    case 'machines':
    case 'serving':
      return hired.column;
    case 'increments':
    case 'blocks':
      return null;
  }
}

function treeOf({ halves, duals }: Node): BoundTree {
  if (halves === null) return { duals };
  const { split, atMost, more } = halves;
  const { task, option } = split.part;
  return {
    split: { task, option, at: split.at },
    atMost: treeOf(atMost),
    more: treeOf(more),
  };
}
