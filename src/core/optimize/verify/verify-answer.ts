import { assert } from '../../../base/assert.ts';
import { asMicros, type Micros } from '../../../base/money.ts';
import type { Answer } from '../model/answer.ts';
import type { Problem } from '../model/problem.ts';
import { costsOfTasks } from './answer-cost.ts';
import { limitFaults } from './limit-faults.ts';
import { orderFaults } from './order-faults.ts';
import {
  NANO_SECONDS_PER_MICRO,
  nameOf,
  type ReadLine,
  readLine,
  roundHalfEven,
} from './read-line.ts';
import { ROUNDED_AWAY_MICROS_MAX } from './tolerance.ts';
import { workFaults } from './work-faults.ts';

/*
 * Problem: is an answer one to this problem, and what is it worth? Whoever found it is not asked.
 * Method: every definition of model/problem.ts, multiplied out. Money in exact integers; time,
 * units and shares in floating point with the tolerances of tolerance.ts, which bounds allow for.
 * Shares no code with searchers.
 * Complexity: O(n log n) for n lines, times the buckets of serving.
 */

type Lines = readonly (readonly ReadLine[])[];

const MICROSECONDS_PER_HOUR = 3_600_000_000n;
const GRAMS_PER_KILOGRAM = 1000n;
const MILLION = 1e6;

/** Everything that is wrong with it, as sentences; empty for an answer that may be hired. */
export function verifyAnswer(problem: Problem, answer: Answer): readonly string[] {
  const read = answer.lines.map((line) => readLine(problem, line));
  const unknown = read.filter((line) => typeof line === 'string');
  if (unknown.length > 0) return unknown;
  const byTask = linesByTask(problem, answer);
  return [
    ...byTask.flatMap((lines, task) => [
      ...workFaults(problem, task, lines),
      ...roundingFaults(problem, task, lines),
    ]),
    ...orderFaults(problem, byTask),
    ...limitFaults(problem, byTask),
    ...carbonFaults(problem, byTask),
  ];
}

/** Micro-dollars of machines, extras and transfers. The lines must name what there is. */
export function answerCost(problem: Problem, answer: Answer): Micros {
  return costOf(problem, linesByTask(problem, answer));
}

/** What is minimized, in its own unit: micro-dollars, seconds or grams, as `Objective` says. */
export function answerValue(problem: Problem, answer: Answer): number {
  const { objective } = problem;
  const byTask = linesByTask(problem, answer);
  switch (objective.minimize) {
    case 'cost':
      return costOf(problem, byTask);
    case 'time':
      return Number(endMicroseconds(byTask)) / MILLION;
    case 'carbon':
      return Number(microgramsOf(byTask)) / MILLION;
    case 'weighted': {
      const { microsPerHour, microsPerKilogram } = objective;
      const time = BigInt(microsPerHour) * endMicroseconds(byTask);
      const carbon = microsPerKilogram === 0 ? 0n : microgramsOf(byTask);
      // What an hour and a kilogram are worth is no bill: it may be more than money can be.
      return (
        costOf(problem, byTask) +
        Number(roundHalfEven(time, MICROSECONDS_PER_HOUR)) +
        Number(roundHalfEven(BigInt(microsPerKilogram) * carbon, GRAMS_PER_KILOGRAM * 1_000_000n))
      );
    }
  }
}

function linesByTask(problem: Problem, { lines }: Answer): Lines {
  const byTask: ReadLine[][] = problem.tasks.map(() => []);
  for (const line of lines) {
    const read = readLine(problem, line);
    assert(typeof read !== 'string', `an answer without a meaning has no value: ${read}`);
    byTask[line.task]!.push(read);
  }
  return byTask;
}

function costOf(problem: Problem, byTask: Lines): Micros {
  return asMicros(Number(costsOfTasks(problem, byTask).reduce((sum, cost) => sum + cost, 0n)));
}

function endMicroseconds(byTask: Lines): bigint {
  const end = byTask.flat().reduce((latest, { endS }) => Math.max(latest, endS), 0);
  return BigInt(Math.round(end * MILLION));
}

/** Of the hours that machines work, not those that are billed; where nothing is known, nothing. */
function microgramsOf(byTask: Lines): bigint {
  const numerator = byTask.flat().reduce((sum, { offer, line, seconds }) => {
    const micrograms = BigInt(Math.round((offer.gramsPerHour ?? 0) * MILLION));
    // Rounded up, but for the noise of floating point: bounds do not round down.
    const microseconds = BigInt(Math.ceil(seconds * MILLION - 1e-3));
    return sum + micrograms * microseconds * BigInt(line.machines);
  }, 0n);
  return roundHalfEven(numerator, MICROSECONDS_PER_HOUR);
}

/** What is minimized must be known. */
function carbonFaults({ objective }: Problem, byTask: Lines): readonly string[] {
  const counts =
    objective.minimize === 'carbon' ||
    (objective.minimize === 'weighted' && objective.microsPerKilogram > 0);
  if (!counts) return [];
  const unknown = byTask.flat().filter(({ offer }) => offer.gramsPerHour === null);
  return unknown.map(({ offer }) => `the carbon of ${offer.id} is not known, and counts`);
}

/** Lines must not be split so finely that rounding makes them cheaper. */
function roundingFaults(
  problem: Problem,
  task: number,
  lines: readonly ReadLine[],
): readonly string[] {
  return [...Map.groupBy(lines, ({ line }) => line.option).values()].flatMap((own) => {
    const billed = own.reduce((sum, { micros }) => sum + micros, 0n) * NANO_SECONDS_PER_MICRO;
    const exact = own.reduce((sum, { nanoSeconds }) => sum + nanoSeconds, 0n);
    const away = Number(exact - billed) / Number(NANO_SECONDS_PER_MICRO);
    if (away <= ROUNDED_AWAY_MICROS_MAX) return [];
    const where = `${own.length} lines of ${nameOf(problem, task)} on ${own[0]!.offer.id}`;
    return [`${where} round ${away} micro-dollars away: too many lines`];
  });
}
