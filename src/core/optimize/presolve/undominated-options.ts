import { lineMicros } from '../exact/line-micros.ts';
import type { AnswerLine } from '../model/answer.ts';
import type { ChoiceWork, Problem, ProblemTask } from '../model/problem.ts';

/*
 * Problem: a task that is done by one of thousands of options, of which a few can be best.
 * Method: an option goes when another, of which there is enough whatever else is hired, costs no
 * more, begins no later, takes no longer and no more an hour. Whatever uses the one can use the other
 * instead. Of tasks that hand over data, or that may not be together, only within the same zone.
 * Complexity: O(n log n + n × kept).
 */

export type FewerOptions = {
  readonly problem: Problem;
  /** Of each task and each option that is left, its index in the given problem. */
  readonly kept: readonly (readonly number[])[];
};

/** For any goal of cost, with whatever limits of time and money. */
export function undominatedOptions(problem: Problem): FewerOptions {
  const kept = problem.tasks.map((task, index) => keptOf(problem, task, index));
  const tasks = problem.tasks.map((task, index) => {
    const options = kept[index]!.map((option) => task.work.options[option]!);
    return { ...task, work: { ...task.work, options } } as ProblemTask;
  });
  return { problem: { ...problem, tasks }, kept };
}

/** The lines in terms of the given problem. */
export function restoreOptions(
  { kept }: FewerOptions,
  lines: readonly AnswerLine[],
): readonly AnswerLine[] {
  return lines.map((line) => ({ ...line, option: kept[line.task]![line.option]! }));
}

function keptOf(problem: Problem, task: ProblemTask, index: number): readonly number[] {
  const all = [...task.work.options.keys()];
  if (task.work.kind !== 'choice' || mayAllMatter(problem, index)) return all;
  const merits = task.work.options.map((option) => meritOf(problem, option));
  const shared = sharedOffers(problem);
  const sorted = all.toSorted((a, b) => merits[a]!.micros - merits[b]!.micros || a - b);
  const placeOf = placesMatter(problem, index) ? zoneOf : () => '';
  const dominators = new Map<string, Merit[]>();
  const kept: number[] = [];
  for (const at of sorted) {
    const option = task.work.options[at]!;
    const place = placeOf(problem.offers[option.offer]!);
    const others = dominators.get(place) ?? [];
    if (others.some((other) => beats(problem, { other, one: merits[at]! }))) continue;
    kept.push(at);
    if (isFree(problem, option, shared)) dominators.set(place, [...others, merits[at]!]);
  }
  return kept.toSorted((a, b) => a - b);
}

/** Where more counts than cost and time, or where a start that others decide changes the cost. */
function mayAllMatter(problem: Problem, index: number): boolean {
  const { objective, limits, offers, tasks } = problem;
  const { needs, work } = tasks[index]!;
  const isDelayed = needs.length > 0 || limits.nanosPerHourMax !== null;
  return (
    objective.minimize !== 'cost' ||
    (isDelayed && work.options.some(({ offer }) => offers[offer]!.laterPrices.length > 0))
  );
}

function placesMatter({ transfers, apart }: Problem, index: number): boolean {
  return (
    transfers.some(({ from, to }) => from === index || to === index) ||
    apart.some((group) => group.tasks.includes(index))
  );
}

function zoneOf({ provider, region, zone }: Problem['offers'][number]): string {
  return `${provider}/${region ?? ''}/${zone ?? ''}`;
}

type Merit = {
  readonly micros: number;
  readonly hours: number;
  readonly startS: number;
  readonly nanosPerHour: number;
};

type Option = ChoiceWork['options'][number];

function meritOf(
  { offers }: Problem,
  { offer, machines, hours, startS, ...option }: Option,
): Merit {
  const hired = offers[offer]!;
  return {
    micros: lineMicros(hired, { machines, hours, startS }) + option.extraMicros,
    hours,
    startS,
    nanosPerHour: dearestPrice(hired) * machines,
  };
}

function dearestPrice({ nanosPerHour, laterPrices }: Problem['offers'][number]): number {
  return Math.max(nanosPerHour, ...laterPrices.map((later) => later.nanosPerHour));
}

function beats({ limits }: Problem, { other, one }: { other: Merit; one: Merit }): boolean {
  return (
    other.micros <= one.micros &&
    other.hours <= one.hours &&
    other.startS <= one.startS &&
    // At another time it may meet others at the dearest hour.
    (other.startS === one.startS || limits.nanosPerHourMax === null) &&
    other.nanosPerHour <= one.nanosPerHour
  );
}

/** Whether it can be had whatever is hired beside it. */
function isFree({ offers }: Problem, { offer, machines }: Option, shared: ReadonlySet<number>) {
  const { available, uses } = offers[offer]!;
  if (uses.length > 0) return false;
  return available === null || (available >= machines && !shared.has(offer));
}

/** Offers that more than one task has among its options. */
function sharedOffers({ tasks }: Problem): ReadonlySet<number> {
  const owners = new Map<number, number>();
  const shared = new Set<number>();
  for (const [index, { work }] of tasks.entries()) {
    for (const { offer } of work.options) {
      if ((owners.get(offer) ?? index) !== index) shared.add(offer);
      owners.set(offer, index);
    }
  }
  return shared;
}
