import { asRate, ZERO_MICROS } from '../../src/base/money.ts';
import { type Random, seededRandom } from '../../src/base/rng.ts';
import {
  buildOffer,
  buildProblem,
  buildTask,
} from '../../src/core/optimize/model/build-for-tests.ts';
import type { Problem } from '../../src/core/optimize/model/problem.ts';
import { type CoverClass, coverInstance } from './cover-instances.ts';

/**
 * Problems that an exact search settles in seconds, to judge others by:
 *
 * - `cover`: one task of divisible work on 20 to 100 offers, of the classes of cover-instances.ts.
 * - `coupled`: 2 to 6 such tasks on 20 to 60 offers that they share.
 * - `hours`: one task by the hour on 5 to 30 offers, within 3 to 24 hours, billed by the second or
 *   by the hour.
 * - `placement`: a pipeline of 5 to 15 tasks, 24 options each in 8 regions, data between them, and
 *   a quota in each region that a fifth of the tasks' machines would use up.
 * - `serving`: 3 to 8 kinds of machine, 4 to 25 buckets of requests.
 */
export const GENETIC_KINDS = ['cover', 'coupled', 'hours', 'placement', 'serving'] as const;
export type GeneticKind = (typeof GENETIC_KINDS)[number];

const CLASSES: readonly CoverClass[] = ['uncorrelated', 'proportional', 'duplicated', 'tight'];
const REGIONS = 8;
const OPTIONS = 24;

/** The same problem for the same seed. */
export function geneticInstance(kind: GeneticKind, seed: number): Problem {
  const random = seededRandom(seed * 1_000_033 + GENETIC_KINDS.indexOf(kind));
  const whole = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  switch (kind) {
    case 'cover':
      return coverInstance(CLASSES[seed % 4]!, { tasks: 1, offers: whole(20, 100) }, { seed });
    case 'coupled': {
      const size = { tasks: whole(2, 6), offers: whole(20, 60) };
      return coverInstance(CLASSES[seed % 4]!, size, { seed });
    }
    case 'hours':
      return hoursInstance(random, whole);
    case 'placement':
      return placementInstance(whole);
    case 'serving':
      return servingInstance(random, whole);
  }
}

type Whole = (least: number, most: number) => number;

function hoursInstance(random: Random, whole: Whole): Problem {
  const offers = Array.from({ length: whole(5, 30) }, (_, index) => {
    const incrementS = random() < 0.5 ? 1 : 3600;
    return buildOffer({
      id: `offer ${index}`,
      nanosPerHour: asRate(whole(100, 40_000) * 1e6),
      billingIncrementS: incrementS,
      billingMinimumS: random() < 0.3 ? 3600 : 0,
      available: whole(1, 8),
    });
  });
  const throughputs = offers.map(({ nanosPerHour }) =>
    Math.ceil((nanosPerHour / 1e9) * (5 + 10 * random())),
  );
  const hours = whole(3, 24);
  const most = offers.reduce((sum, one, index) => sum + one.available! * throughputs[index]!, 0);
  return buildProblem({
    limits: { deadlineS: hours * 3600, budgetMicros: null, nanosPerHourMax: null },
    offers,
    tasks: [
      buildTask({
        work: {
          kind: 'divisible',
          per: 'hour',
          units: Math.ceil(most * hours * (0.05 + 0.4 * random())),
          options: throughputs.map((throughput, offer) => ({ offer, throughput })),
        },
      }),
    ],
  });
}

function placementInstance(whole: Whole): Problem {
  const tasks = whole(5, 15);
  const places = Array.from({ length: REGIONS }, (_, index) => `region ${index}`);
  const offers = Array.from({ length: OPTIONS }, (_, index) =>
    buildOffer({
      id: `offer ${index}`,
      provider: 'p',
      region: places[index % REGIONS]!,
      nanosPerHour: asRate(whole(500, 8_000) * 1e6),
      uses: [{ pool: index % REGIONS, amount: 1 }],
    }),
  );
  return buildProblem({
    offers,
    pools: places.map((id) => ({ id, per: 'machine', limit: Math.max(2, Math.ceil(tasks / 5)) })),
    tasks: Array.from({ length: tasks }, (_task, task) =>
      buildTask({
        needs: task === 0 ? [] : [whole(0, task - 1)],
        work: {
          kind: 'choice',
          options: offers.map((_, offer) => ({
            offer,
            machines: 1,
            hours: whole(5, 80) / 10,
            startS: 0,
            extraMicros: ZERO_MICROS,
          })),
        },
      }),
    ),
    transfers: Array.from({ length: tasks - 1 }, (_, index) => ({
      from: whole(0, index),
      to: index + 1,
      gigabytes: whole(0, 400),
    })),
    routes: places.flatMap((from) =>
      places.map((to) => ({
        from: `p/${from}`,
        to: `p/${to}`,
        nanosPerGigabyte: asRate(whole(10, 90) * 1e6),
        gigabitsPerSecond: null,
      })),
    ),
  });
}

function servingInstance(random: Random, whole: Whole): Problem {
  const offers = Array.from({ length: whole(3, 8) }, (_, index) =>
    buildOffer({ id: `gpu ${index}`, nanosPerHour: asRate(whole(500, 12_000) * 1e6) }),
  );
  const buckets = whole(4, 25);
  const requests = whole(10, 60);
  const weights = Array.from({ length: buckets }, () => random());
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const sizes = weights.map(() => 2 ** (4 * random()));
  return buildProblem({
    offers,
    tasks: [
      buildTask({
        work: {
          kind: 'serving',
          hours: 1,
          rates: weights.map((weight) => (requests * weight) / total),
          options: offers.map(({ nanosPerHour }, offer) => {
            const fitsUp = random() < 0.3 ? 8 : Infinity;
            return {
              offer,
              throughputs: sizes.map((size) =>
                size > fitsUp ? 0 : ((nanosPerHour / 1e9) * (3 + 4 * random())) / size,
              ),
            };
          }),
        },
      }),
    ],
  });
}
