import { assert } from '../../base/assert.ts';
import { addMicros, asMicros, asRate, type Micros } from '../../base/money.ts';
import type { Solver } from '../../ports/solver.ts';
import type { Refusal } from '../../spec/match.ts';
import type { Alternative, Plan, PlanAllocation } from '../../spec/plan.ts';
import type { Task, TaskFile } from '../../spec/task.ts';
import { hireCost } from '../match/hire-cost.ts';
import { USD_PER_HOUR_MAX } from '../match/too-large.ts';
import { alternativesOf } from './alternatives.ts';
import { overBudget, overHourlyCost, tooLittle, tooMuchAtOnce } from './infeasible.ts';
import {
  type Certificate,
  divisibleWork,
  type Line,
  type Solution,
  type TaskProblem,
} from './model/task-problem.ts';
import { planLine } from './plan-line.ts';
import { scheduleOf } from './schedule.ts';
import { chooseWay } from './search/choose-way.ts';
import { coverWork, linesCost } from './search/cover-work.ts';
import { fastestProblem } from './search/fastest-cover.ts';
import { boundOf } from './verify-bound.ts';
import { verifyPlan } from './verify-plan.ts';

export type OptimizeRequest = {
  readonly file: TaskFile;
  /** One for each task, in the file's order; each with at least one candidate. */
  readonly problems: readonly TaskProblem[];
  readonly refusals: readonly Refusal[];
  /** Loaded only where enumeration and tables do not suffice. */
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
 * Errors: `plan.infeasible` where capacity or budget do not suffice, `solver.failed`.
 */
export async function optimizePlan(request: OptimizeRequest): Promise<Optimized> {
  const solved: Solved[] = [];
  for (const problem of request.problems) solved.push(await solve(problem, request.solver));
  const plan = planOf(request, solved);
  const problems = verifyPlan(plan, { file: request.file, solved });
  assert(problems.length === 0, `the plan does not pass its check: ${problems.join('; ')}`);
  return { plan, solved };
}

async function solve(problem: TaskProblem, solver: () => Promise<Solver>): Promise<Solved> {
  const work = divisibleWork(problem.task);
  if (work === null) return { problem, solution: chooseWay(problem) };
  const { minimize, budgetMicros } = problem.task.goal;
  const timed = minimize === 'time' && work.per === 'hour';
  const limited = timed ? await fastestProblem(problem, work, solver) : problem;
  const answer = await coverWork(limited, work, solver);
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

function planOf({ file, refusals }: OptimizeRequest, solved: readonly Solved[]): Plan {
  const allocations = solved.flatMap(allocationsOf);
  const schedule = scheduleOf(file, allocations);
  const costMicros = sumOrNull(allocations.map((line) => line.costMicros));
  const boundMicros = costMicros === null ? null : planBound(solved, costMicros);
  return {
    schema: 'kedge.plan/v1',
    name: file.name,
    minimize: file.tasks[0]!.goal.minimize,
    costMicros,
    nanosPerHour: schedule.nanosPerHour,
    hours: schedule.hours,
    interval: intervalOf(file, solved, allocations),
    bound: boundMicros === null ? null : { micros: boundMicros, proof: weakestProof(solved) },
    gap: boundMicros === null ? null : gapOf(costMicros!, boundMicros),
    currency: 'USD',
    allocations,
    alternatives: solved.flatMap((one): readonly Alternative[] => alternativesOf(one)),
    refusals: [...refusals],
  };
}

function allocationsOf({ problem, solution }: Solved): readonly PlanAllocation[] {
  return solution.lines.map((line) => planLine(problem, line));
}

/** Rounding may bill a line half a micro-dollar below its exact cost: never above the plan. */
function planBound(solved: readonly Solved[], costMicros: Micros): Micros {
  const bounds = solved.map(({ problem, solution }) =>
    boundOf(problem, solution.certificate, hoursMaxOf({ problem, solution })),
  );
  return asMicros(Math.min(costMicros, addMicros(...bounds)));
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

/** The 80 % interval of cost and time, all tasks at once at either end; null without a spread. */
function intervalOf(
  file: TaskFile,
  solved: readonly Solved[],
  allocations: readonly PlanAllocation[],
): Plan['interval'] {
  const hasSpread = solved.some(({ solution }) => solution.lines.some(isSpread));
  if (!hasSpread || allocations.some(({ hours }) => hours === null)) return null;
  const lines = solved.flatMap(({ solution }) => solution.lines);
  const at = (end: 'low' | 'high') =>
    allocations.map((allocation, index) => {
      const hours = lines[index]!.candidate.hours?.[end] ?? allocation.hours!;
      return {
        ...allocation,
        hours,
        costMicros: hireCost(allocation, { machines: allocation.count, hours }),
      };
    });
  const [low, high] = [at('low'), at('high')];
  return {
    costLowMicros: addMicros(...low.map(({ costMicros }) => costMicros)),
    costHighMicros: addMicros(...high.map(({ costMicros }) => costMicros)),
    hoursLow: scheduleOf(file, low).hours!,
    hoursHigh: scheduleOf(file, high).hours!,
  };
}

function isSpread({ candidate: { hours } }: Line): boolean {
  return hours !== null && hours.low < hours.high;
}

function sumOrNull(amounts: readonly (Micros | null)[]): Micros | null {
  const known = amounts.filter((amount) => amount !== null);
  return known.length === amounts.length ? addMicros(...known) : null;
}
