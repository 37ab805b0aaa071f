import type { Highs, Model } from 'highs';
import type { SolverAnswer, SolverLimits } from '../../../ports/solver.ts';
import type { HighsModel, SolveRequest } from './model-data.ts';

type Unsolved = Extract<SolverAnswer, { status: 'infeasible' | 'unbounded' | 'no-solution' }>;
type Solved = Exclude<SolverAnswer, Unsolved>;

/** Costs above this, or all below 1, are scaled to about 2 to the power of COST_BITS. */
const COST_MAX = 2 ** 20;
const COST_BITS = 10;
/** Of a gap, what rounding in floating point explains. */
const ROUNDING = 1e-9;

/**
 * Solves one model in this thread, which it blocks. The linear relaxation comes first: its duals
 * are a certificate that can be checked without HiGHS, and HiGHS gives none for integer models.
 * A fresh instance each time, so that an answer depends on the model alone.
 */
export function solveModel(highs: Highs, { model, limits }: SolveRequest): SolverAnswer {
  if (model.numCols === 0) return solveEmpty(model);
  const scale = costScale(model.colCost);
  const colCost = model.colCost.map((cost) => cost * scale);
  const answer = solveScaled(highs, { model: { ...model, colCost }, limits });
  return isSolved(answer) ? unscaled(answer, scale) : answer;
}

function solveScaled(highs: Highs, { model, limits }: SolveRequest): SolverAnswer {
  const deadline = performance.now() + limits.timeLimitMs;
  const { integrality, numCols } = model;
  const isWhole = integrality.includes(1);
  const relaxation = isWhole ? { ...model, integrality: new Int32Array(numCols) } : model;
  const answer = highs.withModel(relaxation, (native): SolverAnswer => {
    const relaxed = run(highs, native, { data: relaxation, limits });
    if (relaxed.status === 'unbounded' || relaxed.status === 'infeasible' || !isWhole) {
      return relaxed;
    }
    native.changeColsIntegrality({ kind: 'range', from: 0, to: numCols - 1 }, integrality);
    if (limits.start !== undefined) beginAt(native, model, limits.start);
    const whole = run(highs, native, {
      data: model,
      limits: { ...limits, timeLimitMs: remaining() },
    });
    return relaxed.status === 'optimal' && isSolved(whole) ? joinProofs(whole, relaxed) : whole;
  });
  return answer.status === 'unbounded' ? settleUnbounded(highs, model, remaining()) : answer;

  function remaining(): number {
    return Math.max(0, deadline - performance.now());
  }
}

/**
 * HiGHS completes what a start leaves open, within a limit of its own, and drops what breaks a
 * row; a value out of its column's bounds is an error to it, and left open here.
 */
function beginAt(
  native: Model,
  { colLower, colUpper }: HighsModel,
  { columns, values }: NonNullable<SolverLimits['start']>,
): void {
  const within = [...columns.keys()].filter((at) => {
    const [column, value] = [columns[at]!, values[at]!];
    return value >= colLower[column]! && value <= colUpper[column]!;
  });
  if (within.length === 0) return;
  native.setSolution({
    indices: Int32Array.from(within, (at) => columns[at]!),
    values: Float64Array.from(within, (at) => values[at]!),
  });
}

/**
 * HiGHS has tolerances of a millionth that do not follow the size of costs: of dollars a second
 * it calls a mix optimal that costs 2 % more than the best. A power of two changes no digit.
 */
function costScale(costs: Float64Array): number {
  const largest = costs.reduce((most, cost) => Math.max(most, Math.abs(cost)), 0);
  const plain = largest === 0 || (largest >= 1 && largest <= COST_MAX);
  return plain || !Number.isFinite(largest) ? 1 : 2 ** (COST_BITS - Math.floor(Math.log2(largest)));
}

function unscaled(answer: Solved, scale: number): Solved {
  const duals = answer.duals?.map((dual) => dual / scale) ?? null;
  return { ...answer, objective: answer.objective / scale, bound: answer.bound / scale, duals };
}

/** Without columns each row sums to 0; HiGHS leaves such a model unsolved. */
function solveEmpty({ rowLower, rowUpper }: HighsModel): SolverAnswer {
  const holds = rowLower.every((lower, row) => lower <= 0 && rowUpper[row]! >= 0);
  if (!holds) return { status: 'infeasible' };
  const duals = Array.from(rowLower, () => 0);
  return { status: 'optimal', objective: 0, bound: 0, values: [], duals };
}

