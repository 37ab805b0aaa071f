import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bruteForce } from '../../../../bench/instances/brute-force.ts';
import { type SmallProblems, smallProblems } from '../../../../bench/instances/small-problems.ts';
import { asRate } from '../../../base/money.ts';
import type { BoundTree, Duals, ProblemCertificate } from '../model/answer.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { Problem, ProblemTask } from '../model/problem.ts';
import type { Fraction } from '../model/task-problem.ts';
import { problemBound } from './problem-bound.ts';

const RUNS = Number(process.env['KEDGE_BOUND_RUNS'] ?? 40);
const OBJECTIVES = ['cost', 'cost', 'time', 'carbon', 'weighted'] as const;

/** Prices that mean something in problems as small as these, some far too high, and none. */
function fractions(most: number): fc.Arbitrary<Fraction> {
  return fc.oneof(
    fc.record({ of: fc.integer({ min: 0, max: most }), per: fc.integer({ min: 1, max: 7 }) }),
    fc.constant({ of: 0, per: 1 }),
  );
}

/** About what a unit, or all requests of a bucket, cost on one of the options: close bounds. */
function closePrices(problem: Problem, work: ProblemTask['work'], bucket: number) {
  const prices = work.options.map((option) => {
    const hourly = problem.offers[option.offer]!.nanosPerHour / 1000;
    if ('throughput' in option) return hourly / option.throughput;
    if (!('throughputs' in option) || work.kind !== 'serving') return 1;
    const throughput = option.throughputs[bucket]!;
    return throughput === 0 ? 1 : (hourly * work.hours * work.rates[bucket]!) / throughput;
  });
  return fc
    .tuple(fc.constantFrom(...prices), fc.constantFrom(8, 9, 10, 10, 11, 13, 15, 20))
    .map(([price, tenths]) => ({ of: Math.ceil(price * tenths), per: 10 }));
}

function anyDuals(problem: Problem): fc.Arbitrary<Duals> {
  const { pools, offers, tasks } = problem;
  return fc.record({
    pools: fc.tuple(...pools.map(() => fractions(600_000))),
    offers: fc
      .subarray([...offers.keys()])
      .chain((some) =>
        fc.tuple(...some.map((offer) => fractions(300_000).map((price) => ({ offer, price })))),
      ),
    budget: fractions(3),
    tasks: fc.tuple(
      ...tasks.map(({ work }) =>
        fc.tuple(
          ...Array.from({ length: work.kind === 'serving' ? work.rates.length : 1 }, (_, bucket) =>
            fc.oneof(
              { weight: 1, arbitrary: fractions(1_500_000) },
              { weight: 3, arbitrary: closePrices(problem, work, bucket) },
            ),
          ),
        ),
      ),
    ),
  });
}

function trees(problem: Problem, depth: number): fc.Arbitrary<BoundTree> {
  const leaf = anyDuals(problem).map((one) => ({ duals: one }));
  if (depth === 0) return leaf;
  const split = fc.nat(problem.tasks.length - 1).chain((task) =>
    fc.record({
      task: fc.constant(task),
      option: fc.nat(problem.tasks[task]!.work.options.length - 1),
      at: fc.nat(2),
    }),
  );
  const half = trees(problem, depth - 1);
  return fc.oneof(leaf, fc.record({ split, atMost: half, more: half }));
}

function certificates(problem: Problem): fc.Arbitrary<ProblemCertificate> {
  const byDuals = anyDuals(problem).map((one) => ({ proof: 'duals' as const, duals: one }));
  const byTree = trees(problem, 3).map((tree) => ({ proof: 'tree' as const, tree }));
  return fc.oneof(
    { weight: 3, arbitrary: byDuals },
    { weight: 3, arbitrary: byTree },
    { weight: 1, arbitrary: fc.constant({ proof: 'enumeration' as const }) },
    { weight: 1, arbitrary: fc.constant({ proof: 'dp' as const }) },
  );
}

/** Whatever the certificates say, no answer is below what they are taken to prove. */
function assertBounds(given: SmallProblems): void {
  const cases = smallProblems(given).chain((problem) =>
    fc.record({
      problem: fc.constant(problem),
      certificates: fc.array(certificates(problem), { minLength: 12, maxLength: 12 }),
    }),
  );
  fc.assert(
    fc.property(cases, ({ problem, certificates: all }) => {
      const best = bruteForce(problem);
      if (best === null) return;
      for (const certificate of all) {
        const bound = problemBound(problem, certificate) ?? 0;
        assert.ok(bound <= best.value, `${certificate.proof}: ${bound} > ${best.value}`);
      }
    }),
    { numRuns: RUNS },
  );
}

