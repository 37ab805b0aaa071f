import { type Micros, type Rate, showMicros, showRate } from '../../../base/money.ts';
import { formatDuration, SECOND_MS } from '../../../base/time.ts';
import type { Limits, Problem } from '../model/problem.ts';
import { type Constraint, taskName } from './constraints.ts';

/**
 * How far one constraint must give way, in whole steps; `at` 0 is as it is, and no more than `most`
 * is worth trying (infinite for no end).
 */
export type Loosening = {
  readonly most: number;
  readonly problemAt: (steps: number) => Problem;
  readonly valueAt: (steps: number) => number;
  /** What would do, as the end of a sentence: `a deadline of 4h`. */
  readonly wordsAt: (steps: number) => string;
};

/** People state money in cents where it is dollars, and long times in minutes. */
const CENT_MICROS = 10_000;
const CENT_NANOS = 10_000_000;
const MICRO_NANOS = 1000;
const DOLLAR_MICROS = 1e6;
const DOLLAR_NANOS = 1e9;
const LONG_S = 36_000;
const SHARE_STEP = 0.001;
const UNITS_STEPS = 1000;
const POOL_STEP = { machine: 1, 'machine-hour': 0.25 };

/** Null for what cannot give way by degrees. */
export function looseningOf(problem: Problem, constraint: Constraint): Loosening | null {
  switch (constraint.kind) {
    case 'deadline':
    case 'budget':
    case 'hourly-cost':
      return limitLoosening(problem, constraint);
    case 'pool':
      return poolLoosening(problem, constraint.index!);
    case 'available':
      return availableLoosening(problem, constraint.index!);
    case 'providers':
    case 'share':
      return spreadLoosening(problem, constraint);
    case 'work':
      return workLoosening(problem, constraint.task!);
    case 'apart':
    case 'needs':
    case 'transfer':
      return null;
  }
}

function limitLoosening(problem: Problem, { kind, task }: Constraint): Loosening {
  const limits = task === null ? problem.limits : problem.tasks[task]!.limits;
  const of = task === null || problem.tasks.length === 1 ? '' : ` for ${taskName(problem, task)}`;
  const at = (change: (steps: number) => Limits) => (steps: number) =>
    task === null
      ? { ...problem, limits: change(steps) }
      : withTask(problem, task, { limits: change(steps) });
  if (kind === 'deadline') {
    const valueAt = stepping(limits.deadlineS!, limits.deadlineS! < LONG_S ? 1 : 60);
    const problemAt = at((steps) => ({ ...limits, deadlineS: valueAt(steps) }));
    const wordsAt = (steps: number): string =>
      `a deadline of ${durationWords(valueAt(steps))}${of}`;
    return { most: Infinity, problemAt, valueAt, wordsAt };
  }
  if (kind === 'budget') {
    const step = limits.budgetMicros! < DOLLAR_MICROS ? 1 : CENT_MICROS;
    const valueAt = stepping(limits.budgetMicros!, step) as (steps: number) => Micros;
    const problemAt = at((steps) => ({ ...limits, budgetMicros: valueAt(steps) }));
    const wordsAt = (steps: number): string => `a budget of ${microWords(valueAt(steps))}${of}`;
    return { most: Infinity, problemAt, valueAt, wordsAt };
  }
  const step = limits.nanosPerHourMax! < DOLLAR_NANOS ? MICRO_NANOS : CENT_NANOS;
  const valueAt = stepping(limits.nanosPerHourMax!, step) as (steps: number) => Rate;
  const problemAt = at((steps) => ({ ...limits, nanosPerHourMax: valueAt(steps) }));
  const wordsAt = (steps: number): string => `${showRate(valueAt(steps))} an hour${of}`;
  return { most: Infinity, problemAt, valueAt, wordsAt };
}

/** As it is at first, then the next multiples of the step. */
function stepping(value: number, step: number): (steps: number) => number {
  const first = Math.floor(value / step);
  return (steps) => (steps === 0 ? value : (first + steps) * step);
}