/**
 * A relaxation without a floor says nothing about whole numbers: they may have no solution at
 * all. With coefficients that are fractions, as floating-point numbers are, one whole solution
 * means that the whole model has no floor either.
 */
function settleUnbounded(highs: Highs, model: HighsModel, timeLimitMs: number): SolverAnswer {
  if (!model.integrality.includes(1)) return { status: 'unbounded' };
  const data = { ...model, colCost: new Float64Array(model.numCols) };
  const limits = { timeLimitMs, relativeGap: 0 };
  const found = highs.withModel(data, (native) => run(highs, native, { data, limits }));
  return isSolved(found) ? { status: 'unbounded' } : found;
}

/** The better of both bounds, and the duals of the relaxation. */
function joinProofs(whole: Solved, relaxed: SolverAnswer): SolverAnswer {
  if (!isSolved(relaxed)) return whole;
  const bound = Math.min(whole.objective, Math.max(whole.bound, relaxed.bound));
  return { ...whole, bound, duals: relaxed.duals };
}

function isSolved(answer: SolverAnswer): answer is Solved {
  return answer.status === 'optimal' || answer.status === 'feasible';
}

function run(
  highs: Highs,
  native: Model,
  { data, limits }: { readonly data: HighsModel; readonly limits: SolverLimits },
): SolverAnswer {
  native.options.set({
    output_flag: false,
    time_limit: limits.timeLimitMs / 1000,
    mip_rel_gap: limits.relativeGap,
    // Costs may be far below one unit: only the relative gap counts.
    mip_abs_gap: 0,
    // "Unbounded or infeasible" is no answer.
    allow_unbounded_or_infeasible: false,
  });
  // The time limit counts from the model's first run.
  native.zeroAllClocks();
  return answerOf(highs, native, { data, limits, code: native.run().modelStatus });
}

function answerOf(
  highs: Highs,
  model: Model,
  { data, limits, code }: { data: HighsModel; limits: SolverLimits; code: number },
): SolverAnswer {
  const { modelStatus, solutionStatus } = highs.constants;
  switch (code) {
    case modelStatus.optimal:
      return proven(solution(model, data, 'optimal'), limits);
    case modelStatus.infeasible:
      return { status: 'infeasible' };
    case modelStatus.unbounded:
    case modelStatus.unboundedOrInfeasible:
      return { status: 'unbounded' };
    case modelStatus.timeLimit:
    case modelStatus.iterationLimit:
    case modelStatus.interrupted: {
      const feasible = model.info.get('primal_solution_status') === solutionStatus.feasible;
      return feasible ? solution(model, data, 'feasible') : { status: 'no-solution' };
    }
    default:
      throw new TypeError(`HiGHS ended with model status ${code}`);
  }
}

/** Optimal is what lies within the asked gap of the bound, whatever HiGHS calls it. */
function proven(answer: Solved, { relativeGap }: SolverLimits): Solved {
  const { objective, bound } = answer;
  const within = objective - bound <= (relativeGap + ROUNDING) * Math.abs(objective) + ROUNDING;
  return within ? answer : { ...answer, status: 'feasible' };
}

function solution(model: Model, data: HighsModel, status: 'optimal' | 'feasible'): Solved {
  const { colValue, rowDual } = model.getSolution();
  const values = Array.from(colValue, (value, column) => tidied(value, data, column));
  const objective = values.reduce((sum, value, column) => sum + data.colCost[column]! * value, 0);
  const whole = data.integrality.includes(1);
  const claimed = whole ? Number(model.info.get('mip_dual_bound')) : objective;
  const floor = whole || status === 'optimal' ? claimed : Number.NEGATIVE_INFINITY;
  const duals = whole || status === 'feasible' ? null : Array.from(rowDual);
  return { status, objective, bound: Math.min(objective, floor), values, duals };
}

/** HiGHS calls a number whole when it is within a millionth of one; ours are whole. */
function tidied(value: number, data: HighsModel, column: number): number {
  return data.integrality[column] === 1 ? Math.round(value) : value;
}
