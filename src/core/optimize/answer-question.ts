import { KedgeError } from '../../base/errors.ts';
import type { TaskFile } from '../../spec/task.ts';
import { mergedLines } from './merged-lines.ts';
import type { Answer } from './model/answer.ts';
import type { Problem, Route } from './model/problem.ts';
import { type ProblemOptions, problemOf } from './model/problem-of.ts';
import { stockOf } from './model/stock.ts';
import type { Line, TaskProblem } from './model/task-problem.ts';
import { isBound, type Question } from './questions.ts';
import { type SolvedProblem, type SolveOptions, solveProblem } from './search/solve-problem.ts';
import { optionCandidates } from './serving/serving-work.ts';

export type AnswerOptions = Omit<SolveOptions, 'start'> & {
  /** What data cost between regions, where tasks hand some to others. */
  readonly grid: readonly Route[];
  /** Nothing but an answer to this very problem will do, and nobody reads why there is none. */
  readonly isTry?: boolean;
};

export type Answered = {
  readonly question: Question;
  /** As it was solved: of the fastest plans the cheapest, for a goal of time. */
  readonly problem: Problem;
  readonly solved: SolvedProblem;
};

/** Whatever the gap: the first answer is taken. */
const ANY = 1;
/** Whole seconds, but for what floating point adds. */
const NOISE_S = 1e-6;

/**
 * The best answer to one problem of a file. Where there is not enough of what is limited for all
 * tasks at once, or nobody finds out in time, some are taken to wait. Errors: those of `solveProblem`;
 * `plan.infeasible` says why, and what would do.
 */
export async function answerQuestion(
  file: TaskFile,
  question: Question,
  options: AnswerOptions,
): Promise<Answered> {
  const answer = async (parts: ProblemOptions): Promise<Answered> => {
    const problem = problemOf(file, question, { grid: options.grid, ...parts });
    return { question, ...(await bestOf(problem, options)) };
  };
  try {
    return await answer({});
  } catch (error) {
    if (options.isTry === true) throw error;
    if (!mayWait(file, question) || !isNoAnswer(error)) {
      throw await explained(error, { file, question, options });
    }
  }
  try {
    return await answer({ isShared: false });
  } catch (error) {
    throw await explained(error, { file, question, options });
  }
}

/** Whether tasks could have a machine one after the other that they cannot have at once. */
function mayWait(file: TaskFile, question: Question): boolean {
  const isLimited = ({ candidates }: TaskProblem): boolean =>
    candidates.some(({ offer }) => offer.available !== null);
  return question.length > 1 && !isBound(file) && question.some(isLimited);
}

/** There is no answer, or none was found. */
export function isNoAnswer(error: unknown): boolean {
  const codes: readonly string[] = ['plan.infeasible', 'solver.failed', 'solver.timeout'];
  return error instanceof KedgeError && codes.includes(error.code);
}

/** The least time of one task, and then the least cost within that time. */
async function bestOf(
  problem: Problem,
  options: AnswerOptions,
): Promise<Pick<Answered, 'problem' | 'solved'>> {
  const { tasks, objective, limits } = problem;
  const isFastest = objective.minimize === 'time' && tasks.length === 1;
  // Machines that share work are hired by the second, and found by a search that leaves no doubt.
  const isByHour = isFastest && tasks[0]!.work.kind === 'divisible';
  const gap = isByHour ? ANY : options.gap;
  const solved = await solveProblem(problem, { ...options, gap, start: null });
  if (!isFastest) return { problem, solved };
  const deadlineS = isByHour ? Math.ceil(solved.value - NOISE_S) : solved.value;
  const asFast = {
    ...problem,
    objective: { minimize: 'cost' as const },
    limits: { ...limits, deadlineS },
  };
  return { problem: asFast, solved: await solveProblem(asFast, { ...options, start: null }) };
}

async function explained(
  error: unknown,
  {
    file,
    question,
    options,
  }: {
    readonly file: TaskFile;
    readonly question: Question;
    readonly options: AnswerOptions;
  },
): Promise<unknown> {
  if (!isNoAnswer(error)) return error;
  const planAlone = async (one: TaskProblem): Promise<readonly Line[] | null> => {
    const problem = problemOf(file, [one]);
    try {
      const { answer } = await solveProblem(problem, {
        ...options,
        solverName: 'cover',
        start: null,
      });
      return linesOf(one, 0, answer);
    } catch (reason) {
      if (reason instanceof KedgeError) return null;
      throw reason;
    }
  };
  const stock = stockOf(file, question, false);
  const { whyNotAlone } = await import('./why-not-alone.ts');
  for (const one of question) {
    const why = await whyNotAlone(one, { stock, planAlone });
    if (why !== null) return why;
  }
  const problem = problemOf(file, question, { grid: options.grid });
  const { explainInfeasible } = await import('./search/explain-infeasible.ts');
  return explainInfeasible(error, problem, { ...options, start: null });
}

/** What is hired for the task at a place in the problem, as what its options were made of. */
export function linesOf(one: TaskProblem, place: number, { lines }: Answer): readonly Line[] {
  const candidates = optionCandidates(one);
  const own = lines
    .filter(({ task }) => task === place)
    .map(({ option, machines, hours }) => {
      const candidate = candidates[option]!;
      const isChoice = candidate.throughput === null;
      return { candidate, machines, hours: isChoice ? (candidate.hours?.mid ?? null) : hours };
    });
  return mergedLines(own);
}
