import { assert } from '../../../base/assert.ts';
import type { Clock } from '../../../ports/clock.ts';
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
import { coverGreedily } from './cover-greedily.ts';
import { coverage, marginalPrice } from './cover-relaxed.ts';

export type CoverAnswer =
  | { readonly kind: 'solved'; readonly solution: Solution }
  /** All that can be had covers only this share of the work. */
  | { readonly kind: 'short'; readonly coverage: number };

/** A plan this near to its bound is not worth another look. */
const NEAR_ENOUGH = 1e-6;
/** Of the second look: what is asked of plans. */
const GAP = 1e-4;
const TIME_LIMIT_MS = 2000;

/**
 * The cheapest machines and hours for divisible work: exactly by a table where that is small;
 * else greedily, with the marginal price of work as certificate of the bound. Where that leaves a
 * gap, as a `Problem` of its own.
 */
export async function coverWork(
  { task, candidates }: TaskProblem,
  work: DivisibleWork,
  clock: Clock,
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
  const better = await coverAsProblem({ task, candidates }, clock);
  return solved(cheapest(better === null ? [quick] : [quick, better]), certificate);
}

/** What the searcher of covers hires; the limits on money are looked at afterwards. */
async function coverAsProblem(
  { task, candidates }: Pick<TaskProblem, 'task' | 'candidates'>,
  clock: Clock,
): Promise<readonly Line[] | null> {
  const [{ coverSearcher }, { problemOf }] = await Promise.all([
    import('../cover/cover-searcher.ts'),
    import('../model/problem-of.ts'),
  ]);
  const goal = { ...task.goal, minimize: 'cost' as const, budgetMicros: null };
  const resources = task.resources.map((one) => ({ ...one, maxNanosPerHour: null }));
  const alone = { ...task, goal, resources, spread: null };
  const file = { name: task.name, tasks: [alone], needs: [[]] };
  const problem = problemOf(file, [{ index: 0, task: alone, candidates }]);
  if (coverSearcher.refuses(problem) !== null) return null;
  const { answer } = await coverSearcher.search(problem, {
    clock,
    timeLimitMs: TIME_LIMIT_MS,
    gap: GAP,
    seed: 1,
    start: null,
    solver: async () => assertNever(),
  });
  if (answer === null) return null;
  return answer.lines.map(({ option, machines, hours }) => ({
    candidate: candidates[option]!,
    machines,
    hours,
  }));
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

function assertNever(): never {
  assert(false, 'one cover needs no solver');
}
