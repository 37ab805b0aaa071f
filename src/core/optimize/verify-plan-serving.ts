import type { Candidate } from '../../spec/match.ts';
import type { PlanAllocation } from '../../spec/plan.ts';
import type { MixDemand } from '../demand/serving-mix.ts';
import type { TaskProblem } from './model/task-problem.ts';
import { LOAD_TOLERANCE } from './verify/tolerance.ts';

const NANOS_PER_MICRO = 1000;

/**
 * What is wrong with the lines of a plan that serve a mix of requests, as sentences: every size is
 * shared out whole, and no machine is busier than it may be with what the candidates say it does.
 */
export function servingProblems(
  lines: readonly PlanAllocation[],
  { task, candidates }: TaskProblem,
  { sizes, requestsPerSecond, utilizationMax }: MixDemand,
): readonly string[] {
  const problems: string[] = [];
  const whole = sizes.map((_, size) =>
    lines.reduce((sum, { shares }) => sum + (shares?.[size] ?? NaN), 0),
  );
  if (whole.some((sum) => !(Math.abs(sum - 1) <= LOAD_TOLERANCE))) {
    problems.push(`${task.name} shares out ${whole.join(', ')} of its requests`);
  }
  for (const { offerId, shares, count } of lines) {
    const ways = candidates.filter(({ offer }) => offer.id === offerId);
    const busy = ways.map(({ serves }) =>
      sizes.reduce((sum, { share }, size) => {
        const rate = share * requestsPerSecond * (shares?.[size] ?? NaN);
        return rate === 0 ? sum : sum + rate / serves!.requestsPerSecond[size]!;
      }, 0),
    );
    const least = Math.min(...busy);
    if (!(least <= count * utilizationMax * (1 + LOAD_TOLERANCE))) {
      problems.push(`${task.name} gives ${count} × ${offerId} the requests of ${least}`);
    }
  }
  return problems;
}

/**
 * Candidates that a search did not see, and that none of those it saw makes up for: with the same
 * money, spent on that one, there is at least as much of every size. What is proven of the cheapest
 * mix is else proven of these alone.
 */
export function leftOutProblems(
  candidates: readonly Candidate[],
  seen: readonly Candidate[],
): readonly string[] {
  const known = new Set(seen);
  const endless = seen.filter(({ offer }) => offer.available === null && offer.paid === undefined);
  return candidates.flatMap((one) => {
    const isMadeUpFor = known.has(one) || endless.some((other) => makesUpFor(other, one));
    return isMadeUpFor ? [] : [`${one.offer.id} was left out, and none makes up for it`];
  });
}

function makesUpFor({ offer, hours, serves }: Candidate, one: Candidate): boolean {
  const { nanosPerHour, billingIncrementS, billingMinimumS } = offer;
  const isWhole = ((hours?.mid ?? 1) * nanosPerHour) % NANOS_PER_MICRO === 0;
  const isFiner = one.offer.billingIncrementS % billingIncrementS === 0;
  if (!isWhole || !isFiner || billingMinimumS > one.offer.billingMinimumS) return false;
  const machines =
    nanosPerHour === 0 ? Infinity : Math.floor(one.offer.nanosPerHour / nanosPerHour);
  return one.serves!.requestsPerSecond.every((speed, size) => {
    const own = serves!.requestsPerSecond[size]!;
    return speed === 0 || (own > 0 && machines >= speed / own);
  });
}
