import { createHash } from 'node:crypto';
import { asMicros, usd } from '../base/money.ts';
import { SECONDS_PER_HOUR } from '../base/time.ts';
import { lineMicros } from '../core/optimize/exact/line-micros.ts';
import { requireHours } from '../core/optimize/infeasible.ts';
import { type AnswerLine, endOfAnswer } from '../core/optimize/model/answer.ts';
import type { Problem } from '../core/optimize/model/problem.ts';
import { problemOf } from '../core/optimize/model/problem-of.ts';
import { compareSolvers } from '../core/optimize/search/compare-solvers.ts';
import { explainInfeasible } from '../core/optimize/search/explain-infeasible.ts';
import type { SearchOptions } from '../core/optimize/search/searcher.ts';
import { SEARCHERS } from '../core/optimize/search/searchers.ts';
import { type SolvedProblem, solveProblem } from '../core/optimize/search/solve-problem.ts';
import { answerCost } from '../core/optimize/verify/verify-answer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Solver } from '../ports/solver.ts';
import { problemText } from '../spec/print-problem.ts';
import type { Comparison, Solution, SolutionLine } from '../spec/solution.ts';
import { gridFor, type MatchedFile } from './plan.ts';
import { withSolver } from './with-solver.ts';

export type SolveRequest = {
  readonly problem: Problem;
  /** A searcher by name, or `auto`. */
  readonly solverName: string;
  readonly timeLimitMs: number;
  /** (value − bound) / value at which it may stop. */
  readonly gap: number;
  readonly seed: number;
  readonly clock: Clock;
  /** Loaded only where a searcher needs it, and closed after. */
  readonly solver: () => Promise<Solver>;
  /** Threads, started only where they pay. */
  readonly islands?: SearchOptions['islands'];
  readonly trees?: SearchOptions['trees'];
};

/** The names that `--solver` takes. */
export const SOLVER_NAMES: readonly string[] = ['auto', ...SEARCHERS.map(({ name }) => name)];

/** Errors: `plan.infeasible`, `solver.timeout`, `solver.failed`, `cli.usage`. */
export async function solveStored(request: SolveRequest): Promise<Solution> {
  const { problem } = request;
  return withSolver(request, async (solver) => {
    const options = { ...request, solver, start: null };
    try {
      return solutionOf(problem, await solveProblem(problem, options));
    } catch (error) {
      throw await explainInfeasible(error, problem, options);
    }
  });
}

/** Every searcher on the same problem. Errors: none but faults of ours. */
export async function compareStored(request: SolveRequest): Promise<Comparison> {
  const { problem } = request;
  const compared = await withSolver(request, (solver) =>
    compareSolvers(problem, { ...request, solver, start: null }),
  );
  const inUnit = unitOf(problem);
  return {
    schema: 'kedge.comparison/v1',
    name: problem.name,
    problem: hashOf(problem),
    unit: inUnit.unit,
    solvers: compared.map((one) => {
      if (one.kind !== 'ran') return { ...NOTHING, solver: one.solver, why: one.why };
      const { solver, value, bound, claimed, proof, seconds, faults, isInfeasible } = one.attempt;
      const wrong = faults[0] === undefined ? null : `its answer is wrong: ${faults[0]}`;
      return {
        solver,
        why: wrong ?? (isInfeasible ? 'it says that there is no answer' : null),
        value: inUnit.of(value),
        bound: inUnit.of(bound),
        claimed: inUnit.of(claimed),
        gap: one.gap,
        proof,
        seconds,
      };
    }),
  };
}

const NOTHING = {
  value: null,
  bound: null,
  gap: null,
  proof: null,
  claimed: null,
  seconds: null,
} as const;

function solutionOf(problem: Problem, solved: SolvedProblem): Solution {
  const { answer, gap, proof, solver, why, seconds } = solved;
  const lines = answer.lines.map((line) => solutionLine(problem, line));
  const costMicros = answerCost(problem, answer);
  const ofLines = lines.reduce((sum, line) => sum + line.costMicros, 0);
  const inUnit = unitOf(problem);
  return {
    schema: 'kedge.solution/v1',
    name: problem.name,
    problem: hashOf(problem),
    minimize: problem.objective.minimize,
    unit: inUnit.unit,
    value: inUnit.of(solved.value)!,
    bound: inUnit.of(solved.bound),
    costMicros,
    boundMicros:
      inUnit.unit === 'usd' && solved.bound !== null ? asMicros(Math.floor(solved.bound)) : null,
    gap,
    proof,
    claimed: inUnit.of(solved.claimed),
    hours: endOfAnswer(answer) / SECONDS_PER_HOUR,
    transfersMicros: asMicros(costMicros - ofLines),
    seconds,
    solver,
    why,
    lines,
  };
}

/** A line of an answer with what it is and costs. */
export function solutionLine(problem: Problem, line: AnswerLine): SolutionLine {
  const { name, work } = problem.tasks[line.task]!;
  const option = work.options[line.option]!;
  const offer = problem.offers[option.offer]!;
  const { id, provider, region, zone, spot, nanosPerHour } = offer;
  const extraMicros = 'extraMicros' in option ? option.extraMicros : 0;
  return {
    task: line.task,
    option: line.option,
    offer: option.offer,
    taskName: name,
    offerId: id,
    provider,
    region,
    zone,
    spot,
    machines: line.machines,
    hours: line.hours,
    startS: line.startS,
    nanosPerHour,
    costMicros: asMicros(lineMicros(offer, line) + extraMicros),
    shares: line.shares,
  };
}

type InUnit = {
  readonly unit: Solution['unit'];
  /** Micro-dollars in dollars, others as they are. */
  readonly of: (value: number | null) => number | null;
};

function unitOf({ objective: { minimize } }: Problem): InUnit {
  if (minimize === 'time') return { unit: 's', of: (value) => value };
  if (minimize === 'carbon') return { unit: 'g', of: (value) => value };
  return { unit: 'usd', of: (value) => (value === null ? null : usd(asMicros(Math.floor(value)))) };
}

function hashOf(problem: Problem): string {
  return createHash('sha256').update(problemText(problem)).digest('hex');
}

/** What a file asks for as one problem. Errors: `plan.needs-hours`, `spec.invalid`. */
export async function problemOfFile({ file, matched }: MatchedFile): Promise<Problem> {
  const problems = matched.map(({ problem }) => problem);
  requireHours(problems);
  return problemOf(file, problems, { grid: await gridFor(file) });
}
