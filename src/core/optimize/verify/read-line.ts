import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { AnswerLine } from '../model/answer.ts';
import type { Problem, ProblemOffer, ProblemTask } from '../model/problem.ts';

/*
 * Problem: what one line of an answer hires, when, and what it costs.
 * Method: from the definitions in model/problem.ts. Money is exact: nano-dollars × seconds in
 * BigInt, rounded half to even once for a line. Time is floating point with a stated tolerance.
 * Complexity: O(1) for a line; O(steps) where its price changes.
 */

/** A line that names what there is, and what follows from it. */
export type ReadLine = {
  readonly line: AnswerLine;
  readonly task: ProblemTask;
  readonly offer: ProblemOffer;
  /** Of each machine. */
  readonly seconds: number;
  readonly endS: number;
  /** Seconds of work that count: within whole increments that are billed, and the deadline. */
  readonly workedS: number;
  readonly extraMicros: number;
  /** Nano-dollars × seconds of all its machines, before rounding. */
  readonly nanoSeconds: bigint;
  /** Rounded as it is billed; without `extraMicros`. */
  readonly micros: bigint;
};

type Terms = Pick<ProblemOffer, 'billingIncrementS' | 'billingMinimumS'>;

/** What floating point may add to a whole number of increments is not billed: of all, and of each. */
const INCREMENT_SLACK = 1e-9;
const INCREMENT_SLACK_OF_EACH = 1e-12;

/** Nano-dollars × seconds at one nano-dollar an hour in one micro-dollar. */
export const NANO_SECONDS_PER_MICRO = 1000n * BigInt(SECONDS_PER_HOUR);

/** The line, or why it hires nothing that there is. */
export function readLine(problem: Problem, line: AnswerLine): ReadLine | string {
  const task = problem.tasks[line.task];
  if (task === undefined) return `there is no task ${line.task}`;
  const name = nameOf(problem, line.task);
  const option = task.work.options[line.option];
  if (option === undefined) return `${name} has no option ${line.option}`;
  const offer = problem.offers[option.offer];
  if (offer === undefined) return `option ${line.option} of ${name} is on no offer`;
  if (!Number.isSafeInteger(line.machines) || line.machines < 1) {
    return `${name} hires ${line.machines} machines of ${offer.id}`;
  }
  if (!Number.isFinite(line.hours) || line.hours < 0) {
    return `${name} hires ${offer.id} for ${line.hours} hours`;
  }
  if (!Number.isFinite(line.startS) || line.startS < 0) {
    return `${name} hires ${offer.id} from second ${line.startS} on`;
  }
  const nanoSeconds = machineNanoSeconds(offer, line) * BigInt(line.machines);
  const seconds = line.hours * SECONDS_PER_HOUR;
  const increments = incrementsOf(offer, line.hours);
  const leftS = deadlineOf(problem, task) - line.startS;
  return {
    line,
    task,
    offer,
    seconds,
    endS: line.startS + seconds,
    workedS: Math.max(0, Math.min(seconds, increments * offer.billingIncrementS, leftS)),
    extraMicros: 'extraMicros' in option ? option.extraMicros : 0,
    nanoSeconds,
    micros: roundHalfEven(nanoSeconds, NANO_SECONDS_PER_MICRO),
  };
}

/** Seconds from now to its end at the latest; infinite for no deadline. */
export function deadlineOf({ limits }: Problem, task: ProblemTask): number {
  return Math.min(limits.deadlineS ?? Infinity, task.limits.deadlineS ?? Infinity);
}

/** Whole increments that so many hours are rounded up to. */
function incrementsOf({ billingIncrementS }: Terms, hours: number): number {
  const used = (hours * SECONDS_PER_HOUR) / billingIncrementS;
  const whole = Math.floor(used);
  const isWhole = used - whole <= INCREMENT_SLACK + used * INCREMENT_SLACK_OF_EACH;
  return isWhole ? whole : whole + 1;
}

/** Seconds of each machine that are billed. */
export function billedS(terms: Terms, hours: number): number {
  return Math.max(terms.billingMinimumS, incrementsOf(terms, hours) * terms.billingIncrementS);
}

/**
 * Nano-dollars × seconds of one machine: each billed second at the price in force when it begins,
 * the first at the whole second in which the line starts.
 */
export function machineNanoSeconds(
  offer: ProblemOffer,
  { hours, startS }: { readonly hours: number; readonly startS: number },
): bigint {
  const seconds = billedS(offer, hours);
  if (offer.laterPrices.length === 0) return BigInt(offer.nanosPerHour) * BigInt(seconds);
  const from = Math.floor(startS);
  const steps = [{ fromS: 0, nanosPerHour: offer.nanosPerHour }, ...offer.laterPrices];
  let sum = 0n;
  steps.forEach(({ fromS, nanosPerHour }, index) => {
    const next = steps[index + 1]?.fromS ?? Infinity;
    const begins = Math.max(from, Math.ceil(fromS));
    const ends = Math.min(from + seconds, Math.ceil(next));
    if (ends > begins) sum += BigInt(nanosPerHour) * BigInt(ends - begins);
  });
  return sum;
}

/** numerator / denominator, both ≥ 0, to the nearest whole number, a half to the even one. */
export function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const [whole, twice] = [numerator / denominator, (numerator % denominator) * 2n];
  if (twice === denominator) return whole + (whole & 1n);
  return twice > denominator ? whole + 1n : whole;
}

export function nameOf({ tasks }: Problem, task: number): string {
  return tasks[task]?.name ?? `task ${task}`;
}
