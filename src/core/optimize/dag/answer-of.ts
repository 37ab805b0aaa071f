import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Answer, AnswerLine } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { regionOf } from './couplings.ts';

/*
 * Problem: options were chosen; when does each task begin, and does that keep what the choice did
 * not look at: deadlines, pools, what is available, the cost of an hour, the budget of all?
 * Method: every task as early as what it waits for allows; then each limit by its definition.
 * Complexity: O(tasks + transfers + tasks²) for the busiest moment.
 */

/** Each task as early as it can begin; `chosen` is an option of each. */
export function answerOf(problem: Problem, chosen: readonly number[]): Answer {
  return scheduler(problem)(chosen);
}

/** The same for many choices of options. */
export function scheduler(problem: Problem): (chosen: readonly number[]) => Answer {
  const speedBetween = speedsOf(problem);
  return (chosen) => schedule(problem, chosen, speedBetween);
}

/** Gigabits a second; null where it is not known. */
type SpeedBetween = (from: string, to: string) => number | null;

/** An answer takes few of tens of thousands of routes: those from a place are read when asked for. */
function speedsOf({ routes }: Problem): SpeedBetween {
  const routesFrom = Map.groupBy(routes, ({ from }) => from);
  const known = new Map<string, ReadonlyMap<string, number | null>>();
  return (from, to) => {
    const own =
      known.get(from) ??
      new Map(routesFrom.get(from)?.map((route) => [route.to, route.gigabitsPerSecond]));
    known.set(from, own);
    return own.get(to) ?? null;
  };
}

function schedule(problem: Problem, chosen: readonly number[], speedBetween: SpeedBetween): Answer {
  const starts: (number | undefined)[] = problem.tasks.map(() => undefined);
  const waits = waitsOf(problem, chosen, speedBetween);
  const hoursOf = (task: number): number => optionOf(problem, task, chosen).hours;
  const startOf = (task: number): number => {
    const known = starts[task];
    if (known !== undefined) return known;
    let start = optionOf(problem, task, chosen).startS;
    for (const { before, seconds } of waits[task]!) {
      start = Math.max(start, startOf(before) + hoursOf(before) * SECONDS_PER_HOUR + seconds);
    }
    starts[task] = start;
    return start;
  };
  const lines = problem.tasks.map((_, task): AnswerLine => {
    const { machines, hours } = optionOf(problem, task, chosen);
    const option = chosen[task]!;
    return { task, option, machines, hours, startS: startOf(task), shares: null };
  });
  return { lines };
}

type Option = Extract<Problem['tasks'][number]['work'], { kind: 'choice' }>['options'][number];

function optionOf({ tasks }: Problem, task: number, chosen: readonly number[]): Option {
  return tasks[task]!.work.options[chosen[task]!] as Option;
}

type Wait = { readonly before: number; readonly seconds: number };

/** Of each task, what must have ended, and how long its data are on their way. */
function waitsOf(
  problem: Problem,
  chosen: readonly number[],
  speedBetween: SpeedBetween,
): readonly (readonly Wait[])[] {
  const waits: Wait[][] = problem.tasks.map(({ needs }) =>
    needs.map((before) => ({ before, seconds: 0 })),
  );
  const regionAt = (task: number): string =>
    regionOf(problem.offers[optionOf(problem, task, chosen).offer]!);
  for (const { from, to, gigabytes } of problem.transfers) {
    const [here, there] = [regionAt(from), regionAt(to)];
    const speed = here === there ? null : speedBetween(here, there);
    waits[to]!.push({ before: from, seconds: speed === null ? 0 : (gigabytes * 8) / speed });
  }
  return waits;
}

/** Whether tasks wait for each other, or for each other's data, in a circle: then none can begin. */
export function isCircular({ tasks, transfers }: Problem): boolean {
  const waiting = new Map(
    tasks.map(({ needs }, task) => [
      task,
      new Set([...needs, ...transfers.filter(({ to }) => to === task).map(({ from }) => from)]),
    ]),
  );
  for (let isMoving = true; isMoving && waiting.size > 0; ) {
    isMoving = false;
    for (const [task, before] of waiting) {
      if ([...before].some((one) => waiting.has(one))) continue;
      waiting.delete(task);
      isMoving = true;
    }
  }
  return waiting.size > 0;
}

/** As the check has it. */
export function isInLimit(value: number, limit: number): boolean {
  return value <= limit + Math.abs(limit) * TOLERANCE;
}

const TOLERANCE = 1e-9;

/** What the choice did not look at, and does not keep; null where there is nothing. */
export function brokenLimit(problem: Problem, { lines }: Answer, cost: number): string | null {
  const { limits, tasks } = problem;
  const ends = lines.map(({ startS, hours }) => startS + hours * SECONDS_PER_HOUR);
  if (cost > (limits.budgetMicros ?? Infinity)) return 'the budget of all tasks';
  if (!isInLimit(Math.max(0, ...ends), limits.deadlineS ?? Infinity))
    return 'the deadline of all tasks';
  const late = tasks.find(
    (task, index) => !isInLimit(ends[index]!, task.limits.deadlineS ?? Infinity),
  );
  if (late !== undefined) return `the deadline of ${late.name ?? 'a task'}`;
  if (busiest(problem, lines, ends) > (limits.nanosPerHourMax ?? Infinity)) {
    return 'the cost an hour of all tasks';
  }
  return scarce(problem, lines);
}

/** What all machines of the busiest moment cost an hour; it is the start of a task. */
function busiest(problem: Problem, lines: readonly AnswerLine[], ends: readonly number[]): number {
  const rateAt = (moment: number): number =>
    lines.reduce((sum, line, index) => {
      const isRunning = line.startS <= moment && moment < ends[index]!;
      return isRunning ? sum + line.machines * offerAt(problem, line).nanosPerHour : sum;
    }, 0);
  return Math.max(0, ...lines.map(({ startS }) => rateAt(startS)));
}

function offerAt(
  { tasks, offers }: Problem,
  { task, option }: AnswerLine,
): Problem['offers'][number] {
  return offers[tasks[task]!.work.options[option]!.offer]!;
}

function scarce(problem: Problem, lines: readonly AnswerLine[]): string | null {
  const hired = new Map<Problem['offers'][number], number>();
  const taken = problem.pools.map(() => 0);
  for (const line of lines) {
    const offer = offerAt(problem, line);
    hired.set(offer, (hired.get(offer) ?? 0) + line.machines);
    for (const { pool, amount } of offer.uses) {
      const hours = problem.pools[pool]!.per === 'machine' ? 1 : line.hours;
      taken[pool]! += amount * line.machines * hours;
    }
  }
  for (const [offer, machines] of hired) {
    if (machines > (offer.available ?? Infinity)) return `what is available of ${offer.id}`;
  }
  const pool = problem.pools.find(({ limit }, index) => taken[index]! > limit);
  return pool === undefined ? null : `the limit of ${pool.id}`;
}
