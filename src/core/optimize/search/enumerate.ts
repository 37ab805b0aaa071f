import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { billedSeconds } from '../../match/hire-cost.ts';
import { lineMicros } from '../exact/line-micros.ts';
import type { AnswerLine } from '../model/answer.ts';
import type { ChoiceWork, Limits, Problem, ProblemTask } from '../model/problem.ts';
import { endS, inOrder } from './in-order.ts';
import type { Found, Searcher } from './searcher.ts';

/*
 * Problem: tasks each of which is done in exactly one of some ways; the least cost, carbon or weighted
 * sum of all, or the least time of one.
 * Method: enumeration, for each task by itself; where prices change, of the starts at which it can
 * be cheapest. Where the best ways take more than there is, only that they bound is certain.
 * Complexity: O(options × steps of prices).
 */

/** What a way is compared by: less is better, the first that differs decides. */
type Merit = readonly [first: number, then: number, last: number];
type Way = { readonly line: AnswerLine; readonly merit: Merit };

const GRAMS_PER_KILOGRAM = 1000;

export const enumerateSearcher: Searcher = {
  name: 'enumerate',
  refuses,
  search: async (problem) => foundOf(problem),
};

function refuses(problem: Problem): string | null {
  const { tasks, objective, limits, offers, transfers, apart } = problem;
  if (tasks.some(({ work }) => work.kind !== 'choice')) return 'a task has more ways than a list';
  if (transfers.length > 0) return 'tasks hand over data';
  if (apart.length > 0) return 'tasks must lie apart';
  if (tasks.some(({ providersMin }) => providersMin > 1)) return 'a choice has one provider';
  if (tasks.length === 1) return null;
  const paysForTime = objective.minimize === 'weighted' && objective.microsPerHour > 0;
  if (objective.minimize === 'time' || paysForTime) return 'the time of all tasks counts';
  if (limits.deadlineS !== null) return 'tasks share a deadline';
  const waiting = tasks.filter(({ needs }) => needs.length > 0);
  if (waiting.some((task) => task.limits.deadlineS !== null))
    return 'a task waits, with a deadline';
  if (waiting.length > 0 && offers.some(({ laterPrices }) => laterPrices.length > 0)) {
    return 'a task waits, and prices change';
  }
  return limits.nanosPerHourMax === null ? null : 'tasks share a limit on the price of an hour';
}

/** Whether together they take more of an offer or of a pool than there is. */
function isTooMuch(problem: Problem, lines: readonly AnswerLine[]): boolean {
  const { offers, pools } = problem;
  const machines = new Float64Array(offers.length);
  const taken = new Float64Array(pools.length);
  for (const line of lines) {
    const { offer } = optionOf(problem, line);
    machines[offer]! += line.machines;
    for (const { pool, amount } of offers[offer]!.uses) {
      const hours = pools[pool]!.per === 'machine' ? 1 : line.hours;
      taken[pool]! += amount * line.machines * hours;
    }
  }
  return (
    offers.some(({ available }, offer) => machines[offer]! > (available ?? Infinity)) ||
    pools.some(({ limit }, pool) => taken[pool]! > limit)
  );
}

function foundOf(problem: Problem): Found {
  const lines: AnswerLine[] = [];
  let micros = 0;
  for (const index of problem.tasks.keys()) {
    const best = bestWay(problem, index);
    if (best === null) return NOTHING;
    lines.push(best.line);
    micros += costOf(problem, best.line);
  }
  if (micros > (problem.limits.budgetMicros ?? Infinity)) {
    return problem.objective.minimize === 'cost' ? NOTHING : GAVE_UP;
  }
  return {
    answer: isTooMuch(problem, lines) ? null : { lines: inOrder(problem, lines) },
    certificate: { proof: 'enumeration' },
    isInfeasible: false,
  };
}

const NOTHING: Found = { answer: null, certificate: null, isInfeasible: true };
/** The best of each task together cost too much, and others might not. */
const GAVE_UP: Found = { answer: null, certificate: null, isInfeasible: false };

function bestWay(problem: Problem, index: number): Way | null {
  const task = problem.tasks[index]!;
  const limits = problem.tasks.length === 1 ? [task.limits, problem.limits] : [task.limits];
  const kept = limits.filter((one) => Object.values(one).some((limit) => limit !== null));
  let best: Way | null = null;
  for (const [option, { machines, hours, startS: from }] of optionsOf(task)) {
    const earliest = { task: index, option, machines, hours, startS: from, shares: null };
    for (const startS of startsOf(problem, task, earliest)) {
      const line = { ...earliest, startS };
      if (best !== null && isDearer(problem, line, best)) continue;
      if (!isPossible(problem, kept, line)) continue;
      const merit = meritOf(problem, line);
      if (best === null || isLess(problem, { line, merit }, best)) best = { line, merit };
    }
  }
  return best;
}

