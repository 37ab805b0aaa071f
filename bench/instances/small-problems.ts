import fc from 'fast-check';
import { asMicros, asRate, type Micros, type Rate } from '../../src/base/money.ts';
import { buildProblem, buildTask } from '../../src/core/optimize/model/build-for-tests.ts';
import type {
  Limits,
  Problem,
  ProblemOffer,
  ProblemTask,
} from '../../src/core/optimize/model/problem.ts';

/*
 * Problems of every kind, so small that everything can be tried (brute-force.ts), and so tight that
 * every limit is in the way now and then; a third or so cannot be solved. Made by fast-check, which
 * shrinks what fails.
 */

type Kind = ProblemTask['work']['kind'];

export type SmallProblems = {
  readonly kinds?: readonly Kind[];
  readonly tasksMax?: number;
  readonly minimize?: readonly Problem['objective']['minimize'][];
  /** Limits, pools, needs, transfers, apart, spread: all that couples or restricts. */
  readonly isCoupled?: boolean;
  /** Prices that change with time. */
  readonly hasLaterPrices?: boolean;
};

const KINDS: readonly Kind[] = ['choice', 'divisible', 'serving'];
const REGIONS = ['r', 's'] as const;
const HALF_HOUR_S = 1800;

export function smallProblems({
  kinds = KINDS,
  tasksMax = 2,
  minimize = ['cost'],
  isCoupled = true,
  hasLaterPrices = false,
}: SmallProblems = {}): fc.Arbitrary<Problem> {
  const sizes = fc.record({
    offers: fc.integer({ min: 1, max: 3 }),
    tasks: fc.integer({ min: 1, max: tasksMax }),
    pools: isCoupled ? fc.nat(1) : fc.constant(0),
  });
  return sizes.chain(({ offers, tasks, pools }) =>
    fc
      .record({
        objective: fc.oneof(...minimize.map(objectives)),
        limits: isCoupled ? limits(tasks) : fc.constant(NO_LIMITS),
        offers: fc.tuple(
          ...times(offers, (index) =>
            offer(index, { pools, isLimited: isCoupled || tasks === 1, hasLaterPrices }),
          ),
        ),
        pools: fc.tuple(...times(pools, pool)),
        tasks: fc.tuple(...times(tasks, (index) => task(index, { kinds, offers, isCoupled }))),
        apart: isCoupled && tasks > 1 ? aparts(tasks) : fc.constant([]),
        gigabytes: fc.nat(40),
        routes: fc.subarray(ROUTES, { minLength: 1 }),
      })
      .map(({ gigabytes, ...parts }) =>
        buildProblem({ ...parts, transfers: transfersOf(parts.tasks, gigabytes, isCoupled) }),
      ),
  );
}

const NO_LIMITS: Limits = { deadlineS: null, budgetMicros: null, nanosPerHourMax: null };

const ROUTES = ['a', 'b'].flatMap((from) =>
  REGIONS.flatMap((region) =>
    ['a', 'b'].flatMap((to) =>
      REGIONS.map((other) => ({
        from: `${from}/${region}`,
        to: `${to}/${other}`,
        nanosPerGigabyte: asRate(from === to ? 10_000_000 : 90_000_000),
        gigabitsPerSecond: region === 'r' ? null : 0.1,
      })),
    ),
  ),
);

function objectives(
  minimize: Problem['objective']['minimize'],
): fc.Arbitrary<Problem['objective']> {
  if (minimize !== 'weighted') return fc.constant({ minimize });
  return fc.record({
    minimize: fc.constant('weighted' as const),
    microsPerHour: micros(300_000),
    microsPerKilogram: micros(3_000_000),
  });
}

function limits(scale: number): fc.Arbitrary<Limits> {
  return fc.record({
    deadlineS: seldom(fc.integer({ min: 2, max: 6 * scale }).map((halves) => halves * HALF_HOUR_S)),
    budgetMicros: seldom(micros(2_000_000 * scale)),
    nanosPerHourMax: seldom(rate(1000 * scale)),
  });
}

function offer(
  index: number,
  given: { readonly pools: number; readonly isLimited: boolean; readonly hasLaterPrices: boolean },
): fc.Arbitrary<ProblemOffer> {
  return fc.record({
    id: fc.constant(`offer ${index}`),
    provider: fc.constantFrom('a', 'b'),
    region: fc.constantFrom(...REGIONS),
    zone: fc.constantFrom('1', '2'),
    spot: fc.constant(false),
    nanosPerHour: rate(1000),
    laterPrices: given.hasLaterPrices ? laterPrices() : fc.constant([]),
    billingIncrementS: fc.constantFrom(HALF_HOUR_S, 2 * HALF_HOUR_S),
    billingMinimumS: fc.constantFrom(0, 0, HALF_HOUR_S, 3 * HALF_HOUR_S, 2000),
    available: given.isLimited
      ? fc.constantFrom<(number | null)[]>(null, 1, 2, 3)
      : fc.constant(null),
    gramsPerHour: fc.integer({ min: 0, max: 400 }),
    uses: fc
      .array(fc.integer({ min: 1, max: 2 }), { maxLength: given.pools })
      .map((amounts) => amounts.map((amount, at) => ({ pool: at, amount }))),
  });
}

