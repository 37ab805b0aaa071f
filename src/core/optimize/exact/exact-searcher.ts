import type { LinearModel, Solver, SolverStart } from '../../../ports/solver.ts';
import type { ProblemCertificate } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import type { Found, Searcher, SearchOptions } from '../search/searcher.ts';
import { dualsOf } from './duals-of.ts';
import { type ExactModel, exactModel } from './exact-model.ts';
import { togetherOf } from './hourly-rows.ts';
import type { Term } from './linear-builder.ts';
import { orderOf, topological } from './order.ts';
import { isPriced, proveByTree } from './prove-by-tree.ts';
import { readAnswer } from './read-answer.ts';
import { type Solved, solveByColumns } from './solve-by-columns.ts';
import { startOfAnswer } from './start-of-answer.ts';
import { isTimed } from './time-rows.ts';

/*
 * Problem: any Problem at all.
 * Method: the mixed-integer linear model of exact-model.ts in the Solver port, once for each thing
 * to be minimized: what comes first is then a limit of what comes next.
 * Complexity: exponential in the worst case; it stops at its time limit with the best so far.
 * The bound is proven by duals of the relaxation, or of a tree of relaxations; what the solver
 * claims is said where there are none. Where tasks at once would cost too much an hour, it tries
 * them one after the other.
 */
export const exact: Searcher = { name: 'exact', refuses, search };

/** Of the time that is left, what a proof may take: it may be one that no time suffices for. */
const PROOF_SHARE = 0.5;

/** What an earlier stage may lose to the tolerances of a solver. */
const STAGE_SLACK = 1e-9;

function refuses(problem: Problem): string | null {
  const { tasks, offers } = problem;
  const stepping = tasks.flatMap(({ work }, task) =>
    work.options.some(({ offer }) => offers[offer]!.laterPrices.length > 0) ? [task] : [],
  );
  if (stepping.length === 0) return null;
  const name = (task: number) => tasks[task]!.name ?? `task ${task}`;
  const waits = orderOf(problem).find(
    ({ before, after }) => stepping.includes(before) || stepping.includes(after),
  );
  if (waits !== undefined) {
    return `prices change with time, and ${name(waits.after)} waits for ${name(waits.before)}`;
  }
  if (isTimed(problem)) return 'prices change with time, and the end of all tasks has a price';
  const spread = stepping.find((task) => {
    const { work } = tasks[task]!;
    return work.kind === 'serving' || (work.kind === 'divisible' && work.per === 'hour');
  });
  return spread === undefined
    ? null
    : `prices change with time, and ${name(spread)} is on several machines for many hours`;
}

async function search(problem: Problem, options: SearchOptions): Promise<Found> {
  const untilMs = options.clock.now() + options.timeLimitMs;
  const exactly = exactModel(problem);
  const solver = await options.solver();
  const solved = await solveStages(problem, exactly, { ...options, untilMs, solver });
  const { answer } = solved;
  if (!('values' in answer)) {
    const isInfeasible = answer.status === 'infeasible' && exactly.isExact;
    const series = isInfeasible ? null : inSeries(problem);
    const timeLimitMs = untilMs - options.clock.now();
    if (series !== null && answer.status === 'infeasible' && timeLimitMs > 0) {
      const found = await search(series, { ...options, timeLimitMs });
      // A claim would be one of the tasks in that order alone.
      const certificate = found.certificate?.proof === 'solver' ? null : found.certificate;
      return { ...found, certificate, isInfeasible: false };
    }
    return { answer: null, certificate: null, isInfeasible };
  }
  return {
    answer: readAnswer(problem, exactly.parts, answer.values),
    certificate: await certificateOf(problem, exactly, {
      ...solved,
      options: { ...options, untilMs, solver },
    }),
    isInfeasible: false,
  };
}

/**
 * The same tasks one after the other: what they may cost an hour together then binds none of them
 * but alone. Null where they are in one line already, or nothing is so limited.
 */
