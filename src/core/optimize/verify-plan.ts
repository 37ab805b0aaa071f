import { usd } from '../../base/money.ts';
import { HOUR_MS, SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Plan, PlanAllocation } from '../../spec/plan.ts';
import type { TaskFile } from '../../spec/task.ts';
import { divisibleWork, type Solution, type TaskProblem } from './model/task-problem.ts';
import { sumOfBounds } from './verify-bound.ts';

/** What a plan is checked against; nothing of it comes from the searcher but the certificates. */
export type Evidence = {
  readonly file: TaskFile;
  readonly solved: readonly { readonly problem: TaskProblem; readonly solution: Solution }[];
};

/** Relative, for hours in floating point; a millionth of a task is no shortfall. */
const TOLERANCE = 1e-6;

/**
 * Every way in which a plan is not what it says, as sentences; empty for a good one. Recomputes
 * feasibility from the tasks' own limits, costs line by line from the offers, and the bound
 * from its certificate.
 */
export function verifyPlan(plan: Plan, evidence: Evidence): readonly string[] {
  const problems = evidence.solved.map(({ problem }) => problem);
  return [...verifyLines(plan, problems), ...boundProblems(plan, evidence)];
}

/** The same but for the bound, where that was proven of another problem. */
export function verifyLines(plan: Plan, problems: readonly TaskProblem[]): readonly string[] {
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
  const candidate = candidates.find(({ offer }) => offer.id === line.offerId);
  if (candidate === undefined) return [`${line.offerId} is no candidate`];
  const { offer } = candidate;
  const problems: string[] = [];
  if (offer.nanosPerHour !== line.nanosPerHour) problems.push(`${line.offerId} has another price`);
  if (offer.available !== null && line.count > offer.available) {
    problems.push(`${line.count} of ${line.offerId} are hired, ${offer.available} can be had`);
  }
  const billed = line.hours === null ? null : billedMicros(line);
  if (line.costMicros !== billed) {
    problems.push(`${line.offerId} says it costs ${line.costMicros}, and costs ${billed} micros`);
  }
  return problems;
}

/** From the definition of the terms, not by the searcher's own function; half to even. */
function billedMicros(line: PlanAllocation): number {
  const { hours, count, nanosPerHour, billingIncrementS, billingMinimumS } = line;
  const used = (hours! * SECONDS_PER_HOUR) / billingIncrementS;
  const whole = Math.round(used);
  const isWhole = Math.abs(used - whole) <= 1e-9 + whole * 1e-12;
  const seconds = Math.max(
    (isWhole ? whole : Math.ceil(used)) * billingIncrementS,
    billingMinimumS,
  );
  const scaled = BigInt(nanosPerHour) * BigInt(seconds) * BigInt(count);
  const micro = 1000n * BigInt(SECONDS_PER_HOUR);
  const [quotient, rest] = [scaled / micro, (scaled % micro) * 2n];
  return Number(
    rest > micro || (rest === micro && quotient % 2n === 1n) ? quotient + 1n : quotient,
  );
}

/** Divisible work is done; other work is on a way that carries it. */
function coverProblems(
  lines: readonly PlanAllocation[],
  { task, candidates }: TaskProblem,
): readonly string[] {
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
  const hours = Math.max(...lines.map((line) => line.hours ?? 0));
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

/** The stated bound is the one that the certificates prove, and no plan is below its bound. */
function boundProblems(plan: Plan, { solved }: Evidence): readonly string[] {
  const { costMicros, bound } = plan;
  if (costMicros === null) {
    const rates = solved.flatMap(({ problem }) => rateProblems(plan, problem));
    return bound === null ? rates : ['a bound without a cost', ...rates];
  }
  if (bound === null) return ['a cost without a bound'];
  const proven = sumOfBounds(
    solved.map(({ problem, solution: { certificate, lines } }) => {
      const { minimize } = problem.task.goal;
      const hoursMax = minimize === 'time' ? (lines[0]?.hours ?? null) : null;
      return { problem, certificate, hoursMax };
    }),
  );
  const stated = Math.min(proven, costMicros);
  if (bound.micros !== stated) {
    return [`the bound is $${usd(bound.micros)}, and ${proven} micros are proven`];
  }
  const gap = costMicros === 0 ? 0 : (costMicros - stated) / costMicros;
  return plan.gap === gap ? [] : [`the gap is ${gap}, not ${plan.gap}`];
}

/** Without hours, no way costs less an hour. */
function rateProblems(plan: Plan, { index, candidates }: TaskProblem): readonly string[] {
  const line = plan.allocations.find(({ task }) => task === index);
  if (line === undefined || line.hours !== null) return [];
  const cheaper = candidates.find(
    ({ offer, machines }) => offer.nanosPerHour * machines < line.nanosPerHour * line.count,
  );
  return cheaper === undefined ? [] : [`${cheaper.offer.id} costs less an hour`];
}