function laterPrices(): fc.Arbitrary<ProblemOffer['laterPrices']> {
  return fc
    .array(rate(1000), { maxLength: 2 })
    .map((rates) => rates.map((nanosPerHour, at) => ({ fromS: (at + 1) * 2000, nanosPerHour })));
}

function pool(index: number): fc.Arbitrary<Problem['pools'][number]> {
  return fc.record({
    id: fc.constant(`pool ${index}`),
    per: fc.constantFrom('machine' as const, 'machine-hour' as const),
    limit: fc.integer({ min: 1, max: 6 }),
  });
}

type TaskGiven = {
  readonly kinds: readonly Kind[];
  readonly offers: number;
  readonly isCoupled: boolean;
};

function task(index: number, { kinds, offers, isCoupled }: TaskGiven): fc.Arbitrary<ProblemTask> {
  const works = { choice: choice(offers), divisible: divisible(offers), serving: serving(offers) };
  return fc
    .record({
      work: fc.oneof(...kinds.map((kind) => works[kind])),
      limits: isCoupled ? seldomLimits() : fc.constant(NO_LIMITS),
      needs: isCoupled && index > 0 ? fc.subarray([index - 1]) : fc.constant([]),
      providersMin: isCoupled ? fc.constantFrom(1, 1, 1, 1, 2) : fc.constant(1),
      shareMax: isCoupled ? fc.constantFrom(1, 1, 1, 0.6) : fc.constant(1),
    })
    .map((parts) => buildTask({ ...parts, ...spreadOf(parts) }));
}

/** A choice is with one provider; the shares of serving are found by a rule that knows no spread. */
function spreadOf({
  work,
  providersMin,
  shareMax,
}: Pick<ProblemTask, 'work' | 'providersMin' | 'shareMax'>) {
  return work.kind === 'divisible' ? { providersMin, shareMax } : { providersMin: 1, shareMax: 1 };
}

function seldomLimits(): fc.Arbitrary<Limits> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant(NO_LIMITS) },
    { weight: 1, arbitrary: limits(1) },
  );
}

function choice(offers: number): fc.Arbitrary<ProblemTask['work']> {
  const option = fc.record({
    offer: fc.nat(offers - 1),
    machines: fc.integer({ min: 1, max: 2 }),
    hours: fc.constantFrom(0.5, 1, 1.2, 2),
    startS: fc.constantFrom(0, 0, 600),
    extraMicros: fc.constantFrom(asMicros(0), asMicros(12_345)),
  });
  return fc.record({
    kind: fc.constant('choice' as const),
    options: fc.array(option, { minLength: 1, maxLength: 3 }),
  });
}

function divisible(offers: number): fc.Arbitrary<ProblemTask['work']> {
  return fc.record({
    kind: fc.constant('divisible' as const),
    per: fc.constantFrom('hour' as const, 'machine' as const),
    units: fc.constantFrom(1, 2, 3, 4, 2.5),
    options: someOffers(offers).chain((some) =>
      fc.tuple(
        ...some.map((one) =>
          fc.constantFrom(1, 2, 3, 1.5).map((throughput) => ({ offer: one, throughput })),
        ),
      ),
    ),
  });
}

function serving(offers: number): fc.Arbitrary<ProblemTask['work']> {
  return fc.integer({ min: 1, max: 3 }).chain((buckets) => {
    const numbers = (from: number) =>
      fc.array(fc.integer({ min: from, max: 4 }), { minLength: buckets, maxLength: buckets });
    return fc.record({
      kind: fc.constant('serving' as const),
      hours: fc.constantFrom(1, 1.5),
      rates: numbers(1),
      options: someOffers(offers).chain((some) =>
        fc.tuple(
          ...some.map((one) => numbers(0).map((throughputs) => ({ offer: one, throughputs }))),
        ),
      ),
    });
  });
}

/** One offer or two. */
function someOffers(offers: number): fc.Arbitrary<number[]> {
  return fc.subarray(
    times(offers, (index) => index),
    { minLength: 1, maxLength: Math.min(2, offers) },
  );
}

function aparts(tasks: number): fc.Arbitrary<Problem['apart']> {
  const apart = fc.record({
    tasks: fc.constant(times(tasks, (index) => index)),
    by: fc.constantFrom('provider' as const, 'region' as const, 'zone' as const),
  });
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.tuple(apart) },
  );
}

/** From each choice to the next, where both are. */
function transfersOf(
  tasks: readonly ProblemTask[],
  gigabytes: number,
  isCoupled: boolean,
): Problem['transfers'] {
  return tasks.flatMap(({ work }, to) => {
    const before = tasks[to - 1]?.work.kind;
    if (!isCoupled || work.kind !== 'choice' || before !== 'choice' || gigabytes > 25) return [];
    return [{ from: to - 1, to, gigabytes }];
  });
}

function seldom<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

function micros(most: number): fc.Arbitrary<Micros> {
  return fc.integer({ min: 1, max: most }).map(asMicros);
}

/** Thousandths of a dollar an hour, some with odd nano-dollars. */
function rate(most: number): fc.Arbitrary<Rate> {
  return fc
    .tuple(fc.integer({ min: 1, max: most }), fc.constantFrom(0, 0, 0, 777))
    .map(([thousandths, odd]) => asRate(thousandths * 1_000_000 + odd));
}

function times<Value>(count: number, of: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => of(index));
}