function inSeries(problem: Problem): Problem | null {
  if (problem.limits.nanosPerHourMax === null) return null;
  if (togetherOf(problem).every(({ length }) => length === 1)) return null;
  const order = topological(problem);
  const tasks = problem.tasks.map((task, index) => {
    const before = order[order.indexOf(index) - 1];
    return before === undefined ? task : { ...task, needs: [...task.needs, before] };
  });
  const series = { ...problem, tasks };
  return refuses(series) === null ? series : null;
}

type StageOptions = Omit<SearchOptions, 'solver'> & {
  readonly untilMs: number;
  readonly solver: Solver;
};

async function solveStages(
  { objective }: Problem,
  { model, stages, parts }: ExactModel,
  { solver, clock, untilMs, gap, start: given }: StageOptions,
): Promise<Solved> {
  let start: SolverStart | null = given === null ? null : startOfAnswer(parts, given);
  let limited = model;
  let solved: Solved = { answer: { status: 'no-solution' }, duals: null };
  for (const [index, terms] of stages.entries()) {
    const isLast = index === stages.length - 1;
    const now = clock.now();
    const part = { solver, clock, start, gap: isLast ? gap : Math.min(gap, STAGE_SLACK) };
    const stageEndMs = isLast ? untilMs : now + (untilMs - now) / 2;
    const next = await solveByColumns(minimizing(limited, terms), {
      ...part,
      untilMs: stageEndMs,
    });
    // A later stage only chooses among the best of an earlier one.
    if (!('values' in next.answer)) return index === 0 ? next : solved;
    // Prices are of carbon where that comes first; else of money, which bounds time as well.
    const isFirst = objective.minimize === 'carbon' && index > 0;
    solved = isFirst ? { ...next, duals: solved.duals } : next;
    const { values, objective: least } = next.answer;
    start = { columns: [...values.keys()], values };
    const upper = least + Math.abs(least) * STAGE_SLACK;
    limited = { ...limited, rows: [...limited.rows, rowOf(terms, upper)] };
  }
  return solved;
}

function minimizing(model: LinearModel, terms: readonly Term[]): LinearModel {
  const cost = model.cost.map(() => 0);
  for (const { column, value } of terms) cost[column]! += value;
  return { ...model, cost };
}

function rowOf(terms: readonly Term[], upper: number): LinearModel['rows'][number] {
  const sums = new Map<number, number>();
  for (const { column, value } of terms) sums.set(column, (sums.get(column) ?? 0) + value);
  return { columns: [...sums.keys()], values: [...sums.values()], lower: -Infinity, upper };
}

/**
 * Duals are proven by whoever checks them. Where they leave more than the gap, and have a price for
 * all that is asked, a tree of them is grown, for as long as half of the time that is left.
 */
async function certificateOf(
  problem: Problem,
  exactly: ExactModel,
  { answer, duals, options }: Solved & { readonly options: StageOptions },
): Promise<ProblemCertificate | null> {
  const first = exactly.stages[0]!;
  if ('values' in answer && isPriced(problem, exactly)) {
    const { values } = answer;
    const value = first.reduce((sum, term) => sum + term.value * values[term.column]!, 0);
    const target = value - Math.abs(value) * options.gap;
    const model = minimizing(exactly.model, first);
    const now = options.clock.now();
    const untilMs = now + (options.untilMs - now) * PROOF_SHARE;
    const tree = await proveByTree(problem, { ...exactly, model }, { ...options, untilMs, target });
    if (tree !== null) {
      return 'duals' in tree ? { proof: 'duals', duals: tree.duals } : { proof: 'tree', tree };
    }
  }
  if (duals !== null) return { proof: 'duals', duals: dualsOf(problem, exactly, duals) };
  const isClaimed = exactly.stages.length === 1 && 'bound' in answer && exactly.isExact;
  return isClaimed ? { proof: 'solver', claimed: answer.bound } : null;
}
