import { HOUR_MS, SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Plan, PlanAllocation } from '../../spec/plan.ts';
import { servingMix } from '../demand/serving-mix.ts';
import { divisibleWork, type TaskProblem } from './model/task-problem.ts';
import { spotProblems } from './verify/verify-spot-run.ts';
import { servingProblems } from './verify-plan-serving.ts';

/** Relative, for hours in floating point; a millionth of a task is no shortfall. */
const TOLERANCE = 1e-6;

/**
 * Every way in which a plan is not what it says, as sentences; empty for a good one. Recomputes
 * feasibility from the tasks' own limits, and costs line by line from the offers. That no plan costs
 * less is proven of the problem that it answers (verify/).
 */
export function verifyPlan(plan: Plan, problems: readonly TaskProblem[]): readonly string[] {
  return [...problems.flatMap((problem) => taskProblems(plan, problem)), ...costProblems(plan)];
}

function taskProblems(plan: Plan, problem: TaskProblem): readonly string[] {
  const lines = plan.allocations.filter((line) => line.task === problem.index);
  if (lines.length === 0) return [`task ${problem.index} has no allocation`];
  return [
    ...lines.flatMap((line) => lineProblems(line, problem)),
    ...coverProblems(lines, problem),
    ...goalProblems(lines, problem),
  ];
}

/** A line hires what is on offer, at its price, and no more of it than there is. */
function lineProblems(line: PlanAllocation, { candidates }: TaskProblem): readonly string[] {
  const ways = candidates.filter(
    ({ offer, startS }) => offer.id === line.offerId && startS === line.startS,
  );
  // An offer may carry a task in several ways; of work that is shared any number of machines do.
  const candidate = ways.find(({ machines }) => machines === line.count) ?? ways[0];
  if (candidate === undefined) return [`${line.offerId} is no candidate`];
  const { offer } = candidate;
  const problems: string[] = [];
  if (offer.nanosPerHour !== line.nanosPerHour) problems.push(`${line.offerId} has another price`);
  if (offer.available !== null && line.count > offer.available) {
    problems.push(`${line.count} of ${line.offerId} are hired, ${offer.available} can be had`);
  }
  problems.push(...spotProblems(line, candidate));
  const billed = line.hours === null ? null : partsMicros(line);
  if (line.costMicros !== billed) {
    problems.push(`${line.offerId} says it costs ${line.costMicros}, and costs ${billed} micros`);
  }
  return problems;
}

/** All of its hours, or what is paid of them at the price of spot and at that on demand. */
function partsMicros(line: PlanAllocation): number {
  const { spotRun } = line;
  if (line.laterPrices !== undefined) return steppedMicros(line, line.laterPrices);
  if (spotRun === undefined) return billedMicros(line);
  const { spotHours, onDemandHours, onDemand } = spotRun;
  const spot = spotHours === 0 ? 0 : billedMicros({ ...line, hours: spotHours });
  if (onDemand === null || onDemandHours === 0) return spot;
  return spot + billedMicros({ ...line, ...onDemand, hours: onDemandHours });
}

function billedMicros(line: PlanAllocation): number {
  const { count, nanosPerHour } = line;
  return microsOf(BigInt(nanosPerHour) * BigInt(secondsOf(line)) * BigInt(count));
}

/** From the definition of the terms, not by the searcher's own function. */
function secondsOf({ hours, billingIncrementS, billingMinimumS }: PlanAllocation): number {
  const used = (hours! * SECONDS_PER_HOUR) / billingIncrementS;
  const whole = Math.round(used);
  const isWhole = Math.abs(used - whole) <= 1e-9 + whole * 1e-12;
  const billed = (isWhole ? whole : Math.ceil(used)) * billingIncrementS;
  return Math.max(billed, billingMinimumS);
}

