import fc from 'fast-check';
import { rateFromUsd, usdPerUnit } from '../../src/base/money.ts';
import {
  buildOffer,
  buildProblem,
  buildTask,
} from '../../src/core/optimize/model/build-for-tests.ts';
import type { Problem } from '../../src/core/optimize/model/problem.ts';

/** Dollars an hour of one machine, how many there are, and what it takes of each bucket. */
export type KindForTests = {
  readonly usd: number;
  readonly available?: number | null;
  readonly throughputs: readonly number[];
};

/** A mix of kinds, each an offer of its own. */
export function buildMix(
  rates: readonly number[],
  kinds: readonly KindForTests[],
  parts: Partial<Problem> = {},
): Problem {
  return buildProblem({
    offers: kinds.map(({ usd, available = null }, index) =>
      buildOffer({ id: `kind ${index}`, nanosPerHour: rateFromUsd(usd), available }),
    ),
    tasks: [
      buildTask({
        work: {
          kind: 'serving',
          hours: 1,
          rates,
          options: kinds.map(({ throughputs }, offer) => ({ offer, throughputs })),
        },
      }),
    ],
    ...parts,
  });
}

/** Small mixes of so many kinds, of which the last takes everything, as much as is asked. */
export function mixProblems(kinds: number): fc.Arbitrary<Problem> {
  return fc.integer({ min: 1, max: 6 }).chain((buckets) => {
    const each = <Value>(of: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> =>
      fc.array(of, { minLength: buckets, maxLength: buckets });
    const able = fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10);
    const perhaps = fc.oneof(
      { weight: 5, arbitrary: able },
      { weight: 1, arbitrary: fc.constant(0) },
    );
    const usd = fc.integer({ min: 1, max: 500 }).map((cents) => cents / 100);
    const some = fc.record({
      usd,
      available: fc.option(fc.integer({ min: 0, max: 3 })),
      throughputs: each(perhaps),
    });
    const last = fc.record({ usd, throughputs: each(able) });
    const rates = each(fc.integer({ min: 0, max: 30 }).map((tenths) => tenths / 10)).filter((all) =>
      all.some((rate) => rate > 0),
    );
    const others = fc.array(some, { minLength: kinds - 1, maxLength: kinds - 1 });
    return fc.tuple(rates, others, last).map(([all, first, end]) => buildMix(all, [...first, end]));
  });
}

/**
 * Micro-dollars of the cheapest mix of two kinds, by trying all counts of the first: it takes the
 * buckets that it takes best compared with the second, as far as it has room (exact for two).
 */
export function cheapestOfTwoKinds({ offers, tasks }: Problem): number {
  const { work } = tasks[0]!;
  if (work.kind !== 'serving') return Number.NaN;
  const [first, second] = work.options.map(({ throughputs }) => throughputs);
  const buckets = [...work.rates.keys()].toSorted(
    (a, b) => second![a]! / first![a]! - second![b]! / first![b]!,
  );
  const all = buckets.reduce((sum, bucket) => {
    return first![bucket]! > 0 ? sum + work.rates[bucket]! / first![bucket]! : sum;
  }, 0);
  const [own, other] = offers.map(({ nanosPerHour }) => usdPerUnit(nanosPerHour) * 1e6);
  const most = Math.min(offers[0]!.available ?? Infinity, Math.ceil(all));
  const costs = Array.from({ length: most + 1 }, (_, count) => {
    let left = count;
    let rest = 0;
    for (const bucket of buckets) {
      const [rate, able] = [work.rates[bucket]!, first![bucket]!];
      const share = able > 0 && rate > 0 ? Math.min(1, left / (rate / able)) : 0;
      left -= able > 0 ? (share * rate) / able : 0;
      rest += ((1 - share) * rate) / second![bucket]!;
    }
    return own! * count + other! * Math.ceil(rest - 1e-9);
  });
  return Math.round(Math.min(...costs));
}