/** All digits of what would just do: rounded down it would not. */
function microWords(micros: Micros): string {
  return micros % 10_000 === 0 ? showMicros(micros) : `$${micros / 1e6}`;
}

/** To the second, which two parts of a duration do not always tell. */
function durationWords(seconds: number): string {
  const words = formatDuration(seconds * SECOND_MS);
  const isRounded =
    seconds >= 24 * 3600 ? seconds % 3600 !== 0 : seconds >= 3600 && seconds % 60 !== 0;
  return isRounded ? `${seconds}s` : words;
}

function poolLoosening(problem: Problem, index: number): Loosening {
  const { limit, per, id } = problem.pools[index]!;
  const valueAt = stepping(limit, POOL_STEP[per]);
  return {
    most: Infinity,
    problemAt: (steps) => ({
      ...problem,
      pools: problem.pools.with(index, { ...problem.pools[index]!, limit: valueAt(steps) }),
    }),
    valueAt,
    wordsAt: (steps) => `${Math.round(valueAt(steps) * 100) / 100} of ${id}`,
  };
}

function availableLoosening(problem: Problem, index: number): Loosening {
  const offer = problem.offers[index]!;
  const valueAt = (steps: number): number => offer.available! + steps;
  return {
    most: Infinity,
    problemAt: (steps) => ({
      ...problem,
      offers: problem.offers.with(index, { ...offer, available: valueAt(steps) }),
    }),
    valueAt,
    wordsAt: (steps) => `${valueAt(steps)} of ${offer.id}`,
  };
}

function spreadLoosening(problem: Problem, { kind, task }: Constraint): Loosening {
  const { providersMin, shareMax } = problem.tasks[task!]!;
  const name = taskName(problem, task!);
  if (kind === 'providers') {
    const valueAt = (steps: number): number => providersMin - steps;
    return {
      most: providersMin - 1,
      problemAt: (steps) => withTask(problem, task!, { providersMin: valueAt(steps) }),
      valueAt,
      wordsAt: (steps) => `${countWords(valueAt(steps), 'provider')} for ${name}`,
    };
  }
  const valueAt = (steps: number): number =>
    Math.min(1, Math.floor(shareMax / SHARE_STEP + steps) / Math.round(1 / SHARE_STEP));
  return {
    most: Math.ceil((1 - shareMax) / SHARE_STEP),
    problemAt: (steps) =>
      steps === 0 ? problem : withTask(problem, task!, { shareMax: valueAt(steps) }),
    valueAt,
    wordsAt: (steps) => `${Math.round(valueAt(steps) * 1000) / 10} % of ${name} with one provider`,
  };
}

/** Less of the work, in thousandths of it; a choice cannot be done by halves. */
function workLoosening(problem: Problem, task: number): Loosening | null {
  const { work } = problem.tasks[task]!;
  const name = taskName(problem, task);
  const shareAt = (steps: number): number => (UNITS_STEPS - steps) / UNITS_STEPS;
  if (work.kind === 'choice') return null;
  if (work.kind === 'divisible') {
    const valueAt = (steps: number): number => work.units * shareAt(steps);
    return {
      most: UNITS_STEPS - 1,
      problemAt: (steps) => withTask(problem, task, { work: { ...work, units: valueAt(steps) } }),
      valueAt,
      wordsAt: (steps) => `${Number(valueAt(steps).toPrecision(12))} units of ${name}`,
    };
  }
  return {
    most: UNITS_STEPS - 1,
    problemAt: (steps) => {
      const rates = work.rates.map((rate) => rate * shareAt(steps));
      return withTask(problem, task, { work: { ...work, rates } });
    },
    valueAt: shareAt,
    wordsAt: (steps) =>
      `${Number((shareAt(steps) * 100).toPrecision(3))} % of the requests of ${name}`,
  };
}

function withTask(
  problem: Problem,
  task: number,
  parts: Partial<Problem['tasks'][number]>,
): Problem {
  return { ...problem, tasks: problem.tasks.with(task, { ...problem.tasks[task]!, ...parts }) };
}

function countWords(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
