import { KedgeError } from '../base/errors.ts';
import { SECONDS_PER_HOUR } from '../base/time.ts';
import {
  costTimeFrontier,
  type FrontierPoint,
} from '../core/optimize/frontier/cost-time-frontier.ts';
import { worthOfMore } from '../core/optimize/frontier/worth-of-more.ts';
import type { Problem } from '../core/optimize/model/problem.ts';
import {
  type FewerOptions,
  restoreOptions,
  undominatedOptions,
} from '../core/optimize/presolve/undominated-options.ts';
import { type SolvedProblem, solveProblem } from '../core/optimize/search/solve-problem.ts';
import type { Frontier, FrontierPlan } from '../spec/frontier.ts';
import { type SolveRequest, solutionLine } from './solve.ts';
import { withSolver } from './with-solver.ts';

export type FrontierRequest = Pick<SolveRequest, 'problem' | 'timeLimitMs' | 'clock' | 'solver'> & {
  readonly pointsMax: number;
};

/** No point is worth more of the time than this share: there are many. */
const SHARE_OF_ONE = 0.2;
/** What rounding of bounds explains: the best answer is proven so. */
const GAP = 1e-6;

/**
 * The cost–time frontier of a problem of cost, and what more of its limits is worth. Errors:
 * `plan.infeasible`, `plan.needs-hours`, `solver.failed`, `solver.timeout`.
 */
export async function frontierOf(request: FrontierRequest): Promise<Frontier> {
  const { problem, clock, timeLimitMs, pointsMax } = request;
  requireFinite(problem);
  const given: Problem = { ...problem, objective: { minimize: 'cost' } };
  const fewer = undominatedOptions(given);
  const cheapest = fewer.problem;
  const endMs = clock.now() + timeLimitMs;
  return withSolver(request, async (solver) => {
    const solveOne = (one: Problem): Promise<SolvedProblem> =>
      solveProblem(one, {
        solverName: 'auto',
        timeLimitMs: Math.max(1, Math.round(timeLimitMs * SHARE_OF_ONE)),
        gap: GAP,
        seed: 1,
        start: null,
        clock,
        solver,
      });
    // Whatever is wrong with the problem itself is told as `solve` tells it.
    const best = await solveOne(cheapest);
    const solve = orNull(solveOne);
    const isOver = (): boolean => clock.now() >= endMs;
    const found = await costTimeFrontier(cheapest, { solve, pointsMax, isOver });
    return {
      schema: 'kedge.frontier/v1',
      name: problem.name,
      isWhole: found!.isWhole,
      plans: found!.points.map((point) => planOf(given, point, fewer)),
      worth: await worthOfMore(cheapest, best, solve),
    };
  });
}

function planOf(problem: Problem, point: FrontierPoint, fewer: FewerOptions): FrontierPlan {
  const { deadlineS, endS, costMicros, boundMicros, answer } = point;
  return {
    hours: endS / SECONDS_PER_HOUR,
    deadlineHours: deadlineS / SECONDS_PER_HOUR,
    costMicros,
    boundMicros,
    lines: restoreOptions(fewer, answer.lines).map((line) => solutionLine(problem, line)),
  };
}

/** Null where there is no answer, or none was found in time. */
function orNull(solve: (problem: Problem) => Promise<SolvedProblem>) {
  return async (problem: Problem): Promise<SolvedProblem | null> => {
    try {
      return await solve(problem);
    } catch (error) {
      const codes: readonly string[] = ['plan.infeasible', 'solver.timeout'];
      if (error instanceof KedgeError && codes.includes(error.code)) return null;
      throw error;
    }
  };
}

/** What serves goes on: it has no end to be earlier. */
function requireFinite({ tasks }: Problem): void {
  if (tasks.every(({ work }) => work.kind !== 'serving')) return;
  throw new KedgeError('plan.needs-hours', 'a task that serves has no end, so cost has no time', {
    hint: 'leave out --pareto',
  });
}