describe('no certificate, however wrong, bounds above what everything that can be tried gives', () => {
  for (const kind of ['choice', 'divisible', 'serving'] as const) {
    it(`for ${kind} tasks`, () => assertBounds({ kinds: [kind], minimize: OBJECTIVES }));
  }
  it('for one task of divisible work', () => {
    assertBounds({ kinds: ['divisible'], tasksMax: 1, minimize: OBJECTIVES });
  });
  it('for one task of divisible work without limits', () => {
    assertBounds({ kinds: ['divisible'], tasksMax: 1, isCoupled: false });
  });
  it('for all together', () => assertBounds({ minimize: OBJECTIVES }));
  it('where prices change', () => assertBounds({ minimize: OBJECTIVES, hasLaterPrices: true }));
});

/** Anything but machines and time is in the way. */
function isRestricted({ limits, pools, offers, tasks: [task] }: Problem): boolean {
  const { limits: own, providersMin, shareMax } = task!;
  const taken = offers.some(({ uses }) => uses.length > 0) && pools.length > 0;
  const isLimited = [limits, own].some(
    ({ nanosPerHourMax, deadlineS }) => nanosPerHourMax !== null || deadlineS !== null,
  );
  return taken || isLimited || providersMin > 1 || shareMax < 1;
}

describe('what a certificate proves', () => {
  const costOf = (problem: Problem, certificate: ProblemCertificate) => {
    return { bound: problemBound(problem, certificate), best: bruteForce(problem)?.value };
  };

  it('the options of choices that do not compete are enumerated to the micro-dollar', () => {
    const problems = smallProblems({ kinds: ['choice'], isCoupled: false, tasksMax: 3 });
    fc.assert(
      fc.property(problems, (problem) => {
        const { bound, best } = costOf(problem, { proof: 'enumeration' });
        assert.equal(bound, best ?? Infinity);
      }),
      { numRuns: RUNS },
    );
  });

  // How long to wait until a budget is just enough, trying all the steps of prices does not tell.
  for (const [minimize, hasLaterPrices] of [
    ['cost', true],
    ['carbon', true],
    ['time', false],
  ] as const) {
    it(`so they are for one task with limits, for the least ${minimize}`, () => {
      const given = {
        kinds: ['choice'],
        tasksMax: 1,
        minimize: [minimize],
        hasLaterPrices,
      } as const;
      fc.assert(
        fc.property(smallProblems(given), (problem) => {
          // What machines take turns for, an enumeration of options does not tell.
          fc.pre(problem.pools.every(({ per }) => per === 'machine'));
          fc.pre(problem.limits.nanosPerHourMax === null);
          fc.pre(problem.tasks[0]!.limits.nanosPerHourMax === null);
          const { bound, best } = costOf(problem, { proof: 'enumeration' });
          const value = best ?? Infinity;
          assert.ok(bound === value || Math.abs(bound! - value) < 1e-5 + value * 1e-7);
        }),
        { numRuns: RUNS },
      );
    });
  }

  it('one task of machines is solved again by the recurrence, but for what rounding takes', () => {
    const problems = smallProblems({ kinds: ['divisible'], isCoupled: false, tasksMax: 1 });
    fc.assert(
      fc.property(problems, (problem) => {
        const { work } = problem.tasks[0]!;
        fc.pre(work.kind === 'divisible' && work.per === 'machine');
        const { bound, best } = costOf(problem, { proof: 'dp' });
        if (best === undefined) return;
        assert.ok(bound! <= best && bound! >= best - 3, `${bound} ${best}`);
      }),
      { numRuns: RUNS },
    );
  });

  const hourly = smallProblems({ kinds: ['divisible'], tasksMax: 1 }).filter(
    ({ tasks: [task] }) => task!.work.kind === 'divisible' && task!.work.per === 'hour',
  );

  it('one task of hours is bounded by the recurrence', () => {
    fc.assert(
      fc.property(hourly, (problem) => {
        const { bound, best } = costOf(problem, { proof: 'dp' });
        if (best !== undefined) assert.ok(bound! <= best, `${bound} ${best}`);
      }),
      { numRuns: RUNS },
    );
  });

  it('one task of hours is bounded exactly where machines have no minimum', () => {
    const free = hourly
      .filter((problem) => !isRestricted(problem))
      .map((problem) => {
        const offers = problem.offers.map((offer) => ({ ...offer, billingMinimumS: 0 }));
        return { ...problem, offers };
      });
    let solved = 0;
    fc.assert(
      fc.property(free, (problem) => {
        const { bound, best } = costOf(problem, { proof: 'dp' });
        if (best === undefined) return;
        solved++;
        assert.ok(bound! <= best && bound! >= best - 6, `${bound} ${best}`);
      }),
      { numRuns: RUNS },
    );
    assert.ok(solved > 0);
  });

  const none = { of: 0, per: 1 };
  const noPrices: Duals = { pools: [], offers: [], budget: none, tasks: [] };

  it('what rounding may take off a bill is allowed for', () => {
    // Half an hour costs 1000.3885 micro-dollars, which is billed as 1000.
    const problem = buildProblem({
      offers: [buildOffer({ nanosPerHour: asRate(2_000_777), billingIncrementS: 1800 })],
      tasks: [
        buildTask({
          work: {
            kind: 'divisible',
            per: 'hour',
            units: 1,
            options: [{ offer: 0, throughput: 2 }],
          },
        }),
      ],
    });
    const duals = { ...noPrices, tasks: [[{ of: 2_000_777, per: 2000 }]] };
    assert.deepEqual(costOf(problem, { proof: 'duals', duals }), { bound: 999, best: 1000 });
  });

  it('machines that serve are whole: as many as pay, rounded down or up', () => {
    const work: ProblemTask['work'] = {
      kind: 'serving',
      hours: 1,
      rates: [3],
      options: [
        { offer: 0, throughputs: [2] },
        { offer: 1, throughputs: [1] },
      ],
    };
    const problem = buildProblem({
      offers: [buildOffer({}), buildOffer({ nanosPerHour: asRate(550_000_000) })],
      tasks: [buildTask({ work }), buildTask({ work })],
    });
    const price = { of: 1_600_000, per: 1 };
    const { bound, best } = costOf(problem, {
      proof: 'duals',
      duals: { ...noPrices, tasks: [[price], [price]] },
    });
    // One machine of the first takes two thirds: each task is worth 1.6 − (1.6 · 2/3 − 1) dollars.
    assert.equal(best, 3_100_000);
    assert.ok(Math.abs(bound! - 3_066_667) < 10, `${bound}`);
  });

  it('a table of prices with holes, or with nonsense in it, is no error', () => {
    const problem = buildProblem({
      offers: [buildOffer({ available: 3 })],
      pools: [{ id: 'quota', per: 'machine', limit: 3 }],
      tasks: [
        buildTask({
          work: {
            kind: 'divisible',
            per: 'hour',
            units: 1,
            options: [{ offer: 0, throughput: 2 }],
          },
        }),
      ],
    });
    for (const price of [
      { of: -5, per: 1 },
      { of: 5, per: 0 },
      { of: Number.NaN, per: 1 },
      { of: Infinity, per: 1 },
      { of: 0.5, per: 0.25 },
    ]) {
      const offers = [{ offer: 7, price }];
      const duals: Duals = { pools: [price], offers, budget: price, tasks: [[], [price]] };
      assert.equal(problemBound(problem, { proof: 'duals', duals }), 0);
      const split = { task: 3, option: 4, at: 0.5 };
      const tree = { split, atMost: { duals }, more: { duals } };
      assert.equal(problemBound(problem, { proof: 'tree', tree }), 0);
    }
  });

  it('that a part of a search is empty, and that all of it is', () => {
    const problem = buildProblem({
      offers: [buildOffer({ available: 2 })],
      tasks: [
        buildTask({
          work: {
            kind: 'divisible',
            per: 'machine',
            units: 2,
            options: [{ offer: 0, throughput: 1 }],
          },
        }),
      ],
    });
    const leaf = { duals: { ...noPrices, tasks: [[{ of: 1_000_000, per: 1 }]] } };
    const splitAt = (at: number): BoundTree => {
      return { split: { task: 0, option: 0, at }, atMost: leaf, more: leaf };
    };
    const boundOf = (one: Problem, tree: BoundTree) => problemBound(one, { proof: 'tree', tree });
    assert.equal(boundOf(problem, splitAt(1)), 2_000_000);
    const more = { ...problem, offers: [buildOffer({ available: 1 })] };
    assert.equal(boundOf(more, splitAt(1)), Infinity);
  });

  it("a solver's word proves nothing", () => {
    const problem = buildProblem({ offers: [buildOffer({})] });
    assert.equal(problemBound(problem, { proof: 'solver', claimed: 5 }), null);
  });
});
