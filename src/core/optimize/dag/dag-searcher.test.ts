import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asMicros, asRate } from '../../../base/money.ts';
import { asEpochMs } from '../../../base/time.ts';
import type { ChoiceWork, Problem } from '../model/problem.ts';
import { OPTIONS as options } from '../search/options-for-tests.ts';
import type { Found } from '../search/searcher.ts';
import { answerCost, verifyAnswer } from '../verify/verify-answer.ts';
import { dagBound } from '../verify/verify-dag-bound.ts';
import { answerOf } from './answer-of.ts';
import { dag } from './dag-searcher.ts';
import { choiceCost } from './placement.ts';
import { placementOf } from './placement-of.ts';
import { everyChoice, leastCost, pipelines, triangle } from './random-pipelines-for-tests.ts';
import { searchPlaces } from './search-places.ts';

const RUNS = process.env['KEDGE_FULL'] === undefined ? 60 : 20_000;

describe('pipelines: against every choice', () => {
  it('finds the least cost, and proves it, or that there is no answer', async () => {
    let [none, proven] = [0, 0];
    await fc.assert(
      fc.asyncProperty(pipelines.map(withoutScarcity), async (problem) => {
        const least = leastCost(problem);
        const found = await dag.search(problem, options);
        assert.equal(found.isInfeasible, least === null);
        if (least === null) {
          none++;
          assert.equal(found.answer, null);
          return;
        }
        assert.deepEqual(verifyAnswer(problem, found.answer!), []);
        assert.equal(answerCost(problem, found.answer!), least);
        assert.equal(boundOf(problem, found), least);
        proven++;
      }),
      { numRuns: RUNS },
    );
    assert.ok(none > 0 && proven > 0, `${none} without, ${proven} with an answer`);
  });

  it('does as well by splitting alone, without any table', () => {
    fc.assert(
      fc.property(pipelines.map(withoutScarcity), (problem) => {
        const { placement } = placementOf(problem);
        const found = searchPlaces(placement, { ...never, sumsMax: 0 });
        const least = leastCost(problem);
        assert.equal(found.bound, least ?? Infinity);
        assert.equal(found.choice === null, least === null);
        if (found.choice === null) return;
        const value = choiceCost(placement, found.choice);
        assert.equal(value, least);
        assert.equal(dagBound(problem, { value, proof: found.proof! }), value);
      }),
      { numRuns: RUNS },
    );
  });

  it('says that there is no answer where all together would cost more than they may', async () => {
    const least = leastCost(triangle)!;
    const within = (micros: number, gap: number): Promise<Found> => {
      const limits = { ...triangle.limits, budgetMicros: asMicros(micros) };
      return dag.search({ ...triangle, limits }, { ...options, gap });
    };
    // Also where any answer would do.
    for (const gap of [options.gap, 1]) {
      assert.notEqual((await within(least, gap)).answer, null);
      const { answer, isInfeasible } = await within(least - 1, gap);
      assert.deepEqual({ answer, isInfeasible }, { answer: null, isInfeasible: true });
    }
  });

  it('splits where prices prove too little: three tasks that cannot all be as they like', () => {
    const { placement } = placementOf(triangle);
    const [tables, splits] = [1000, 0].map((sumsMax) => {
      const found = searchPlaces(placement, { ...never, sumsMax });
      const value = choiceCost(placement, found.choice!);
      assert.equal(value, leastCost(triangle));
      assert.equal(dagBound(triangle, { value, proof: found.proof! }), value);
      return JSON.stringify(found.proof);
    });
    assert.match(tables!, /elimination/);
    assert.match(splits!, /split/);
  });

  it('keeps what is available and deadlines wherever it gives an answer, above a bound that holds', async () => {
    let [best, worse, none] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(pipelines, fc.integer({ min: 1, max: 9 }), async (problem, hours) => {
        const timed = withTime(problem, hours);
        const least = leastCost(timed);
        const found = await dag.search(timed, options);
        const bound = boundOf(timed, found);
        if (least === null) {
          assert.equal(found.answer, null);
          return;
        }
        assert.ok(!found.isInfeasible);
        assert.ok(bound! <= least);
        if (found.answer === null) {
          none++;
          return;
        }
        assert.deepEqual(verifyAnswer(timed, found.answer), []);
        const cost = answerCost(timed, found.answer);
        assert.ok(cost >= least);
        if (cost === least) best++;
        else worse++;
      }),
      { numRuns: RUNS },
    );
    assert.ok(best > worse + none, `${best} best, ${worse} worse, ${none} without answer`);
  });
});

