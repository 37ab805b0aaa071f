import { KedgeError } from '../../base/errors.ts';
import { type Micros, type Rate, showRate, usdPerUnit } from '../../base/money.ts';
import type { Refusal } from '../../spec/match.ts';
import type { Task } from '../../spec/task.ts';
import { type DivisibleWork, hasHours, type TaskProblem } from './model/task-problem.ts';

/** No offer can carry a task: says which constraint is nearest to giving way, and by how much. */
export function nothingFits(
  task: Task,
  refusals: readonly Refusal[],
  launchableOnly: boolean,
): KedgeError {
  const name = nameOf(task);
  const isElsewhere = refusals.some(({ code }) => code === 'not-launchable');
  const nearest = refusals.find(({ code }) => code !== 'not-launchable');
  const details = { task: task.name, refusals };
  const why = nearest === undefined ? 'there are no offers' : `nearest is ${wordsOf(nearest)}`;
  if (launchableOnly && isElsewhere) {
    const message = `no place that Kedge can launch on can carry ${name}: ${why}`;
    const hint = '`kedge check` says what your places lack, `kedge plan` what others cost';
    return new KedgeError('launch.nothing-launchable', message, { hint, details });
  }
  const message = `no offer can carry ${name}: ${why}`;
  const hint = nearest === undefined ? 'state some in `offers:`' : hintFor(task, nearest);
  return new KedgeError('plan.infeasible', message, { hint, details });
}

/** A part that only the task knows is in no price list. */
function hintFor({ accelerators, resources }: Task, { code, fix }: Refusal): string {
  const own = resources
    .flatMap((one) => one.accelerators)
    .find((asked) => accelerators.some(({ name }) => name === asked.name));
  if (code !== 'accelerator-mismatch' || own === undefined) return `to let it in: ${fix}`;
  const offer = `{name: mine, accelerators: ${own.name}:${own.count}, price: $10/h}`;
  return `state what a machine with it costs, as offers: [${offer}]`;
}

function wordsOf({ place, instance, reason }: Refusal): string {
  const machine = instance === null || instance === place ? '' : ` (${instance})`;
  return `${place}${machine}: ${reason}`;
}

/** All offers, that do so much together in an hour, cover only a share of divisible work. */
export function tooLittle(
  { task }: TaskProblem,
  work: DivisibleWork,
  { coverage, together }: { readonly coverage: number; readonly together: number },
): KedgeError {
  const share = `${Math.floor(coverage * 1000) / 10} %`;
  const isLate = task.goal.deadlineMs !== null;
  const message = `all that can be had does ${share} of the ${work.units} units of ${nameOf(task)}`;
  const units = Math.floor(work.units * coverage * 1000) / 1000;
  const deadline = isLate ? `, or goal.deadline: ${leastMinutes(work, together)}m` : '';
  return new KedgeError('plan.infeasible', message + (isLate ? ' by the deadline' : ''), {
    hint: `ask for ${units} units at most, allow more places${deadline}`,
    details: { task: task.name, coverage, units },
  });
}

/** Minutes that the work takes on everything at once. */
function leastMinutes({ per, units }: DivisibleWork, together: number): number {
  return per === 'machine' ? 60 : Math.ceil((60 * units) / together);
}

/** The cheapest plan costs more than the budget. */
export function overBudget({ task }: TaskProblem, cost: Micros): KedgeError {
  const need = Math.ceil(cost / 10_000) / 100;
  const budget = (task.goal.budgetMicros ?? 0) / 1e6;
  const message = `the cheapest plan of ${nameOf(task)} costs $${cost / 1e6}, the budget is $${budget}`;
  return new KedgeError('plan.infeasible', message, {
    hint: `goal.budget: $${need} would do`,
    details: { task: task.name, budgetUsd: budget, needUsd: cost / 1e6 },
  });
}

/** The cheapest plan needs more machines at once than `max_hourly_cost` pays for. */
export function overHourlyCost(
  task: Task,
  { hourly, most }: { readonly hourly: Rate; readonly most: Rate },
): KedgeError {
  const message = `the cheapest plan of ${nameOf(task)} costs ${showRate(hourly)} an hour, max_hourly_cost is ${showRate(most)}`;
  return new KedgeError('plan.infeasible', message, {
    hint: 'raise max_hourly_cost, or give it more time: goal.deadline',
    details: { task: task.name, needUsdPerHour: usdPerUnit(hourly) },
  });
}

/** The deadline takes machines for more an hour than Kedge reckons with. */
export function tooMuchAtOnce(task: Task, usdPerHour: number): KedgeError {
  const much = `$${Number(usdPerHour.toPrecision(3))}`;
  const message = `${nameOf(task)} would hire machines for ${much} an hour to keep its deadline`;
  return new KedgeError('plan.infeasible', message, {
    hint: `look for a wrong unit in work, or give it more time: goal.deadline`,
    details: { task: task.name, usdPerHour },
  });
}

/** Work so fine, or so much of it, that it has no exact numbers. */
export function tooLargeToCount(): KedgeError {
  return new KedgeError('spec.bad-value', 'work.units or a throughput is too large to count in', {
    hint: 'state both in a larger unit, as millions',
  });
}

/** A goal that speaks of time or money, and nothing that tells how long the task takes. */
export function needsHours(task: Task): KedgeError | null {
  const { minimize, worth, deadlineMs, budgetMicros } = task.goal;
  const field =
    (deadlineMs !== null && 'deadline') ||
    (budgetMicros !== null && 'budget') ||
    (minimize === 'time' && 'minimize: time') ||
    ((worth?.microsPerHour ?? 0) > 0 && 'minimize: {hour}');
  if (field === false) return null;
  const message = `goal.${field} of ${nameOf(task)} needs to know how long it takes, and nothing tells`;
  return new KedgeError('plan.needs-hours', message, {
    hint: 'add work: {hours: 12}, work: {units, per, throughput}, or model and training',
    details: { task: task.name, field },
  });
}

/**
 * Nothing is invented where all tasks are to be one problem. Errors: `plan.needs-hours` where nothing
 * tells how long one of them takes, but for services.
 */
export function requireHours(problems: readonly TaskProblem[]): void {
  const open = problems.find((problem) => !hasHours(problem));
  if (open === undefined) return;
  const message = `a problem needs to know how long ${nameOf(open.task)} takes, and nothing tells`;
  throw new KedgeError('plan.needs-hours', message, {
    hint: 'add work: {hours: 12}, work: {units, per, throughput}, or model and training',
    details: { task: open.task.name },
  });
}

export function nameOf({ name }: Task): string {
  return name ?? 'the task';
}
