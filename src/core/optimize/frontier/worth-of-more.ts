import { asMicros, type Micros } from '../../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { AnswerLine } from '../model/answer.ts';
import type { Limits, Problem } from '../model/problem.ts';
import type { SolvedProblem } from '../search/solve-problem.ts';

/*
 * Problem: what a little more of each limit would be worth.
 * Method: the problem is solved again with that much more, for limits that the answer uses up: an
 * exact difference, where duals would only tell of the next instant.
 * Complexity: one solve for each such limit.
 */

export type Worth = {
  /** What there is more of, in words: `one more hour until the deadline`. */
  readonly more: string;
  /** What the plan costs less then; 0 where it gains nothing. */
  readonly savesMicros: Micros;
};

const MICROS_PER_USD = 1_000_000;

/** Limits beyond these are many of a kind: the rest is left out. */
const OFFERS_MAX = 10;

/** The most valuable first. `solve` gives the cheapest answer, null where there is none. */
export async function worthOfMore(
  problem: Problem,
  answered: SolvedProblem,
  solve: (problem: Problem) => Promise<SolvedProblem | null>,
): Promise<readonly Worth[]> {
  const worths: Worth[] = [];
  for (const { more, changed } of looser(problem, answered.answer.lines)) {
    const solved = await solve(changed);
    if (solved === null) continue;
    worths.push({ more, savesMicros: asMicros(Math.max(0, answered.value - solved.value)) });
  }
  return worths.toSorted((a, b) => b.savesMicros - a.savesMicros);
}

type Looser = { readonly more: string; readonly changed: Problem };

function looser(problem: Problem, lines: readonly AnswerLine[]): readonly Looser[] {
  return [...ofLimits(problem), ...ofPools(problem, lines), ...ofOffers(problem, lines)];
}

const STEPS: readonly {
  readonly key: keyof Limits;
  readonly more: string;
  readonly step: number;
}[] = [
  { key: 'deadlineS', more: 'one more hour until the deadline', step: SECONDS_PER_HOUR },
  { key: 'budgetMicros', more: 'one more dollar of budget', step: MICROS_PER_USD },
  { key: 'nanosPerHourMax', more: 'one more dollar an hour', step: MICROS_PER_USD * 1000 },
];

function ofLimits(problem: Problem): readonly Looser[] {
  const all = [problem.limits, ...problem.tasks.map(({ limits }) => limits)];
  return STEPS.filter(({ key }) => all.some((limits) => limits[key] !== null)).map(
    ({ key, more, step }) => {
      const raised = (limits: Limits): Limits =>
        limits[key] === null ? limits : { ...limits, [key]: limits[key] + step };
      const tasks = problem.tasks.map((task) => ({ ...task, limits: raised(task.limits) }));
      return { more, changed: { ...problem, limits: raised(problem.limits), tasks } };
    },
  );
}

/** Quotas of which the answer leaves less than one more machine would take. */
function ofPools(problem: Problem, lines: readonly AnswerLine[]): readonly Looser[] {
  return problem.pools.flatMap(({ id, per, limit }, index) => {
    const used = lines.reduce((sum, line) => sum + usedOf(problem, line, index), 0);
    const amounts = problem.offers.flatMap(({ uses }) =>
      uses.filter(({ pool }) => pool === index).map(({ amount }) => amount),
    );
    if (limit - used >= Math.max(...amounts, 0)) return [];
    const pools = problem.pools.map((pool, other) =>
      other === index ? { ...pool, limit: limit + 1 } : pool,
    );
    const unit = per === 'machine' ? 'unit' : 'hour';
    return [{ more: `one more ${unit} of ${id}`, changed: { ...problem, pools } }];
  });
}

function usedOf({ pools, ...problem }: Problem, line: AnswerLine, pool: number): number {
  const offer = problem.offers[problem.tasks[line.task]!.work.options[line.option]!.offer]!;
  const amount = offer.uses.find((use) => use.pool === pool)?.amount ?? 0;
  return amount * line.machines * (pools[pool]!.per === 'machine' ? 1 : line.hours);
}

/** Offers of which the answer takes all that there are, those it pays most for first. */
function ofOffers(problem: Problem, lines: readonly AnswerLine[]): readonly Looser[] {
  const machines = new Map<number, number>();
  for (const line of lines) {
    const { offer } = problem.tasks[line.task]!.work.options[line.option]!;
    machines.set(offer, (machines.get(offer) ?? 0) + line.machines);
  }
  return [...machines]
    .filter(([offer, count]) => problem.offers[offer]!.available === count)
    .toSorted(([one, a], [other, b]) => b * priceOf(problem, other) - a * priceOf(problem, one))
    .slice(0, OFFERS_MAX)
    .map(([index, count]) => {
      const offers = problem.offers.map((offer, other) =>
        other === index ? { ...offer, available: count + 1 } : offer,
      );
      const { id } = problem.offers[index]!;
      return { more: `one more machine of ${id}`, changed: { ...problem, offers } };
    });
}

function priceOf({ offers }: Problem, offer: number): number {
  return offers[offer]!.nanosPerHour;
}
