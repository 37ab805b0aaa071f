import type { LinearModel, Solver } from '../../../ports/solver.ts';
import type { CoverProblem } from '../model/cover-problem.ts';
import type { Cover } from './cover-by-dp.ts';
import { coverGreedily } from './cover-greedily.ts';

/*
 * Problem: the covering problem where its table would be too large.
 * Method: a mixed-integer model handed to the Solver port (HiGHS: branch and cut), its answer
 * rounded and completed so that it covers in exact whole numbers. The bound is not taken from
 * the solver's word: see cover-relaxed.ts.
 */

/** Far below any price's last digit, and far above what floating point loses. */
const RELATIVE_GAP = 1e-7;
const TIME_LIMIT_MS = 5000;

/** A cover, the best that the solver finds in its time; null when it finds none. */
export async function coverBySolver(problem: CoverProblem, solver: Solver): Promise<Cover | null> {
  const limits = { timeLimitMs: TIME_LIMIT_MS, relativeGap: RELATIVE_GAP };
  const answer = await solver.solve(linearModel(problem), limits);
  if (!('values' in answer)) return null;
  const rounded = answer.values.map((value) => Math.max(0, Math.floor(value + 1e-6)));
  return coverGreedily(problem, rounded);
}

/** In shares of the need and of the largest cost, so that the numbers are near one. */
function linearModel({ items, need }: CoverProblem): LinearModel {
  const unit = Math.max(1, ...items.map((item) => item.cost));
  return {
    cost: items.map((item) => item.cost / unit),
    lower: items.map(() => 0),
    upper: items.map((item) => item.cap),
    integer: items.map(() => true),
    rows: [
      {
        columns: items.map((_, index) => index),
        values: items.map((item) => item.units / need),
        lower: 1,
        upper: Infinity,
      },
    ],
  };
}
