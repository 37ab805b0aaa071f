import type { Clock } from '../../../ports/clock.ts';
import type { LinearModel, Solver, SolverAnswer, SolverStart } from '../../../ports/solver.ts';
import { heldAt, keepColumns, type Reduced, reducedCosts, restored } from './reduce-columns.ts';

/*
 * Problem: the whole model takes a solver seconds where a tenth of a second would do.
 * Method: the relaxation; then the model with the columns that are in doubt, which gives a good
 * answer; then all columns that may differ in a better one, begun at that answer. The last are
 * often the same, and then the answer is the best of all.
 * Complexity: a linear and one or two integer models.
 * Reference: the core concept of Balas, Zemel, An algorithm for large zero-one knapsack problems
 * (1980), with the fixing of reduce-columns.ts.
 */

export type SolveOptions = {
  readonly solver: Solver;
  readonly clock: Clock;
  /** By the clock. */
  readonly untilMs: number;
  readonly gap: number;
  readonly start: SolverStart | null;
};

export type Solved = {
  readonly answer: SolverAnswer;
  /** Of the rows in the relaxation. */
  readonly duals: readonly number[] | null;
};

type Found = Extract<SolverAnswer, { status: 'optimal' | 'feasible' }>;

/** Smaller models are solved as they are. */
const COLUMNS_SMALL = 400;
/** Columns at a bound that are looked at first: those that leave it at the least cost. */
const DOUBTFUL = 250;

export async function solveByColumns(model: LinearModel, options: SolveOptions): Promise<Solved> {
  if (model.cost.length <= COLUMNS_SMALL) return solveWhole(model, options);
  const relaxed = await ask({ ...model, integer: model.integer.map(() => false) }, options);
  if (relaxed.status === 'infeasible') return { answer: relaxed, duals: null };
  if (relaxed.status !== 'optimal' || relaxed.duals === null) return solveWhole(model, options);
  const { duals } = relaxed;
  const holds = holdsOf(model, relaxed, duals);
  const core = await askKept(model, { ...options, relaxed, holds, kept: coreOf(holds) });
  if (core === null) return { answer: (await solveWhole(model, options)).answer, duals };
  const worth = (1 - options.gap) * core.objective - relaxed.objective;
  const isDoubtful = ({ by }: Hold) => by < worth;
  const inCore = new Set(coreOf(holds));
  const doubtful = holds.flatMap((hold, column) => (isDoubtful(hold) ? [column] : []));
  if (doubtful.every((column) => inCore.has(column))) return { answer: core, duals };
  const kept = [...new Set([...doubtful, ...inCore])].toSorted((a, b) => a - b);
  const start = startAt(model, core.values);
  const all = await askKept(model, { ...options, relaxed, holds, kept, start });
  if (all !== null && all.objective <= core.objective) return { answer: all, duals };
  return { answer: { ...core, status: 'feasible', bound: relaxed.objective }, duals };
}

async function solveWhole(model: LinearModel, options: SolveOptions): Promise<Solved> {
  const answer = await ask(model, options);
  return { answer, duals: 'duals' in answer ? answer.duals : null };
}

function ask(model: LinearModel, { solver, clock, untilMs, gap, start }: SolveOptions) {
  const timeLimitMs = Math.max(1, untilMs - clock.now());
  return solver.solve(model, { timeLimitMs, relativeGap: gap, ...(start && { start }) });
}

/** Where a column stays, and what it costs to move it by one; 0 for one that is free to move. */
type Hold = { readonly at: number; readonly by: number };

function holdsOf(model: LinearModel, { values }: Found, duals: readonly number[]): readonly Hold[] {
  return reducedCosts(model, duals).map((above, column) => {
    const at = heldAt(model, column, { value: values[column]!, above });
    return at === null ? { at: 0, by: 0 } : { at, by: Math.abs(above) };
  });
}

/** The columns that are free, and those that are held by the least. */
function coreOf(holds: readonly Hold[]): readonly number[] {
  const columns = [...holds.keys()];
  const held = columns.filter((column) => holds[column]!.by > 0);
  held.sort((a, b) => holds[a]!.by - holds[b]!.by || a - b);
  const left = new Set(held.slice(DOUBTFUL));
  return columns.filter((column) => !left.has(column));
}

type Kept = SolveOptions & {
  readonly relaxed: Found;
  readonly holds: readonly Hold[];
  readonly kept: readonly number[];
};

/** Asks with some columns, the others where they are held, and answers for all; null for nothing. */
async function askKept(
  model: LinearModel,
  { relaxed, holds, kept, ...options }: Kept,
): Promise<Found | null> {
  const fixed = holds.map(({ at }) => at);
  const reduced = keepColumns(model, kept, fixed);
  const start = options.start === null ? null : startIn(reduced, options.start);
  // The gap is one of the whole, of which the fixed columns have their part.
  const share = Math.abs(relaxed.objective - reduced.constant) / Math.abs(relaxed.objective || 1);
  const gap = Math.min(1, options.gap / Math.max(share, options.gap));
  const answer = await ask(reduced.model, { ...options, gap, start });
  if (!('values' in answer)) return null;
  const objective = answer.objective + reduced.constant;
  const bound = Math.min(objective, Math.max(relaxed.objective, answer.bound + reduced.constant));
  return { ...answer, objective, bound, values: restored(reduced, answer.values) };
}

function startAt({ integer }: LinearModel, values: readonly number[]): SolverStart {
  const columns = [...values.keys()].filter((column) => integer[column]);
  return { columns, values: columns.map((column) => values[column]!) };
}

function startIn({ kept }: Reduced, { columns, values }: SolverStart): SolverStart {
  const place = new Map(kept.map((column, index) => [column, index]));
  const left = [...columns.keys()].filter((at) => place.has(columns[at]!));
  return {
    columns: left.map((at) => place.get(columns[at]!)!),
    values: left.map((at) => values[at]!),
  };
}
