import { assert } from '../../base/assert.ts';
import { asMicros } from '../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Plan } from '../../spec/plan.ts';
import { endOfAnswer } from './model/answer.ts';
import type { Problem, Route } from './model/problem.ts';
import { problemOf } from './model/problem-of.ts';
import type { Line, TaskProblem } from './model/task-problem.ts';
import type { OptimizeRequest } from './optimize-plan.ts';
import { type Hired, planOf } from './plan-of.ts';
import { planTransfers } from './plan-transfers.ts';
import { explainInfeasible } from './search/explain-infeasible.ts';
import { type SolvedProblem, type SolveOptions, solveProblem } from './search/solve-problem.ts';
import { verifyLines } from './verify-plan.ts';

/** How a file's tasks are solved as one problem. */
export type TogetherOptions = Omit<SolveOptions, 'start' | 'solver'> & {
  /** What data cost between regions, where tasks hand some to others. */
  readonly grid?: readonly Route[];
  /** False where nobody reads why there is no answer. */
  readonly explains?: boolean;
};

/**
 * Candidate[] × Limits → Plan, of all tasks of a file as one `Problem`: where they compete, or a
 * searcher is asked for by name. Errors: those of `solveProblem`, `plan.needs-hours`.
 */
export async function planByProblem(
  request: OptimizeRequest,
  options: TogetherOptions,
): Promise<Plan> {
  const { file, problems, refusals, solver } = request;
  const problem = problemOf(file, problems, options.grid);
  const solved = await solveOrExplain(problem, { ...options, solver, start: null });
  const hired = problems.map((one) => ({ problem: one, lines: linesOf(one, solved) }));
  const plan = planOf({
    file,
    hired,
    refusals,
    transfers: planTransfers(problem, solved.answer),
    endHours: endOfAnswer(solved.answer) / SECONDS_PER_HOUR,
    boundOf: (cost) => boundOf(solved, cost, hired),
  });
  const faults = verifyLines(plan, problems);
  assert(faults.length === 0, `the plan does not pass its check: ${faults.join('; ')}`);
  return plan;
}

async function solveOrExplain(
  problem: Problem,
  options: TogetherOptions & SolveOptions,
): Promise<SolvedProblem> {
  try {
    return await solveProblem(problem, options);
  } catch (error) {
    throw options.explains === false ? error : await explainInfeasible(error, problem, options);
  }
}

/** The options of a task's work are its candidates, in their order. */
function linesOf({ index, candidates }: TaskProblem, { answer }: SolvedProblem): readonly Line[] {
  const own = answer.lines.filter(({ task }) => task === index);
  return own.map(({ option, machines, hours }) => {
    const candidate = candidates[option]!;
    const isChoice = candidate.throughput === null;
    return { candidate, machines, hours: isChoice ? (candidate.hours?.mid ?? null) : hours };
  });
}

/** Seconds bound no dollars: the fastest plan has a bound on its time alone. */
function boundOf(
  { bound, proof, gap, claimed }: SolvedProblem,
  cost: number,
  hired: readonly Hired[],
): Pick<Plan, 'bound' | 'gap'> {
  const isTime = hired[0]!.problem.task.goal.minimize === 'time';
  if (isTime) return { bound: null, gap: null };
  const most = (value: number) => asMicros(Math.min(cost, Math.floor(value)));
  if (bound !== null && proof !== null) return { bound: { micros: most(bound), proof }, gap };
  if (claimed === null) return { bound: null, gap: null };
  return { bound: { micros: most(claimed), proof: 'solver' }, gap: null };
}
