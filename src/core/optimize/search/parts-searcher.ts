import { areAlike } from '../model/alike-tasks.ts';
import type { Answer, AnswerLine, PartProof, ProblemCertificate } from '../model/answer.ts';
import { partOf } from '../model/part-of.ts';
import type { Problem } from '../model/problem.ts';
import { verifyAnswer } from '../verify/verify-answer.ts';
import { bestOf, closestOf, searchAuto } from './auto.ts';
import { inOrder } from './in-order.ts';
import { independentParts, looseParts, type Parts } from './parts-of.ts';
import type { Found, Searcher, SearchOptions } from './searcher.ts';

/*
 * Problem: several tasks, of which some have nothing to do with each other, or may turn out not to be
 * in each other's way.
 * Method: each part by the searcher that `auto` picks for it; answers are put together and bounds add
 * up. Parts that only share what is limited are solved as if each were alone: where there is enough
 * for all of them, nothing is cheaper. Tasks that ask the same are solved once.
 * Complexity: that of the parts.
 */

/** Exact: what is independent stays so. */
export const partsSearcher: Searcher = separately('parts', independentParts);

/** A try: what is limited may not be enough for all; that it bounds is certain. */
export const looseSearcher: Searcher = separately('alone', looseParts);

function separately(name: string, partsOf: (problem: Problem) => Parts): Searcher {
  return {
    name,
    refuses: (problem) => {
      if (problem.objective.minimize !== 'cost') return 'only costs add up';
      return partsOf(problem).length > 1 ? null : 'everything hangs together';
    },
    search: (problem, options) => searchParts(problem, partsOf(problem), options),
  };
}

/** What was found for one part, in the indices of its own problem. */
type Solved = {
  readonly tasks: readonly number[];
  readonly answer: Answer | null;
  readonly certificate: ProblemCertificate | null;
  readonly isInfeasible: boolean;
};

async function searchParts(problem: Problem, parts: Parts, options: SearchOptions): Promise<Found> {
  const endMs = options.clock.now() + options.timeLimitMs;
  const solved: Solved[] = [];
  for (const [index, tasks] of parts.entries()) {
    const alike = solved.find((one) => isSame(problem, one.tasks, tasks));
    const leftMs = Math.max(0, endMs - options.clock.now());
    const timeLimitMs = Math.max(1, Math.floor(leftMs / (parts.length - index)));
    const found =
      alike ?? (await searchPart(partOf(problem, tasks), { ...options, start: null, timeLimitMs }));
    if (found.isInfeasible) return { answer: null, certificate: null, isInfeasible: true };
    solved.push({ ...found, tasks });
  }
  return { answer: wholeOf(problem, solved), certificate: sumOf(solved), isInfeasible: false };
}

function isSame(problem: Problem, one: readonly number[], other: readonly number[]): boolean {
  if (one.length > 1 || other.length > 1) return false;
  return areAlike(problem, problem.tasks[one[0]!]!, problem.tasks[other[0]!]!);
}

async function searchPart(part: Problem, options: SearchOptions): Promise<Omit<Solved, 'tasks'>> {
  const { attempts } = await searchAuto(part, options);
  return {
    answer: bestOf(attempts)?.answer ?? null,
    certificate: closestOf(attempts)?.certificate ?? null,
    isInfeasible: attempts.some(({ isInfeasible }) => isInfeasible),
  };
}

/** Null where a part has no answer, or together they take more than there is. */
function wholeOf(problem: Problem, solved: readonly Solved[]): Answer | null {
  const lines: AnswerLine[] = [];
  for (const { tasks, answer } of solved) {
    if (answer === null) return null;
    for (const line of answer.lines) lines.push({ ...line, task: tasks[line.task]! });
  }
  const answer = { lines: inOrder(problem, lines) };
  return verifyAnswer(problem, answer).length === 0 ? answer : null;
}

function sumOf(solved: readonly Solved[]): ProblemCertificate {
  const parts = solved.flatMap(({ tasks, certificate }): readonly PartProof[] =>
    certificate === null ? [] : [{ tasks, certificate }],
  );
  return { proof: 'parts', parts };
}
