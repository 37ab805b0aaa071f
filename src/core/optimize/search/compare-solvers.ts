import type { Problem } from '../model/problem.ts';
import { type Attempt, gapOf, runSearcher } from './run-searcher.ts';
import type { SearchOptions } from './searcher.ts';
import { SEARCHERS } from './searchers.ts';

/** What each searcher makes of a problem by itself. */
export type Comparison =
  | { readonly kind: 'ran'; readonly attempt: Attempt; readonly gap: number | null }
  | { readonly kind: 'refused' | 'failed'; readonly solver: string; readonly why: string };

/** Every searcher, one after the other, each with all of the time and with no start. */
export async function compareSolvers(
  problem: Problem,
  options: SearchOptions,
): Promise<readonly Comparison[]> {
  const compared: Comparison[] = [];
  for (const { name, load } of SEARCHERS) {
    const searcher = await load();
    const refusal = searcher.refuses(problem);
    if (refusal !== null) compared.push({ kind: 'refused', solver: name, why: refusal });
    else {
      try {
        const attempt = await runSearcher(problem, searcher, options);
        const { value, bound } = attempt;
        const gap = value === null || bound === null ? null : gapOf(value, bound);
        compared.push({ kind: 'ran', attempt, gap });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        compared.push({ kind: 'failed', solver: name, why });
      }
    }
  }
  return compared;
}
