import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import { lineMicros } from '../exact/line-micros.ts';
import type { Answer } from '../model/answer.ts';
import type { Limits, Problem, ProblemOffer, ProblemTask } from '../model/problem.ts';
import { planTransfers } from '../plan-transfers.ts';
import type { Found, Searcher, SearchOptions } from './searcher.ts';

/*
 * Problem: any in which prices change with time, while tasks wait for each other or the time of all
 * counts, so that when a task begins is not known beforehand.
 * Method: everything begins now, or waits for one of the steps of prices; from then on each price
 * is taken as the dearest that it will be, and that is solved exactly. An answer keeps every limit
 * of the given problem and costs no more there; the best of them counts. What it misses of cheaper
 * hours is what the bound, which knows them, leaves open.
 * Complexity: that of the exact searcher, for each of a few steps.
 */

const WAITS_MAX = 8;
const GRAMS_PER_KILOGRAM = 1000;

export const flatPrices: Searcher = {
  name: 'flat-prices',
  refuses: ({ offers }) =>
    offers.some(({ laterPrices }) => laterPrices.length > 0) ? null : 'prices do not change',
  search,
};

async function search(given: Problem, options: SearchOptions): Promise<Found> {
  const { exact } = await import('../exact/exact-searcher.ts');
  const waits = waitsOf(given);
  const timeLimitMs = Math.max(1, Math.floor(options.timeLimitMs / waits.length));
  let best: { readonly answer: Answer; readonly value: number } | null = null;
  let isInfeasible = false;
  for (const waitS of waits) {
    const found = await exact.search(flatFrom(given, waitS), {
      ...options,
      timeLimitMs,
      start: null,
    });
    if (waitS === 0) isInfeasible = found.isInfeasible && !limitsMoney(given);
    if (found.answer === null) continue;
    const answer = waited(found.answer, waitS);
    const value = valueOf(given, answer);
    if (best === null || value < best.value) best = { answer, value };
  }
  const hasWork = given.tasks.some(({ work }) => work.kind === 'divisible');
  return {
    answer: best?.answer ?? null,
    certificate: { proof: hasWork && given.objective.minimize === 'cost' ? 'dp' : 'enumeration' },
    isInfeasible,
  };
}

/** Now, and the first steps of prices, as far as the deadline of all lets them count. */
function waitsOf({ offers, limits }: Problem): readonly number[] {
  const steps = offers.flatMap(({ laterPrices }) =>
    laterPrices.map(({ fromS }) => Math.ceil(fromS)),
  );
  const inTime = steps.filter((step) => step > 0 && step < (limits.deadlineS ?? Infinity));
  const sorted = [...new Set(inTime)].sort((a, b) => a - b);
  return [0, ...sorted.slice(0, WAITS_MAX)];
}

/** The problem as it is so many seconds from now, with each price at its dearest from then on. */
function flatFrom(given: Problem, waitS: number): Problem {
  const sooner = (limits: Limits): Limits => {
    const { deadlineS } = limits;
    return deadlineS === null ? limits : { ...limits, deadlineS: Math.max(0, deadlineS - waitS) };
  };
  const soonerTask = (task: ProblemTask): ProblemTask => {
    const { work } = task;
    const limits = sooner(task.limits);
    if (work.kind !== 'choice') return { ...task, limits };
    const ways = work.options.map((option) => ({
      ...option,
      startS: Math.max(0, option.startS - waitS),
    }));
    return { ...task, limits, work: { ...work, options: ways } };
  };
  return {
    ...given,
    limits: sooner(given.limits),
    offers: given.offers.map((offer) => flat(offer, waitS)),
    tasks: given.tasks.map(soonerTask),
  };
}

function flat(offer: ProblemOffer, waitS: number): ProblemOffer {
  const { nanosPerHour, laterPrices } = offer;
  const begun = laterPrices.findLast(({ fromS }) => Math.ceil(fromS) <= waitS);
  const dearest = laterPrices
    .filter(({ fromS }) => Math.ceil(fromS) > waitS)
    .reduce(
      (most, step) => (step.nanosPerHour > most ? step.nanosPerHour : most),
      begun?.nanosPerHour ?? nanosPerHour,
    );
  return { ...offer, nanosPerHour: dearest, laterPrices: [] };
}

function waited({ lines }: Answer, waitS: number): Answer {
  return { lines: lines.map((line) => ({ ...line, startS: line.startS + waitS })) };
}

/** Near enough to choose among answers by. */
function valueOf(given: Problem, answer: Answer): number {
  const { objective, offers, tasks } = given;
  const endS = Math.max(
    ...answer.lines.map(({ startS, hours }) => startS + hours * SECONDS_PER_HOUR),
  );
  if (objective.minimize === 'time') return endS;
  let [micros, grams] = [0, 0];
  for (const line of answer.lines) {
    const option = tasks[line.task]!.work.options[line.option]!;
    const offer = offers[option.offer]!;
    micros += lineMicros(offer, line) + ('extraMicros' in option ? option.extraMicros : 0);
    grams += (offer.gramsPerHour ?? 0) * line.machines * line.hours;
  }
  if (objective.minimize === 'carbon') return grams;
  for (const { costMicros } of planTransfers(given, answer)) micros += costMicros;
  if (objective.minimize !== 'weighted') return micros;
  const { microsPerHour, microsPerKilogram } = objective;
  const time = (endS / SECONDS_PER_HOUR) * microsPerHour;
  return micros + time + (grams / GRAMS_PER_KILOGRAM) * microsPerKilogram;
}

/** Cheaper hours might keep what the dearest do not. */
function limitsMoney({ limits, tasks }: Problem): boolean {
  return [limits, ...tasks.map((task) => task.limits)].some(
    ({ budgetMicros, nanosPerHourMax }) => budgetMicros !== null || nanosPerHourMax !== null,
  );
}
