import { lineMicros } from '../exact/line-micros.ts';
import type { Answer, ProblemCertificate } from '../model/answer.ts';
import type { Problem, ProblemTask } from '../model/problem.ts';
import type { Found, Searcher, SearchOptions } from './searcher.ts';

/*
 * Problem: one with so many options that a linear program of all of them is not solved in time.
 * Method: for each task the few best options of each provider, or of each place where exactly one
 * is chosen; that is solved exactly. What it finds is an answer to the whole, which may have a
 * better one; its prices of work and of what is scarce bound the whole, as any prices do.
 * Complexity: O(options log options), and that of the exact searcher on a few thousand.
 */

/** Below, the whole is solved as fast. */
const OPTIONS_MIN = 10_000;
const OF_PROVIDER = 12;
const OF_PLACE = 2;

export const narrowed: Searcher = {
  name: 'narrowed',
  refuses: ({ tasks }) => {
    const options = tasks.reduce((sum, { work }) => sum + work.options.length, 0);
    return options < OPTIONS_MIN ? 'there are not so many options' : null;
  },
  search,
};

/** A part of a problem: for each offer that is left, and each option, its index in the whole. */
type Narrow = {
  readonly problem: Problem;
  readonly offers: readonly number[];
  readonly options: readonly (readonly number[])[];
};

async function search(whole: Problem, options: SearchOptions): Promise<Found> {
  const { exact } = await import('../exact/exact-searcher.ts');
  const narrow = narrowOf(whole);
  const refusal = exact.refuses(narrow.problem);
  if (refusal !== null) return { answer: null, certificate: null, isInfeasible: false };
  const found = await exact.search(narrow.problem, { ...options, start: null });
  return {
    answer: found.answer === null ? null : answerOf(narrow, found.answer),
    certificate: found.certificate === null ? null : certificateOf(narrow, found.certificate),
    isInfeasible: false,
  };
}

function narrowOf(whole: Problem): Narrow {
  const options = whole.tasks.map((task) => bestOptions(whole, task));
  const offers = [
    ...new Set(
      whole.tasks.flatMap(({ work }, task) =>
        options[task]!.map((option) => work.options[option]!.offer),
      ),
    ),
  ];
  const indices = new Map(offers.map((offer, index) => [offer, index]));
  const tasks = whole.tasks.map((task, index) => {
    const kept = options[index]!.map((option) => task.work.options[option]!);
    const placed = kept.map((option) => ({ ...option, offer: indices.get(option.offer)! }));
    return { ...task, work: { ...task.work, options: placed } } as ProblemTask;
  });
  const problem = { ...whole, tasks, offers: offers.map((offer) => whole.offers[offer]!) };
  return { problem, offers, options };
}

/** The cheapest of each group, and the fastest of each where options differ in their hours. */
function bestOptions(whole: Problem, { work }: ProblemTask): readonly number[] {
  const isChoice = work.kind === 'choice';
  const groups = Map.groupBy(work.options.keys(), (option) => {
    const { provider, region, zone } = whole.offers[work.options[option]!.offer]!;
    return isChoice ? `${provider}/${region ?? ''}/${zone ?? ''}` : provider;
  });
  const costs = work.options.map((_, option) => costOf(whole, work, option));
  return [...groups.values()].flatMap((group) => {
    const cheapest = group.toSorted((a, b) => costs[a]! - costs[b]!);
    const best = cheapest.slice(0, isChoice ? OF_PLACE : OF_PROVIDER);
    if (!isChoice) return best;
    const fastest = cheapest.reduce((fast, one) =>
      work.options[one]!.hours < work.options[fast]!.hours ? one : fast,
    );
    return best.includes(fastest) ? best : [...best, fastest];
  });
}

/** Of a choice, in micro-dollars; of other work, of as much as one machine does. */
function costOf({ offers }: Problem, work: ProblemTask['work'], option: number): number {
  if (work.kind === 'choice') {
    const way = work.options[option]!;
    return lineMicros(offers[way.offer]!, way) + way.extraMicros;
  }
  if (work.kind === 'divisible') {
    const { offer, throughput } = work.options[option]!;
    return offers[offer]!.nanosPerHour / throughput;
  }
  const { offer, throughputs } = work.options[option]!;
  return offers[offer]!.nanosPerHour / Math.max(...throughputs, Number.MIN_VALUE);
}

function answerOf({ options }: Narrow, { lines }: Answer): Answer {
  return {
    lines: lines.map((line) => ({ ...line, option: options[line.task]![line.option]! })),
  };
}

/** Prices hold for the whole; what was proven of a part in another way does not. */
function certificateOf(
  { offers }: Narrow,
  certificate: ProblemCertificate,
): ProblemCertificate | null {
  if (certificate.proof !== 'duals') return null;
  const { duals } = certificate;
  const prices = duals.offers.map(({ offer, price }) => ({ offer: offers[offer]!, price }));
  return { proof: 'duals', duals: { ...duals, offers: prices } };
}
