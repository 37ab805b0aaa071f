import { KedgeError } from '../../../base/errors.ts';
import type { IsFeasible } from '../conflict/explain-conflict.ts';
import type { Problem } from '../model/problem.ts';
import { bestOf, searchAuto } from './auto.ts';
import type { SearchOptions } from './searcher.ts';

/** Any answer will do. */
const ANY = 1;
/** Who has waited for the answer waits no longer than this for the reason. */
const TIME_LIMIT_MS_MAX = 3000;

/**
 * The error of a problem without an answer in the words of what is in conflict and what would do;
 * the error itself where it is another one, or where that would take too long to find out.
 */
export async function explainInfeasible(
  found: unknown,
  problem: Problem,
  options: SearchOptions,
): Promise<unknown> {
  if (!(found instanceof KedgeError) || found.code !== 'plan.infeasible') return found;
  const { explainConflict } = await import('../conflict/explain-conflict.ts');
  const { conflictError } = await import('../conflict/tell-conflict.ts');
  const { clock } = options;
  const endMs = clock.now() + Math.min(options.timeLimitMs, TIME_LIMIT_MS_MAX);
  const isFeasible: IsFeasible = async (part) => {
    const timeLimitMs = endMs - clock.now();
    if (timeLimitMs <= 0) return true;
    const { attempts } = await searchAuto(part, { ...options, start: null, gap: ANY, timeLimitMs });
    const answer = bestOf(attempts)?.answer;
    return answer ?? !attempts.some(({ isInfeasible }) => isInfeasible);
  };
  const hasTime = (): boolean => clock.now() < endMs;
  const conflict = await explainConflict(problem, isFeasible, { hasTime });
  return conflict === null ? found : conflictError(problem, conflict);
}