/** Nano-dollars an hour × seconds; half to even. */
function microsOf(scaled: bigint): number {
  const micro = 1000n * BigInt(SECONDS_PER_HOUR);
  const [quotient, rest] = [scaled / micro, (scaled % micro) * 2n];
  return Number(
    rest > micro || (rest === micro && quotient % 2n === 1n) ? quotient + 1n : quotient,
  );
}

/** All of it at the first price, and what each later one adds to what is left then. */
function steppedMicros(
  line: PlanAllocation,
  laterPrices: NonNullable<PlanAllocation['laterPrices']>,
): number {
  const { startS = 0, count } = line;
  const billedS = secondsOf(line);
  let price = line.nanosPerHour;
  let scaled = BigInt(price) * BigInt(billedS);
  for (const { fromS, nanosPerHour } of laterPrices) {
    const leftS = Math.max(0, startS + billedS - Math.ceil(fromS));
    scaled += BigInt(nanosPerHour - price) * BigInt(leftS);
    price = nanosPerHour;
  }
  return microsOf(scaled * BigInt(count));
}

/** Divisible work is done; other work is on a way that carries it. */
function coverProblems(lines: readonly PlanAllocation[], problem: TaskProblem): readonly string[] {
  const { task, candidates } = problem;
  const mix = servingMix(task);
  if (mix !== null) return servingProblems(lines, problem, mix);
  const work = divisibleWork(task);
  if (work === null) {
    const [line] = lines;
    const isWay = candidates.some(
      ({ offer, machines, hours }) =>
        offer.id === line!.offerId &&
        machines === line!.count &&
        (hours?.mid ?? null) === line!.hours,
    );
    return lines.length === 1 && isWay ? [] : [`task ${task.name} is on no way that carries it`];
  }
  const done = lines.reduce((sum, line) => {
    const throughput = candidates.find(({ offer }) => offer.id === line.offerId)?.throughput ?? 0;
    return sum + throughput * line.count * (work.per === 'hour' ? line.hours! : 1);
  }, 0);
  return done >= work.units * (1 - TOLERANCE)
    ? []
    : [`${done} of ${work.units} units are done by ${task.name}`];
}

function goalProblems(
  lines: readonly PlanAllocation[],
  { task: { goal, resources } }: TaskProblem,
): readonly string[] {
  const problems: string[] = [];
  const hours = Math.max(
    ...lines.map((line) => (line.startS ?? 0) / SECONDS_PER_HOUR + (line.hours ?? 0)),
  );
  if (goal.deadlineMs !== null && hours > (goal.deadlineMs / HOUR_MS) * (1 + TOLERANCE)) {
    problems.push(`it takes ${hours} h, past its deadline`);
  }
  const cost = lines.reduce((sum, line) => sum + (line.costMicros ?? 0), 0);
  if (goal.budgetMicros !== null && cost > goal.budgetMicros) {
    problems.push(`it costs ${cost} micros, past its budget`);
  }
  const hourly = lines.reduce((sum, line) => sum + line.nanosPerHour * line.count, 0);
  const allowed = resources.map(({ maxNanosPerHour }) => maxNanosPerHour ?? Infinity);
  if (hourly > Math.max(...allowed)) problems.push('it costs more an hour than max_hourly_cost');
  const isSpot = (line: PlanAllocation): boolean => line.spot;
  const isForbidden = goal.spot === 'forbid' || resources.every(({ spot }) => spot === false);
  if (isForbidden && lines.some(isSpot)) problems.push('spot is forbidden');
  if (goal.spot === 'require' && !lines.every(isSpot)) problems.push('spot is required');
  return problems;
}

function costProblems(plan: Plan): readonly string[] {
  const costs = [...plan.allocations, ...(plan.transfers ?? [])].map((line) => line.costMicros);
  const sum = costs.includes(null) ? null : costs.reduce<number>((all, cost) => all + cost!, 0);
  return plan.costMicros === sum ? [] : [`the plan costs ${sum}, not ${plan.costMicros} micros`];
}
