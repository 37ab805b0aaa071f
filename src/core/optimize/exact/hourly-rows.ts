import type { Problem, ProblemOffer } from '../model/problem.ts';
import { type LinearBuilder, type Term, times } from './linear-builder.ts';
import { ancestorsOf } from './order.ts';
import type { Part } from './part.ts';

/** A solver's tolerance of a millionth is then a nano-dollar. */
const NANOS_PER_UNIT = 1e6;
/** More sets of tasks that could run at once than this are taken as one. */
const GROUPS_MAX = 200;

/**
 * What all machines that run at the same time may cost an hour: a row for every largest set of
 * tasks of which none waits for another, and one for each task's own limit. True when the rows ask
 * no more than the limit does. Else they are on the safe side: tasks, and machines of one task,
 * that could run one after the other count as if they ran at once, and each at its dearest hour.
 */
export function hourlyRows(
  builder: LinearBuilder,
  problem: Problem,
  parts: readonly Part[],
): boolean {
  const all = [problem.limits, ...problem.tasks.map(({ limits }) => limits)];
  if (all.every((limits) => limits.nanosPerHourMax === null)) return true;
  const rates = problem.tasks.map((_, index) =>
    parts.filter(({ task }) => task === index).flatMap((part) => rateTerms(problem, part)),
  );
  const isOneLine = (task: number) => problem.tasks[task]!.work.kind === 'choice';
  let isExact = parts.every(({ offer }) => problem.offers[offer]!.laterPrices.length === 0);
  for (const [task, { limits }] of problem.tasks.entries()) {
    if (limits.nanosPerHourMax === null) continue;
    builder.row(rates[task]!, { upper: limits.nanosPerHourMax / NANOS_PER_UNIT });
    isExact &&= isOneLine(task);
  }
  const { nanosPerHourMax } = problem.limits;
  if (nanosPerHourMax === null) return isExact;
  for (const group of togetherOf(problem)) {
    const terms = group.flatMap((task) => rates[task]!);
    builder.row(terms, { upper: nanosPerHourMax / NANOS_PER_UNIT });
    isExact &&= group.length === 1 && isOneLine(group[0]!);
  }
  return isExact;
}

function rateTerms({ offers }: Problem, { offer, machines }: Part): readonly Term[] {
  return times(machines, dearestRate(offers[offer]!) / NANOS_PER_UNIT);
}

function dearestRate({ nanosPerHour, laterPrices }: ProblemOffer): number {
  return Math.max(nanosPerHour, ...laterPrices.map((later) => later.nanosPerHour));
}

/** The largest sets of tasks that may run at the same time, as far as needs and transfers tell. */
export function togetherOf(problem: Problem): readonly (readonly number[])[] {
  const all = problem.tasks.map((_, task) => task);
  const ancestors = ancestorsOf(problem);
  const mayMeet = (a: number, b: number) =>
    a !== b && !ancestors[a]!.has(b) && !ancestors[b]!.has(a);
  const groups: (readonly number[])[] = [];
  grow([], all, []);
  return groups.length > GROUPS_MAX ? [all] : groups;

  // Bron and Kerbosch, Algorithm 457 (1973), with a pivot.
  function grow(group: readonly number[], open: readonly number[], done: readonly number[]): void {
    if (groups.length > GROUPS_MAX) return;
    const pivot = open[0] ?? done[0];
    if (pivot === undefined) {
      groups.push(group);
      return;
    }
    let [left, seen] = [open, done];
    for (const task of open.filter((one) => !mayMeet(one, pivot))) {
      const near = (other: number) => mayMeet(task, other);
      grow([...group, task], left.filter(near), seen.filter(near));
      left = left.filter((other) => other !== task);
      seen = [...seen, task];
    }
  }
}
