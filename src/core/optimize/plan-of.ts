import { addMicros, type Micros } from '../../base/money.ts';
import type { Refusal } from '../../spec/match.ts';
import type { Alternative, Plan, PlanAllocation, PlanTransfer } from '../../spec/plan.ts';
import type { TaskFile } from '../../spec/task.ts';
import { wayCost } from '../match/hire-cost.ts';
import { alternativesOf } from './alternatives.ts';
import type { Line, TaskProblem } from './model/task-problem.ts';
import { planLine } from './plan-line.ts';
import { waitsOf } from './plan-start.ts';
import { scheduleOf } from './schedule.ts';

/** One task with what is hired for it. */
export type Hired = { readonly problem: TaskProblem; readonly lines: readonly Line[] };

export type PlanParts = {
  readonly file: TaskFile;
  readonly hired: readonly Hired[];
  readonly refusals: readonly Refusal[];
  /** None where each task was solved by itself. */
  readonly transfers?: readonly PlanTransfer[];
  /** To the end of the last task, where more than the tasks themselves takes time. */
  readonly endHours?: number;
  /** Of a plan that costs so much; not asked where the hours are not known. */
  readonly boundOf: (costMicros: Micros) => Pick<Plan, 'bound' | 'gap'>;
};

/** The lines of each task as a plan: its cost, schedule, interval, bound, and what else there is. */
export function planOf(parts: PlanParts): Plan {
  const { file, hired, refusals, transfers = [], boundOf } = parts;
  const allocations = hired.flatMap(({ problem, lines }) =>
    lines.map((line) => planLine(problem, line)),
  );
  const schedule = scheduleOf(file, allocations);
  const costMicros = sumOrNull([...allocations, ...transfers].map((line) => line.costMicros));
  const { bound, gap } = costMicros === null ? UNBOUND : boundOf(costMicros);
  return {
    schema: 'kedge.plan/v1',
    name: file.name,
    minimize: file.tasks[0]!.goal.minimize,
    costMicros,
    nanosPerHour: schedule.nanosPerHour,
    hours: schedule.hours === null ? null : (parts.endHours ?? schedule.hours),
    interval: intervalOf(parts, allocations),
    bound,
    gap,
    currency: 'USD',
    allocations,
    ...(transfers.length === 0 ? {} : { transfers: [...transfers] }),
    ...waitsOf(hired),
    alternatives: alternativesOfAll(hired),
    refusals: [...refusals],
  };
}

/** Tasks that were matched as one, and are on the same way, have the same alternatives. */
function alternativesOfAll(hired: readonly Hired[]): Alternative[] {
  const known: { readonly of: Hired; readonly found: readonly Alternative[] }[] = [];
  return hired.flatMap((one): readonly Alternative[] => {
    const found = known.find(({ of }) => isSame(of, one))?.found ?? alternativesOf(one);
    known.push({ of: one, found });
    return found.map((other) => ({ ...other, task: one.problem.index }));
  });
}

function isSame(one: Hired, other: Hired): boolean {
  if (one.problem.candidates !== other.problem.candidates) return false;
  if (one.problem.task.goal !== other.problem.task.goal) return false;
  const [[line, ...more], [same, ...others]] = [one.lines, other.lines];
  const isAlone = more.length === 0 && others.length === 0;
  return isAlone && line?.candidate === same?.candidate && line?.hours === same?.hours;
}

const UNBOUND = { bound: null, gap: null } as const;

/** The 80 % interval of cost and time, all tasks at once at either end; null without a spread. */
function intervalOf(
  { file, hired, transfers = [] }: PlanParts,
  allocations: readonly PlanAllocation[],
): Plan['interval'] {
  const hasSpread = hired.some(({ lines }) => lines.some(isSpread));
  if (!hasSpread || allocations.some(({ hours }) => hours === null)) return null;
  const lines = hired.flatMap((one) => one.lines);
  const at = (end: 'low' | 'high') =>
    allocations.map((allocation, index) => {
      const hours = lines[index]!.candidate.hours?.[end] ?? allocation.hours!;
      return {
        ...allocation,
        hours,
        costMicros: wayCost({ ...lines[index]!.candidate, machines: allocation.count }, hours),
      };
    });
  const [low, high] = [at('low'), at('high')];
  return {
    costLowMicros: addMicros(...[...low, ...transfers].map(({ costMicros }) => costMicros)),
    costHighMicros: addMicros(...[...high, ...transfers].map(({ costMicros }) => costMicros)),
    hoursLow: scheduleOf(file, low).hours!,
    hoursHigh: scheduleOf(file, high).hours!,
  };
}

function isSpread({ candidate: { hours } }: Line): boolean {
  return hours !== null && hours.low < hours.high;
}

function sumOrNull(amounts: readonly (Micros | null)[]): Micros | null {
  const known = amounts.filter((amount) => amount !== null);
  return known.length === amounts.length ? addMicros(...known) : null;
}
