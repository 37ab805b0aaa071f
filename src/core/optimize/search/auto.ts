import type { Problem } from '../model/problem.ts';
import { structureWords } from '../model/structure-words.ts';
import { type Attempt, gapOf, runSearcher } from './run-searcher.ts';
import type { Searcher, SearchOptions } from './searcher.ts';
import { SEARCHERS, type SearcherEntry } from './searchers.ts';

/*
 * Problem: which searcher to use for a problem.
 * Method: those that take it, in the order of how much they make of its structure, until the gap
 * is closed or the time is over; each starts from the best answer so far. The best checked answer
 * and the best proven bound count, whoever found them.
 * Complexity: that of the searchers.
 */

/** As long as nothing was found, this share of the time is kept for those that come after. */
const KEPT_FOR_OTHERS = 0.25;

export type Attempts = {
  /** In the order in which they ran; at least one. */
  readonly attempts: readonly Attempt[];
  /** Why these, in words. */
  readonly why: string;
};

/** Errors: the last one of a searcher, when nobody found anything. */
export async function searchAuto(
  problem: Problem,
  options: SearchOptions,
  searchers: readonly SearcherEntry[] = SEARCHERS,
): Promise<Attempts> {
  const endMs = options.clock.now() + options.timeLimitMs;
  const takers = new Takers(problem, searchers);
  const attempts: Attempt[] = [];
  const said: string[] = [];
  let failure: unknown = null;
  for (let taker = await takers.next(); taker !== null; taker = await takers.next()) {
    const leftMs = endMs - options.clock.now();
    if (said.length > 0 && leftMs <= 0) break;
    const start = bestOf(attempts)?.answer ?? options.start;
    const { entry, searcher } = taker;
    const keepsTime = start === null && entry.mayBeLate === true && (await takers.hasMore());
    const timeLimitMs = Math.max(1, Math.round(leftMs * (keepsTime ? 1 - KEPT_FOR_OTHERS : 1)));
    said.push(`${entry.name} ${entry.how}`);
    try {
      const attempt = await runSearcher(problem, searcher, { ...options, start, timeLimitMs });
      attempts.push(attempt);
      said.push(...attempt.faults.slice(0, 1).map((fault) => `its answer was wrong: ${fault}`));
    } catch (error) {
      // A bug of one searcher, as numbers that it cannot reckon with, is none of the others.
      failure = error;
      said.push(`it failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (isDone(problem, attempts, options.gap)) break;
  }
  const isSettled = attempts.some(({ answer, isInfeasible }) => answer !== null || isInfeasible);
  if (!isSettled && failure !== null) throw failure;
  return { attempts, why: `${structureWords(problem)}: ${said.join('; ')}` };
}

type Taker = { readonly entry: SearcherEntry; readonly searcher: Searcher };

/** Those that take a problem, in order; each is loaded when it is its turn. */
class Takers {
  readonly #problem: Problem;
  readonly #left: SearcherEntry[];
  #ahead: Taker | null = null;

  constructor(problem: Problem, searchers: readonly SearcherEntry[]) {
    const { tasks } = problem;
    const possible = searchers.filter(
      ({ kind }) => kind === undefined || tasks.every(({ work }) => work.kind === kind),
    );
    const isMadeFor = ({ tasksMin = 1 }: SearcherEntry): boolean => tasks.length >= tasksMin;
    this.#problem = problem;
    this.#left = [...possible.filter(isMadeFor), ...possible.filter((one) => !isMadeFor(one))];
  }

  async next(): Promise<Taker | null> {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead !== null) return ahead;
    for (let entry = this.#left.shift(); entry !== undefined; entry = this.#left.shift()) {
      const searcher = await entry.load();
      if (searcher.refuses(this.#problem) === null) return { entry, searcher };
    }
    return null;
  }

  async hasMore(): Promise<boolean> {
    this.#ahead ??= await this.next();
    return this.#ahead !== null;
  }
}

/** The one whose answer is best. */
export function bestOf(attempts: readonly Attempt[]): Attempt | null {
  let best: Attempt | null = null;
  for (const attempt of attempts) {
    if (attempt.value === null) continue;
    if (best === null || attempt.value < best.value!) best = attempt;
  }
  return best;
}

/** The one whose proven bound is highest. */
export function closestOf(attempts: readonly Attempt[]): Attempt | null {
  let closest: Attempt | null = null;
  for (const attempt of attempts) {
    if (attempt.bound === null) continue;
    if (closest === null || attempt.bound > closest.bound!) closest = attempt;
  }
  return closest;
}

/** Less than this nobody waits for: a second, and what bills are rounded by. */
const NEAR: Readonly<Partial<Record<Problem['objective']['minimize'], number>>> = {
  time: 1,
  cost: 3,
};

function isDone({ objective }: Problem, attempts: readonly Attempt[], gap: number): boolean {
  if (attempts.at(-1)?.isInfeasible === true) return true;
  const [best, closest] = [bestOf(attempts), closestOf(attempts)];
  if (best !== null && gap >= 1) return true;
  if (best === null || closest === null) return false;
  const isNear = best.value! - closest.bound! <= (NEAR[objective.minimize] ?? 0);
  return isNear || gapOf(best.value!, closest.bound!) <= gap;
}
