import type { KedgeError } from '../../base/errors.ts';
import { asMicros, asRate } from '../../base/money.ts';
import { SECOND_MS, SECONDS_PER_HOUR } from '../../base/time.ts';
import { hireCost } from '../match/hire-cost.ts';
import { overBudget, overHourlyCost, tooLittle } from './infeasible.ts';
import { MACHINES_MAX } from './model/machines-max.ts';
import type { StockOf } from './model/stock.ts';
import {
  type DivisibleWork,
  divisibleWork,
  type Line,
  nanosPerHourOf,
  type TaskProblem,
} from './model/task-problem.ts';

/** What would be hired for a task by itself; null where nothing can be. */
export type PlanAlone = (problem: TaskProblem) => Promise<readonly Line[] | null>;

/**
 * Why a task of divisible work has no plan even by itself: not enough can be had, or the cheapest of
 * all plans is beyond its money. Null where it is none of these, or the task of another kind.
 */
export async function whyNotAlone(
  problem: TaskProblem,
  { stock, planAlone }: { readonly stock: StockOf; readonly planAlone: PlanAlone },
): Promise<KedgeError | null> {
  const { task } = problem;
  const work = divisibleWork(task);
  if (work === null || task.spread !== null) return null;
  const together = problem.candidates.reduce((sum, { offer, throughput }) => {
    return sum + throughput! * (stock(offer, problem.index).available ?? MACHINES_MAX);
  }, 0);
  const covered = (together * timesOf(problem, work)) / work.units;
  if (covered < 1) return tooLittle(problem, work, { coverage: covered, together });
  const lines = await planAlone(withoutMoney(problem));
  if (lines === null) return null;
  const cost = lines.reduce((sum, { candidate: { offer }, machines, hours }) => {
    return sum + hireCost(offer, { machines, hours: hours ?? 0 });
  }, 0);
  if (task.goal.budgetMicros !== null && cost > task.goal.budgetMicros) {
    return overBudget(problem, asMicros(cost));
  }
  const most = Math.max(...task.resources.map((one) => one.maxNanosPerHour ?? Infinity));
  const hourly = nanosPerHourOf(lines);
  if (hourly <= most) return null;
  return overHourlyCost(task, { hourly: asRate(hourly), most: asRate(most) });
}

/** How often all machines do by the deadline what one does in an hour, or is hired for. */
function timesOf({ task }: TaskProblem, { per }: DivisibleWork): number {
  const { deadlineMs } = task.goal;
  const seconds = deadlineMs === null ? Infinity : Math.floor(deadlineMs / SECOND_MS);
  const hours = seconds / SECONDS_PER_HOUR;
  return per === 'hour' ? hours : Number(hours >= 1);
}

function withoutMoney({ task, ...problem }: TaskProblem): TaskProblem {
  const goal = { ...task.goal, minimize: 'cost' as const, budgetMicros: null };
  const resources = task.resources.map((one) => ({ ...one, maxNanosPerHour: null }));
  return { ...problem, task: { ...task, goal, resources } };
}
