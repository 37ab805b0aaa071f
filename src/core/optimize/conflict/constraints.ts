import { showMicros, showRate } from '../../../base/money.ts';
import { formatDuration, SECOND_MS } from '../../../base/time.ts';
import type { Limits, Problem, ProblemTask } from '../model/problem.ts';

/**
 * One thing that restricts the answers to a problem, by itself: what could be left out or loosened.
 * `task` is null for what holds for all; `index` is that of an offer, a pool, a group of tasks that
 * must be apart, a transfer, or a task that is needed.
 */
export type Constraint = {
  readonly kind:
    | 'deadline'
    | 'budget'
    | 'hourly-cost'
    | 'providers'
    | 'share'
    | 'apart'
    | 'pool'
    | 'needs'
    | 'transfer'
    | 'work'
    | 'available';
  readonly task: number | null;
  readonly index: number | null;
  /** What it asks for, as the end of a sentence: `a deadline of 3h`. */
  readonly words: string;
};

/**
 * All constraints, those first that people set on purpose: of two conflicts, the one that has the
 * earlier ones is told.
 */
export function constraintsOf(problem: Problem): readonly Constraint[] {
  const { tasks, apart, pools, transfers } = problem;
  const all = { kind: 'deadline', task: null, index: null } as const;
  return [
    ...limitConstraints(problem, problem.limits, null),
    ...tasks.flatMap(({ limits }, task) => limitConstraints(problem, limits, task)),
    ...tasks.flatMap((one, task) => spreadConstraints(problem, one, task)),
    ...apart.map(({ tasks: members, by }, index) => {
      const names = members.map((task) => taskName(problem, task)).join(' and ');
      return { ...all, kind: 'apart' as const, index, words: `${names} apart by ${by}` };
    }),
    ...pools.map(({ id, limit, per }, index) => {
      const words = `${limit} ${per === 'machine' ? '' : 'machine-hours '}of ${id}`;
      return { ...all, kind: 'pool' as const, index, words: words.replace(/ +/g, ' ') };
    }),
    ...tasks.flatMap(({ needs }, task) =>
      needs.map((index) => {
        const words = `${taskName(problem, task)} after ${taskName(problem, index)}`;
        return { kind: 'needs' as const, task, index, words };
      }),
    ),
    ...transfers.map(({ from, to, gigabytes }, index) => {
      const words = `${gigabytes} GB from ${taskName(problem, from)} to ${taskName(problem, to)}`;
      return { ...all, kind: 'transfer' as const, index, words };
    }),
    ...tasks.map((one, task) => {
      return { ...all, kind: 'work' as const, task, words: workWords(problem, one, task) };
    }),
    ...availableConstraints(problem),
  ];
}

export function taskName({ tasks }: Problem, task: number): string {
  return tasks[task]!.name ?? (tasks.length === 1 ? 'the task' : `task ${task}`);
}

function limitConstraints(
  problem: Problem,
  { deadlineS, budgetMicros, nanosPerHourMax }: Limits,
  task: number | null,
): readonly Constraint[] {
  const of = task === null ? '' : ` for ${taskName(problem, task)}`;
  const constraints: Constraint[] = [];
  const add = (kind: Constraint['kind'], words: string): void => {
    constraints.push({ kind, task, index: null, words: words + of });
  };
  if (deadlineS !== null) add('deadline', `a deadline of ${formatDuration(deadlineS * SECOND_MS)}`);
  if (budgetMicros !== null) add('budget', `a budget of ${showMicros(budgetMicros)}`);
  if (nanosPerHourMax !== null) add('hourly-cost', `at most ${showRate(nanosPerHourMax)} an hour`);
  return constraints;
}

function spreadConstraints(
  problem: Problem,
  { providersMin, shareMax }: ProblemTask,
  task: number,
): readonly Constraint[] {
  const name = taskName(problem, task);
  const constraints: Constraint[] = [];
  if (providersMin > 1) {
    const words = `${providersMin} providers for ${name}`;
    constraints.push({ kind: 'providers', task, index: null, words });
  }
  if (shareMax < 1) {
    const words = `at most ${Math.round(shareMax * 1e4) / 100} % of ${name} with one provider`;
    constraints.push({ kind: 'share', task, index: null, words });
  }
  return constraints;
}

function workWords(problem: Problem, { work }: ProblemTask, task: number): string {
  const name = taskName(problem, task);
  if (work.kind === 'choice') return `${name} on one of its ${work.options.length} options`;
  if (work.kind === 'divisible') return `${work.units} units of ${name}`;
  const requests = work.rates.reduce((sum, rate) => sum + rate, 0);
  return `${Math.round(requests * 1e3) / 1e3} requests a second of ${name}`;
}

function availableConstraints({ offers, tasks }: Problem): readonly Constraint[] {
  const used = new Set(tasks.flatMap(({ work }) => work.options.map(({ offer }) => offer)));
  return offers.flatMap(({ id, available }, index) => {
    if (available === null || !used.has(index)) return [];
    const words = available === 0 ? `none of ${id}` : `no more than ${available} of ${id}`;
    return [{ kind: 'available' as const, task: null, index, words }];
  });
}
