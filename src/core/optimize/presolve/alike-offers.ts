import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Problem, ProblemOffer } from '../model/problem.ts';

/** Offers that are the same in all that matters: the first stands for all of them. */
export type Alike = readonly number[];

const NANO_SECONDS_PER_MICRO = 1000 * SECONDS_PER_HOUR;

/**
 * All offers, in groups of those that are the same: in price, terms, place, pools and what they do
 * for each task. Only offers of divisible work `per: machine` whose bill is a whole number of
 * micro-dollars: two lines of others may be rounded to something else than one.
 */
export function alikeOffers(problem: Problem): readonly Alike[] {
  const { offers } = problem;
  const work = workByOffer(problem);
  // The whole of an offer is compared only where the little that differs most often is the same.
  const similar = grouped([...offers.keys()], (index) => {
    const { nanosPerHour, available } = offers[index]!;
    const done = work[index]!;
    return done === null ? `${index}` : `${nanosPerHour} ${available === null} ${done}`;
  });
  const alike = similar.flatMap((group) => {
    if (group.length === 1) return [group];
    return grouped(group, (index) => {
      const offer = offers[index]!;
      return isBilledExactly(offer) ? keyOf(offer) : `${index}`;
    });
  });
  return alike.toSorted((a, b) => a[0]! - b[0]!);
}

function grouped(
  indices: readonly number[],
  keyAt: (index: number) => string,
): readonly number[][] {
  const groups = new Map<string, number[]>();
  for (const index of indices) {
    const key = keyAt(index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  return [...groups.values()];
}

/** What each offer does for each task, as text; null where that is not one thing per machine. */
function workByOffer({ tasks, offers }: Problem): readonly (string | null)[] {
  const work: (string[] | null)[] = offers.map(() => []);
  tasks.forEach((task, index) => {
    const seen = new Set<number>();
    for (const option of task.work.options) {
      const isPerMachine = task.work.kind === 'divisible' && task.work.per === 'machine';
      const isKnown = isPerMachine && !seen.has(option.offer) && 'throughput' in option;
      if (!isKnown) work[option.offer] = null;
      else work[option.offer]?.push(`${index}=${option.throughput}`);
      seen.add(option.offer);
    }
  });
  return work.map((done) => done?.join() ?? null);
}

function isBilledExactly({ nanosPerHour, laterPrices, ...terms }: ProblemOffer): boolean {
  const { billingIncrementS, billingMinimumS } = terms;
  const seconds = Math.max(
    billingMinimumS,
    Math.ceil(SECONDS_PER_HOUR / billingIncrementS) * billingIncrementS,
  );
  const bill = BigInt(nanosPerHour) * BigInt(seconds);
  return laterPrices.length === 0 && bill % BigInt(NANO_SECONDS_PER_MICRO) === 0n;
}

function keyOf(offer: ProblemOffer): string {
  return JSON.stringify({ ...offer, id: null, available: null });
}
