import { assert } from '../../base/assert.ts';
import { KedgeError } from '../../base/errors.ts';
import { asMicros, type Micros } from '../../base/money.ts';
import { SECONDS_PER_HOUR } from '../../base/time.ts';
import type { Refusal } from '../../spec/match.ts';
import type { Plan, PlanTransfer } from '../../spec/plan.ts';
import type { TaskFile } from '../../spec/task.ts';
import { USD_PER_HOUR_MAX } from '../match/too-large.ts';
import {
  type Answered,
  type AnswerOptions,
  answerQuestion,
  isNoAnswer,
  linesOf,
} from './answer-question.ts';
import { requireHours, tooMuchAtOnce } from './infeasible.ts';
import { endOfAnswer, weakestOf } from './model/answer.ts';
import { divisibleWork, nanosPerHourOf, type TaskProblem } from './model/task-problem.ts';
import { isOverbooked } from './overbooked.ts';
import { objectiveOf } from './plan-carbon.ts';
import { type Hired, planOf } from './plan-of.ts';
import { type Question, questionsOf } from './questions.ts';
import { verifyPlan } from './verify-plan.ts';

export type OptimizeRequest = {
  readonly file: TaskFile;
  /** One for each task, in the file's order; each with at least one candidate. */
  readonly problems: readonly TaskProblem[];
  readonly refusals: readonly Refusal[];
};

export type OptimizeOptions = Omit<AnswerOptions, 'isTry'> & {
  /** All tasks as one problem, whatever they have to do with each other. */
  readonly isOne?: boolean;
};

/**
 * Candidate[] × Limits → Plan: the best plan of a file by the goal of each task, checked. Errors:
 * those of `answerQuestion`; `plan.needs-hours` for one problem of tasks of which one has no hours.
 */
export async function optimizePlan(
  request: OptimizeRequest,
  options: OptimizeOptions,
): Promise<Plan> {
  const { file, problems, refusals } = request;
  const answered = await answersOf(request, options);
  const hired = answered.flatMap(hiredBy).toSorted((a, b) => a.problem.index - b.problem.index);
  for (const one of hired) requireReckonable(one);
  const [first, ...others] = answered;
  const isWhole = others.length === 0;
  const transfers = isWhole ? await transfersOf(first!) : [];
  const plan = planOf({
    file,
    hired,
    refusals,
    transfers,
    // Moving data takes time.
    ...(transfers.length === 0
      ? {}
      : { endHours: endOfAnswer(first!.solved.answer) / SECONDS_PER_HOUR }),
    boundOf: (cost) => boundOf(answered, cost),
  });
  const told = isWhole ? await toldOf(plan, first!) : plan;
  const faults = verifyPlan(told, problems);
  assert(faults.length === 0, `the plan does not pass its check: ${faults.join('; ')}`);
  return told;
}

async function answersOf(
  { file, problems }: OptimizeRequest,
  options: OptimizeOptions,
): Promise<readonly Answered[]> {
  if (options.isOne === true) {
    requireHours(problems);
    return [await answerQuestion(file, problems, options)];
  }
  const answered: Answered[] = [];
  for (const question of questionsOf(file, problems)) {
    const alike = answered.find((one) => areAlike(one.question, question));
    const answer = alike ?? (await answerQuestion(file, question, options));
    answered.push({ ...answer, question });
  }
  const isEnough = answered.length < 2 || !isOverbooked(file.needs, answered.flatMap(hiredBy));
  if (isEnough) return answered;
  try {
    return [await answerQuestion(file, problems, { ...options, isTry: true })];
  } catch (error) {
    // Some of them wait; so they do where they do not wish for the same.
    if (isNoAnswer(error) || isUnlike(error)) return answered;
    throw error;
  }
}

function isUnlike(error: unknown): boolean {
  return error instanceof KedgeError && error.code === 'spec.invalid';
}

/** Tasks of a pipeline often ask the same, and are matched once. */
function areAlike([one, ...more]: Question, [other, ...others]: Question): boolean {
  if (more.length > 0 || others.length > 0) return false;
  return one!.candidates === other!.candidates && one!.task.goal === other!.task.goal;
}

function hiredBy({ question, solved }: Answered): readonly Hired[] {
  return question.map((problem, place) => ({
    problem,
    lines: linesOf(problem, place, solved.answer),
  }));
}

/** A deadline may take more machines at once than anybody can mean. */
function requireReckonable({ problem: { task }, lines }: Hired): void {
  const usdPerHour = nanosPerHourOf(lines) / 1e9;
  if (divisibleWork(task) !== null && usdPerHour > USD_PER_HOUR_MAX) {
    throw tooMuchAtOnce(task, usdPerHour);
  }
}

/** Most files hand over nothing. */
async function transfersOf({ problem, solved }: Answered): Promise<readonly PlanTransfer[]> {
  if (problem.transfers.length === 0) return [];
  const { planTransfers } = await import('./plan-transfers.ts');
  return planTransfers(problem, solved.answer);
}

/** What else there is to say of it. Services are seldom: what splits their requests is loaded then. */
async function toldOf(found: Plan, { question, problem, solved }: Answered): Promise<Plan> {
  const plan = { ...found, ...objectiveOf(problem.objective, solved) };
  if (problem.tasks.every(({ work }) => work.kind !== 'serving')) return plan;
  const { withServing } = await import('./serving/plan-serving.ts');
  return withServing(plan, { problem, problems: question, solved });
}

/**
 * Micro-dollars of a task: a bill in other lines may be rounded that much below its exact cost, which
 * the proof of a `Problem` allows for. What is said of a plan is of exact cost, never above its own.
 */
const ROUNDED_MICROS = 3;

/** What is proven of the problems adds up. Seconds bound no dollars. */
function boundOf(answered: readonly Answered[], cost: Micros): Pick<Plan, 'bound' | 'gap'> {
  const all = answered.map(({ problem, solved: { bound, proof, claimed } }) => {
    const isCost = problem.objective.minimize === 'cost';
    const value = isCost ? (bound ?? claimed) : null;
    return { value, proof: bound === null ? ('solver' as const) : proof! };
  });
  if (all.some(({ value }) => value === null)) return { bound: null, gap: null };
  const sum = all.reduce((least, { value }) => least + Math.floor(value!), 0);
  const rounded = ROUNDED_MICROS * answered.flatMap(({ question }) => question).length;
  const micros = cost - sum <= rounded ? cost : asMicros(sum);
  const proof = weakestOf(all.map((one) => one.proof));
  const gap = cost === 0 ? 0 : (cost - micros) / cost;
  return { bound: { micros, proof }, gap: proof === 'solver' ? null : gap };
}