/** Most ways are, and need no second look. */
function isDearer(problem: Problem, line: AnswerLine, best: Way): boolean {
  return problem.objective.minimize === 'cost' && costOf(problem, line) > best.merit[0];
}

function optionsOf({ work }: ProblemTask) {
  return (work as ChoiceWork).options.entries();
}

/**
 * When a line may begin best: at once, or where its price steps as it begins or as its last billed
 * second ends, or as late as a deadline lets it. Between these its cost is linear in its start.
 */
function startsOf(problem: Problem, task: ProblemTask, line: AnswerLine): readonly number[] {
  const offer = problem.offers[optionOf(problem, line).offer]!;
  const { laterPrices } = offer;
  if (laterPrices.length === 0) return [line.startS];
  const billedS = billedSeconds(offer, line.hours);
  const steps = laterPrices.map(({ fromS }) => Math.ceil(fromS));
  const latest = [problem.limits, task.limits].map(({ deadlineS }) =>
    Math.floor((deadlineS ?? 0) - line.hours * SECONDS_PER_HOUR),
  );
  const starts = [...steps, ...steps.map((step) => step - billedS), ...latest];
  return [line.startS, ...new Set(starts.filter((start) => start > line.startS))];
}

function isPossible(problem: Problem, limits: readonly Limits[], line: AnswerLine): boolean {
  const { offers, pools } = problem;
  const { machines, hours } = line;
  const offer = offers[optionOf(problem, line).offer]!;
  if (machines > (offer.available ?? Infinity)) return false;
  const fits = offer.uses.every(({ pool, amount }) => {
    const { per, limit } = pools[pool]!;
    return amount * machines * (per === 'machine' ? 1 : hours) <= limit;
  });
  return fits && limits.every((limit) => keeps(problem, limit, line));
}

function keeps(problem: Problem, limits: Limits, line: AnswerLine): boolean {
  const { deadlineS, budgetMicros, nanosPerHourMax } = limits;
  if (deadlineS !== null && endS(line) > deadlineS) return false;
  if (budgetMicros !== null && costOf(problem, line) > budgetMicros) return false;
  return nanosPerHourMax === null || priceOf(problem, line) <= nanosPerHourMax;
}

function meritOf(problem: Problem, line: AnswerLine): Merit {
  const { objective } = problem;
  const micros = costOf(problem, line);
  switch (objective.minimize) {
    case 'cost':
      return [micros, endS(line), priceOf(problem, line)];
    case 'time':
      return [endS(line), micros, priceOf(problem, line)];
    case 'carbon':
      return [gramsOf(problem, line), micros, endS(line)];
    case 'weighted': {
      const time = (endS(line) / SECONDS_PER_HOUR) * objective.microsPerHour;
      const carbon = gramsOf(problem, line) / GRAMS_PER_KILOGRAM;
      return [micros + time + carbon * objective.microsPerKilogram, micros, endS(line)];
    }
  }
}

/** What is as good falls to the name, so that the order of offers never matters. */
function isLess(problem: Problem, { merit: one, line }: Way, best: Way): boolean {
  const other = best.merit;
  for (let at = 0; at < one.length; at++) {
    if (one[at] !== other[at]) return one[at]! < other[at]!;
  }
  return idOf(problem, line) < idOf(problem, best.line);
}

function idOf(problem: Problem, line: AnswerLine): string {
  return problem.offers[optionOf(problem, line).offer]!.id;
}

function optionOf({ tasks }: Problem, { task, option }: AnswerLine) {
  return (tasks[task]!.work as ChoiceWork).options[option]!;
}

function costOf(problem: Problem, line: AnswerLine): number {
  const { offer, extraMicros } = optionOf(problem, line);
  return lineMicros(problem.offers[offer]!, line) + extraMicros;
}

/** Of an hour of its machines, while they cost most. */
function priceOf(problem: Problem, line: AnswerLine): number {
  const { nanosPerHour, laterPrices } = problem.offers[optionOf(problem, line).offer]!;
  if (laterPrices.length === 0) return nanosPerHour * line.machines;
  const begun = laterPrices.findLast(({ fromS }) => fromS <= line.startS);
  const during = laterPrices.filter(({ fromS }) => fromS > line.startS && fromS < endS(line));
  const prices = [begun?.nanosPerHour ?? nanosPerHour, ...during.map((one) => one.nanosPerHour)];
  return Math.max(...prices) * line.machines;
}

function gramsOf(problem: Problem, line: AnswerLine): number {
  const grams = problem.offers[optionOf(problem, line).offer]!.gramsPerHour ?? 0;
  return grams * line.machines * line.hours;
}
