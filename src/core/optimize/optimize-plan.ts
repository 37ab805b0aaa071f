import { assert } from '../../base/assert.ts';
import { asMicros, asRate, type Micros } from '../../base/money.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Solver } from '../../ports/solver.ts';
import type { Refusal } from '../../spec/match.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Task, TaskFile } from '../../spec/task.ts';
import { USD_PER_HOUR_MAX } from '../match/too-large.ts';
import { overBudget, overHourlyCost, tooLittle, tooMuchAtOnce } from './infeasible.ts';
import {
  type Certificate,
  divisibleWork,
  type Line,
  type Solution,
  type TaskProblem,
} from './model/task-problem.ts';
import { planOf } from './plan-of.ts';
import { chooseWay } from './search/choose-way.ts';
import { coverWork, linesCost } from './search/cover-work.ts';
import { fastestProblem } from './search/fastest-cover.ts';
import { sumOfBounds } from './verify-bound.ts';
import { verifyPlan } from './verify-plan.ts';

export type OptimizeRequest = {
  readonly file: TaskFile;
  /** One for each task, in the file's order; each with at least one candidate. */
  readonly problems: readonly TaskProblem[];
  readonly refusals: readonly Refusal[];
  readonly clock: Clock;
  /** Loaded only where tasks are solved as one problem. */
  readonly solver: () => Promise<Solver>;
};

/** A plan that was checked, and what the check was made from. */
export type Optimized = {
  readonly plan: Plan;
  readonly solved: readonly Solved[];
};

/** One task with its answer; the problem as it was solved (a goal of time sets its deadline). */
export type Solved = { readonly problem: TaskProblem; readonly solution: Solution };

/**
 * Candidate[] × Limits → Plan: the best plan of a file by the goal of each task. Tasks do not
 * compete here, so that each is solved by itself and the bounds add up.
 * Errors: `plan.infeasible` where capacity or budget do not suffice.
 */
export async function optimizePlan(request: OptimizeRequest): Promise<Optimized> {
  const solved: Solved[] = [];
  for (const problem of request.problems) {
    const alike = solved.find((one) => isAlike(one.problem, problem));
    solved.push(alike === undefined ? await solve(problem, request.clock) : { ...alike, problem });
  }
  const plan = planOf({
    ...request,
    hired: solved.map(({ problem, solution: { lines } }) => ({ problem, lines })),
    boundOf: (costMicros) => {
      const bound = planBound(solved, costMicros);
      return {
        bound: { micros: bound, proof: weakestProof(solved) },
        gap: gapOf(costMicros, bound),
      };
    },
  });
  const problems = verifyPlan(plan, { file: request.file, solved });
  assert(problems.length === 0, `the plan does not pass its check: ${problems.join('; ')}`);
  return { plan, solved };
}

/** Tasks of a pipeline often ask the same, and are matched once. */
function isAlike(one: TaskProblem, other: TaskProblem): boolean {
  const isWhole = divisibleWork(one.task) === null;
  return isWhole && one.candidates === other.candidates && one.task.goal === other.task.goal;
}

async function solve(problem: TaskProblem, clock: Clock): Promise<Solved> {
  const work = divisibleWork(problem.task);
  if (work === null) return { problem, solution: chooseWay(problem) };
  const { minimize, budgetMicros } = problem.task.goal;
  const timed = minimize === 'time' && work.per === 'hour';
  const limited = timed ? await fastestProblem(problem, work, clock) : problem;
  const answer = await coverWork(limited, work, clock);
  if (answer.kind === 'short') throw tooLittle(problem, work, answer.coverage);
  requireReckonable(problem.task, answer.solution.lines);
  const cost = linesCost(answer.solution.lines);
  if (budgetMicros !== null && cost > budgetMicros) {
    throw overBudget(problem, asMicros(cost));
  }
  requireHourlyCost(problem, answer.solution.lines);
  return { problem: limited, solution: answer.solution };
}

/** A deadline may take more machines at once than anybody can mean. */
function requireReckonable(task: Task, lines: readonly Line[]): void {
  const hourly = lines.reduce(
    (sum, { candidate, machines }) => sum + (candidate.offer.nanosPerHour / 1e9) * machines,
    0,
  );
  if (hourly > USD_PER_HOUR_MAX) throw tooMuchAtOnce(task, hourly);
}

/** Several machines at once may cost more an hour than each alone. */
function requireHourlyCost({ task }: TaskProblem, lines: readonly Line[]): void {
  const most = Math.max(...task.resources.map((one) => one.maxNanosPerHour ?? Infinity));
  const hourly = lines.reduce(
    (sum, { candidate, machines }) => sum + candidate.offer.nanosPerHour * machines,
    0,
  );
  if (hourly > most) throw overHourlyCost(task, { hourly: asRate(hourly), most: asRate(most) });
}

/** Rounding may bill a line half a micro-dollar below its exact cost: never above the plan. */
function planBound(solved: readonly Solved[], costMicros: Micros): Micros {
  const bound = sumOfBounds(
    solved.map((one) => ({
      problem: one.problem,
      certificate: one.solution.certificate,
      hoursMax: hoursMaxOf(one),
    })),
  );
  return asMicros(Math.min(costMicros, bound));
}

/** A goal of time asks which of the plans as fast is cheapest; one of cost asks of all. */
export function hoursMaxOf({ problem, solution }: Solved): number | null {
  return problem.task.goal.minimize === 'time' ? (solution.lines[0]?.hours ?? null) : null;
}

const WEAKEST_FIRST: readonly Certificate['proof'][] = ['duals', 'dp', 'enumeration'];

/** A sum is as well proven as its least proven part. */
function weakestProof(solved: readonly Solved[]): Certificate['proof'] {
  const proofs = new Set(solved.map(({ solution }) => solution.certificate.proof));
  return WEAKEST_FIRST.find((proof) => proofs.has(proof)) ?? 'enumeration';
}

function gapOf(cost: Micros, bound: Micros): number {
  return cost === 0 ? 0 : (cost - bound) / cost;
}
