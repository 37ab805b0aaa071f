import type { Solver } from '../../../ports/solver.ts';
import { hireCost } from '../../match/hire-cost.ts';
import { coverLines } from '../model/cover-lines.ts';
import { type CoverProblem, coverProblem } from '../model/cover-problem.ts';
import type {
  Certificate,
  DivisibleWork,
  Line,
  Solution,
  TaskProblem,
} from '../model/task-problem.ts';
import { undominated } from '../model/undominated.ts';
import { dualBound } from '../verify-bound.ts';
import { type Cover, coverByDp, fitsDp } from './cover-by-dp.ts';
import { coverBySolver } from './cover-by-solver.ts';
import { coverGreedily } from './cover-greedily.ts';
import { coverage, marginalPrice } from './cover-relaxed.ts';

export type CoverAnswer =
  | { readonly kind: 'solved'; readonly solution: Solution }
  /** All that can be had covers only this share of the work. */
  | { readonly kind: 'short'; readonly coverage: number };

/** A plan this near to its bound is not worth a solver's start. */
const NEAR_ENOUGH = 1e-6;

/**
 * The cheapest machines and hours for divisible work: exactly by a table where that is small;
 * else greedily, with the marginal price of work as certificate of the bound, and by the solver
 * where that leaves a gap.
 */
export async function coverWork(
  { task, candidates }: TaskProblem,
  work: DivisibleWork,
  loadSolver: () => Promise<Solver>,
): Promise<CoverAnswer> {
  const { deadlineMs } = task.goal;
  const problem = undominated(coverProblem(work, candidates, deadlineMs));
  const price = marginalPrice(problem);
  if (price === null) return { kind: 'short', coverage: coverage(problem) };
  const linesOf = (cover: Cover | null): readonly (readonly Line[])[] =>
    cover === null ? [] : [coverLines(problem, cover.counts, { work, candidates, deadlineMs })];
  const alone = singles(problem).flatMap(linesOf);
  if (fitsDp(problem)) {
    return solved(cheapest([...linesOf(coverByDp(problem)), ...alone]), { proof: 'dp' });
  }
  const certificate: Certificate = { proof: 'duals', price };
  const quick = cheapest([...linesOf(coverGreedily(problem)), ...alone]);
  const bound = dualBound(problem, price);
  if (linesCost(quick) - bound <= bound * NEAR_ENOUGH) return solved(quick, certificate);
  const better = linesOf(await coverBySolver(problem, await loadSolver()));
  return solved(cheapest([quick, ...better]), certificate);
}

function solved(lines: readonly Line[], certificate: Certificate): CoverAnswer {
  return { kind: 'solved', solution: { lines, certificate } };
}

function cheapest(plans: readonly (readonly Line[])[]): readonly Line[] {
  return plans.toSorted((a, b) => linesCost(a) - linesCost(b))[0]!;
}

/** Each item alone, where it suffices, for searchers that forget its minimum charge. */
function singles({ items, need }: CoverProblem): readonly Cover[] {
  return items.flatMap((item, index) => {
    if (item.cap * item.units < need) return [];
    const counts = items.map(() => 0);
    counts[index] = Math.max(item.least, Math.ceil(need / item.units));
    return [{ counts, cost: counts[index] * item.cost }];
  });
}

/** Micro-dollars of a plan's lines, each rounded once as it will be billed. */
export function linesCost(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + lineCost(line), 0);
}

function lineCost({ candidate, machines, hours }: Line): number {
  return hireCost(candidate.offer, { machines, hours: hours ?? 0 });
}
