import type { Problem } from '../model/problem.ts';
import { servingWork } from './mix-model.ts';

/** A basis has a row for each kind of machine, and is inverted every few steps. */
const OPTIONS_MAX = 150;

/** Why the searchers of GPU mixes do not take a problem, in words; null when they do. */
export function servingRefusal(problem: Problem): string | null {
  const { tasks, objective } = problem;
  const work = servingWork(problem);
  if (work === null) return 'it is not one serving task alone';
  if (objective.minimize !== 'cost') return `it minimizes ${objective.minimize}, not cost`;
  const { providersMin, shareMax } = tasks[0]!;
  if (providersMin > 1 || shareMax < 1) return 'the task is to be spread over providers';
  if (work.rates.every((rate) => rate === 0)) return 'nobody asks for anything';
  if (work.options.length > OPTIONS_MAX) return `it has more than ${OPTIONS_MAX} options`;
  const offers = work.options.map(({ offer }) => problem.offers[offer]!);
  if (offers.some(({ laterPrices }) => laterPrices.length > 0)) return 'prices change with time';
  const limits = [problem.limits, tasks[0]!.limits];
  if (limits.every(({ nanosPerHourMax }) => nanosPerHourMax === null)) return null;
  const [first] = offers;
  const isAlike = offers.every(
    ({ billingIncrementS, billingMinimumS }) =>
      billingIncrementS === first!.billingIncrementS && billingMinimumS === first!.billingMinimumS,
  );
  // Only then is the cheapest mix also the cheapest an hour, and needs no limit while it is sought.
  return isAlike ? null : 'the cost an hour is limited, and offers are billed in unlike ways';
}
