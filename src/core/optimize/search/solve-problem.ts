import { closestWord } from '../../../base/closest.ts';
import { KedgeError } from '../../../base/errors.ts';
import { formatDuration, SECOND_MS } from '../../../base/time.ts';
import type { Answer, Proof } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { type Attempts, bestOf, closestOf, searchAuto } from './auto.ts';
import { gapOf, runSearcher } from './run-searcher.ts';
import type { SearchOptions } from './searcher.ts';
import { SEARCHERS } from './searchers.ts';

/** The searcher by that name alone; `auto` lets the problem decide. */
export type SolveOptions = SearchOptions & { readonly solverName: string };

/** An answer that was checked, and how good it is proven to be. */
export type SolvedProblem = {
  readonly answer: Answer;
  /** In units of the objective, as the bound. */
  readonly value: number;
  /** Null where nothing is proven. */
  readonly bound: number | null;
  readonly proof: Proof | null;
  /** (value − bound) / value; null without a bound. */
  readonly gap: number | null;
  /** A bound that only a solver claims: it counts for nothing. */
  readonly claimed: number | null;
  /** Whose answer it is. */
  readonly solver: string;
  readonly why: string;
  readonly seconds: number;
};

/**
 * Problem → the best answer that was found in time, checked, with the bound that its certificate
 * proves. Errors: `plan.infeasible` where there is none, `solver.timeout` where none was found,
 * `solver.failed`, `cli.usage` for a searcher that there is not or that does not take the problem.
 */
export async function solveProblem(
  problem: Problem,
  options: SolveOptions,
): Promise<SolvedProblem> {
  const since = options.clock.now();
  const isAuto = options.solverName === 'auto';
  const { attempts, why } = await (isAuto
    ? searchAuto(problem, options)
    : searchForced(problem, options));
  const best = bestOf(attempts);
  if (best === null) throw nothingFound(attempts, options);
  const closest = closestOf(attempts);
  const claims = attempts.flatMap(({ claimed }) => claimed ?? []);
  return {
    answer: best.answer!,
    value: best.value!,
    bound: closest?.bound ?? null,
    proof: closest?.proof ?? null,
    gap: closest === null ? null : gapOf(best.value!, closest.bound!),
    claimed: claims.length === 0 ? null : Math.max(...claims),
    solver: best.solver,
    why,
    seconds: (options.clock.now() - since) / SECOND_MS,
  };
}

async function searchForced(problem: Problem, options: SolveOptions): Promise<Attempts> {
  const { solverName } = options;
  const entry = SEARCHERS.find(({ name }) => name === solverName);
  if (entry === undefined) throw noSuchSolver(solverName);
  const searcher = await entry.load();
  const refusal = searcher.refuses(problem);
  if (refusal !== null) {
    throw new KedgeError('cli.usage', `${solverName} does not take this problem: ${refusal}`, {
      hint: 'without --solver, Kedge picks one that does',
    });
  }
  const attempt = await runSearcher(problem, searcher, options);
  return { attempts: [attempt], why: `asked for: it ${entry.how}` };
}

function noSuchSolver(name: string): KedgeError {
  const names = ['auto', ...SEARCHERS.map((entry) => entry.name)];
  const closest = closestWord(name, names);
  return new KedgeError('cli.usage', `there is no solver ${name}`, {
    hint: closest === undefined ? `there are ${names.join(', ')}` : `did you mean "${closest}"?`,
  });
}

function nothingFound(attempts: Attempts['attempts'], { timeLimitMs }: SolveOptions): KedgeError {
  const names = attempts.map(({ solver }) => solver).join(', ');
  const wrong = attempts.find(({ faults }) => faults.length > 0);
  if (wrong !== undefined) {
    const message = `the answer of ${wrong.solver} does not pass the check: ${wrong.faults[0]}`;
    return new KedgeError('solver.failed', message, { hint: 'try another one: --solver' });
  }
  if (attempts.some(({ isInfeasible }) => isInfeasible)) {
    return new KedgeError('plan.infeasible', `no answer keeps all limits, says ${names}`, {
      hint: 'raise a limit, a quota or what is available',
    });
  }
  if (attempts.length === 0) {
    return new KedgeError('solver.failed', 'no solver takes this problem', {
      hint: '--compare-solvers says why each does not',
    });
  }
  const within = formatDuration(timeLimitMs);
  const message = `${names} found no answer within ${within}, and no proof that there is none`;
  return new KedgeError('solver.timeout', message, {
    hint: 'give it more time: --time-limit; or loosen a limit',
  });
}
