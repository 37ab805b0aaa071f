import { assert } from '../../../base/assert.ts';
import { asMicros } from '../../../base/money.ts';
import type { Plan, PlanAllocation, PlanServing } from '../../../spec/plan.ts';
import { type MixDemand, servingMix } from '../../demand/serving-mix.ts';
import { type BalancedBy, balanceShares } from '../balance/balance-shares.ts';
import type { AnswerLine } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import type { TaskProblem } from '../model/task-problem.ts';
import type { SolvedProblem } from '../search/solve-problem.ts';
import { verifyAnswer } from '../verify/verify-answer.ts';
import { leftOutProblems } from '../verify-plan-serving.ts';
import { optionCandidates } from './serving-work.ts';

/** A service of a plan, with the machines that were found for it. */
type Served = {
  readonly problem: TaskProblem;
  readonly mix: MixDemand;
  readonly lines: readonly AnswerLine[];
};

/**
 * The plan of a file with what it says of its services: who takes which share of which requests, so
 * that they wait least, and for how long. The machines are those of the answer; with its new shares
 * the answer is checked again. A plan without hours has a bound on what an hour costs.
 */
export function withServing(
  plan: Plan,
  by: {
    readonly problem: Problem;
    readonly problems: readonly TaskProblem[];
    readonly solved: SolvedProblem;
  },
): Plan {
  const { problems, solved } = by;
  const served = problems.flatMap((one): readonly Served[] => {
    const mix = servingMix(one.task);
    if (mix === null) return [];
    const lines = solved.answer.lines.filter(({ task }) => task === one.index);
    return [{ problem: one, mix, lines }];
  });
  if (served.length === 0) return plan;
  const balanced = balancedAll(by, served);
  const lines = balanced.flatMap((one) => one.lines);
  for (const one of served) requireAll(one.problem);
  return {
    ...plan,
    ...hourlyBound(plan, solved, served.length === problems.length),
    allocations: withShares(plan.allocations, lines),
    serving: balanced.map(({ serving }) => serving),
  };
}

/** A spread over providers is a limit on shares, of which waits know nothing: it comes first. */
function balancedAll(
  { problem, solved }: { readonly problem: Problem; readonly solved: SolvedProblem },
  served: readonly Served[],
): readonly BalancedService[] {
  const faultsOf = (balanced: readonly BalancedService[]): readonly string[] => {
    const lines = balanced.flatMap((one) => one.lines);
    const tasks = new Set(lines.map(({ task }) => task));
    const others = solved.answer.lines.filter(({ task }) => !tasks.has(task));
    return verifyAnswer(problem, { lines: [...others, ...lines] });
  };
  const free = served.map((one) => balancedService(one, one.mix.latency));
  if (faultsOf(free).length === 0) return free;
  const kept = served.map((one) => {
    const isFree = one.problem.task.spread === null;
    return balancedService(one, isFree ? one.mix.latency : null);
  });
  const faults = faultsOf(kept);
  assert(faults.length === 0, `the split of the requests is wrong: ${faults.join('; ')}`);
  return kept;
}

/** What is proven of the machines that were searched is proven of all of them. */
function requireAll(problem: TaskProblem): void {
  const faults = leftOutProblems(problem.candidates, optionCandidates(problem));
  assert(faults.length === 0, `machines were not searched: ${faults.slice(0, 3).join('; ')}`);
}

type BalancedService = {
  readonly lines: readonly AnswerLine[];
  readonly serving: PlanServing;
};

/** By the latency that is to be least; null keeps the shares as they are. */
function balancedService(
  { problem, mix, lines }: Served,
  latency: BalancedBy['latency'],
): BalancedService {
  const options = optionCandidates(problem);
  const rates = mix.sizes.map(({ share }) => share * mix.requestsPerSecond);
  const replicas = lines.map(({ option, machines }) => ({
    machines,
    ...options[option]!.serves!,
  }));
  const shares = lines.map((line) => line.shares!);
  const split = balanceShares({ replicas, rates, shares }, { ...mix, latency });
  return {
    lines: lines.map((line, at) => ({ ...line, shares: split.shares[at]! })),
    serving: {
      task: problem.index,
      sizes: mix.sizes.map(({ inputTokens, outputTokens }, size) => ({
        requestsPerSecond: rates[size]!,
        inputTokens,
        outputTokens,
      })),
      utilization: split.utilization,
      latency: split.latency,
      minimizes: latency,
    },
  };
}

/** Allocations of a task are in the order of its lines. */
function withShares(
  allocations: readonly PlanAllocation[],
  lines: readonly AnswerLine[],
): PlanAllocation[] {
  const left = Map.groupBy(lines, ({ task }) => task);
  return allocations.map((allocation) => {
    const line = left.get(allocation.task)?.shift();
    return line === undefined ? allocation : { ...allocation, shares: [...line.shares!] };
  });
}

/** Where services are all there is, what they cost is proven, by the hour if nobody says how long. */
function hourlyBound(
  { costMicros, minimize }: Plan,
  { bound, proof, gap, claimed }: SolvedProblem,
  isAll: boolean,
): Partial<Pick<Plan, 'bound' | 'gap'>> {
  if (costMicros !== null || !isAll || minimize !== 'cost') return {};
  if (bound !== null && proof !== null) {
    return { bound: { micros: asMicros(Math.floor(bound)), proof }, gap };
  }
  if (claimed === null) return {};
  return { bound: { micros: asMicros(Math.floor(claimed)), proof: 'solver' }, gap: null };
}