describe('pipelines: laws', () => {
  it('a longer search never ends dearer than where it began', async () => {
    await fc.assert(
      fc.asyncProperty(pipelines.map(withoutScarcity), fc.nat(1000), async (problem, which) => {
        const choices = everyChoice(problem);
        const start = answerOf(problem, choices[which % choices.length]!);
        if (verifyAnswer(problem, start).length > 0) return;
        const clock = { now: () => asEpochMs(5000), sleep: async () => {} };
        const found = await dag.search(problem, { ...options, clock, timeLimitMs: 0, start });
        assert.ok(answerCost(problem, found.answer!) <= answerCost(problem, start));
      }),
      { numRuns: RUNS },
    );
  });

  it('a cheaper offer, or cheaper traffic, never raises the cost', () => {
    fc.assert(
      fc.property(pipelines.map(withoutScarcity), fc.nat(40), (problem, which) => {
        const cheaperOffer: Problem = {
          ...problem,
          offers: problem.offers.map((offer, index) =>
            index === which % problem.offers.length
              ? { ...offer, nanosPerHour: asRate(offer.nanosPerHour / 2) }
              : offer,
          ),
        };
        const cheaperRoute: Problem = {
          ...problem,
          routes: problem.routes.map((route, index) =>
            index === which ? { ...route, nanosPerGigabyte: asRate(0) } : route,
          ),
        };
        const before = bestOf(problem) ?? Infinity;
        for (const other of [cheaperOffer, cheaperRoute]) {
          assert.ok((bestOf(other) ?? Infinity) <= before);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('three times the prices are three times the cost', () => {
    fc.assert(
      fc.property(pipelines.map(withoutScarcity), (problem) => {
        const dearer: Problem = {
          ...problem,
          offers: problem.offers.map((offer) => ({
            ...offer,
            nanosPerHour: asRate(offer.nanosPerHour * 3),
          })),
          routes: problem.routes.map((route) => ({
            ...route,
            nanosPerGigabyte: asRate(route.nanosPerGigabyte * 3),
          })),
          tasks: problem.tasks.map((task) => ({ ...task, ...tripled(task) })),
        };
        const cost = bestOf(problem);
        assert.equal(bestOf(dearer), cost === null ? null : cost * 3);
      }),
      { numRuns: RUNS },
    );
  });

  it('the order of tasks does not matter', () => {
    fc.assert(
      fc.property(pipelines, (problem) => {
        const last = problem.tasks.length - 1;
        const turned: Problem = {
          ...problem,
          tasks: problem.tasks.toReversed(),
          transfers: problem.transfers.map(({ from, to, gigabytes }) => ({
            from: last - from,
            to: last - to,
            gigabytes,
          })),
          apart: problem.apart.map(({ tasks, by }) => ({
            tasks: tasks.map((task) => last - task),
            by,
          })),
        };
        assert.equal(bestOf(turned), bestOf(problem));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('pipelines: what is not taken', () => {
  const taken = fc.sample(pipelines, { numRuns: 1, seed: 4 })[0]!;
  const [first] = taken.tasks;

  it('takes what couples places, at the least cost', () => {
    assert.equal(dag.refuses(taken), null);
  });

  it('says what it does not take, and of which task', () => {
    const budget = { ...first!.limits, budgetMicros: asMicros(1) };
    const joined = [
      { from: 1, to: 0, gigabytes: 1 },
      { from: 2, to: 0, gigabytes: 1 },
    ];
    const cases: readonly (readonly [Partial<Problem>, RegExp])[] = [
      [{ objective: { minimize: 'time' } }, /something else than cost/],
      [
        {
          tasks: [
            { ...first!, work: { kind: 'divisible', per: 'machine', units: 1, options: [] } },
          ],
        },
        /task 0 is not done by one option/,
      ],
      [{ tasks: [{ ...first!, providersMin: 2 }] }, /task 0 wants several providers/],
      [
        { tasks: [{ ...first!, limits: budget }, first!, first!], transfers: joined },
        /task 0 pays for data of several tasks/,
      ],
      [
        {
          offers: taken.offers.map((offer) => ({
            ...offer,
            laterPrices: [{ fromS: 60, nanosPerHour: offer.nanosPerHour }],
          })),
        },
        /prices for task 0 change with time/,
      ],
    ];
    const circle = [
      { from: 0, to: 1, gigabytes: 1 },
      { from: 1, to: 0, gigabytes: 1 },
    ];
    assert.match(dag.refuses({ ...triangle, transfers: circle })!, /in a circle/);
    for (const [parts, words] of cases) assert.match(dag.refuses({ ...taken, ...parts })!, words);
  });
});

const never = { isOver: () => false, gap: 0, starts: [], seed: 1 } as const;

function bestOf(problem: Problem): number | null {
  const { placement } = placementOf(problem);
  const { choice } = searchPlaces(placement, { ...never, sumsMax: 1e6 });
  return choice === null ? null : choiceCost(placement, choice);
}

function boundOf(problem: Problem, { certificate }: Found): number | null {
  return certificate !== null && 'places' in certificate && certificate.places !== undefined
    ? dagBound(problem, certificate.places)
    : null;
}

/** Its budget and what its options cost beside machines. */
function tripled({ limits, work }: Problem['tasks'][number]): Partial<Problem['tasks'][number]> {
  assert.equal(work.kind, 'choice');
  const { budgetMicros } = limits;
  return {
    limits: { ...limits, budgetMicros: budgetMicros === null ? null : asMicros(budgetMicros * 3) },
    work: {
      kind: 'choice',
      options: (work as ChoiceWork).options.map((option) => ({
        ...option,
        extraMicros: asMicros(option.extraMicros * 3),
      })),
    },
  };
}

/** Data take their time, and all must be done within so many hours. */
function withTime(problem: Problem, hours: number): Problem {
  return {
    ...problem,
    limits: { ...problem.limits, deadlineS: hours * 3600 },
    tasks: problem.tasks.map((task, index) => ({
      ...task,
      needs: problem.transfers.filter(({ to }) => to === index).map(({ from }) => from),
    })),
    routes: problem.routes.map((route) => ({ ...route, gigabitsPerSecond: 0.5 })),
  };
}

/** What is available to all tasks together couples them otherwise than by places. */
function withoutScarcity(problem: Problem): Problem {
  return { ...problem, offers: problem.offers.map((offer) => ({ ...offer, available: null })) };
}
