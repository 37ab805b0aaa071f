import type { PlanAllocation } from '../../spec/plan.ts';
import { spotRunOf } from '../match/spot-run-of.ts';
import { hired } from './model/hired.ts';
import type { Line, TaskProblem } from './model/task-problem.ts';
import { reservesOf } from './reserves-of.ts';

/** One line of a plan: so many machines of a candidate's offer, each for so long. */
export function planLine(
  { index, task }: Pick<TaskProblem, 'index' | 'task'>,
  line: Line,
): PlanAllocation {
  const { offer, spotRun, startS, replica } = line.candidate;
  const { hours } = line;
  return {
    task: index,
    taskName: task.name,
    offerId: offer.id,
    ...hired(offer, { ...line, spotRun, startS }),
    billingIncrementS: offer.billingIncrementS,
    billingMinimumS: offer.billingMinimumS,
    risk: null,
    estimated: offer.estimated,
    source: offer.source,
    asOf: offer.asOf,
    reserves: reservesOf(offer, task),
    ...(replica === undefined ? {} : { replica: { ...replica } }),
    ...(offer.laterPrices === undefined ? {} : { laterPrices: [...offer.laterPrices] }),
    ...(offer.gramsPerHour === undefined ? {} : { gramsPerHour: offer.gramsPerHour }),
    ...(spotRun === undefined || hours === null ? {} : { spotRun: spotRunOf(spotRun, hours) }),
  };
}
