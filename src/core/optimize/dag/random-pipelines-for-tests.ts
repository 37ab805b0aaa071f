import fc from 'fast-check';
import { asMicros, asRate } from '../../../base/money.ts';
import type { ChoiceWork, Problem } from '../model/problem.ts';
import { answerCost, verifyAnswer } from '../verify/verify-answer.ts';
import { answerOf } from './answer-of.ts';

/** Small pipelines of which every choice can be tried, with all that couples places. */
export const pipelines: fc.Arbitrary<Problem> = fc
  .record({
    offers: fc.array(
      fc.record({
        provider: fc.constantFrom('a', 'b'),
        region: fc.constantFrom('x', 'y', 'z', null),
        zone: fc.constantFrom('1', '2', null),
        price: fc.integer({ min: 1, max: 40 }),
        available: fc.constantFrom(null, null, 1, 2),
      }),
      { minLength: 2, maxLength: 8 },
    ),
    tasks: fc.array(
      fc.record({
        options: fc.array(
          fc.record({
            offer: fc.nat(7),
            machines: fc.integer({ min: 1, max: 2 }),
            hours: fc.integer({ min: 1, max: 3 }),
            extra: fc.nat(3_000_000),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        budget: fc.constantFrom(null, null, 60),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    transfers: fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.constantFrom(0, 1, 10.5, 100)), {
      maxLength: 7,
    }),
    routes: fc.array(
      fc.record({ from: fc.nat(7), to: fc.nat(7), price: fc.integer({ min: 0, max: 300 }) }),
      { maxLength: 40 },
    ),
    apart: fc.option(
      fc.record({
        tasks: fc.uniqueArray(fc.nat(4), { minLength: 2, maxLength: 3 }),
        by: fc.constantFrom('provider' as const, 'region' as const, 'zone' as const),
      }),
      { nil: null, freq: 3 },
    ),
  })
  .map(({ offers, tasks, transfers, routes, apart }): Problem => {
    const count = tasks.length;
    const regions = ['a', 'b'].flatMap((provider) =>
      ['x', 'y', 'z', ''].map((region) => `${provider}/${region}`),
    );
    return {
      schema: 'kedge.problem/v1',
      name: null,
      objective: { minimize: 'cost' },
      limits: { deadlineS: null, budgetMicros: null, nanosPerHourMax: null },
      offers: offers.map(({ price, ...rest }, index) => ({
        ...rest,
        id: `offer ${index}`,
        spot: false,
        nanosPerHour: asRate(price * 1_000_000_000),
        laterPrices: [],
        billingIncrementS: 1,
        billingMinimumS: 0,
        gramsPerHour: null,
        uses: [],
      })),
      pools: [],
      tasks: tasks.map(({ options, budget }) => ({
        name: null,
        needs: [],
        limits: {
          deadlineS: null,
          budgetMicros: budget === null ? null : asMicros(budget * 1_000_000),
          nanosPerHourMax: null,
        },
        providersMin: 1,
        shareMax: 1,
        work: {
          kind: 'choice',
          options: options.map(({ offer, machines, hours, extra }) => ({
            offer: offer % offers.length,
            machines,
            hours,
            startS: 0,
            extraMicros: asMicros(extra),
          })),
        },
      })),
      // Each goes to a later task, and there is one at most into a task with a budget.
      transfers: transfers
        .map(([one, other, gigabytes]) => ({ one: one % count, other: other % count, gigabytes }))
        .filter(({ one, other }) => one !== other)
        .map(({ one, other, gigabytes }) => ({
          from: Math.min(one, other),
          to: Math.max(one, other),
          gigabytes,
        }))
        .filter(
          ({ to }, index, all) =>
            tasks[to]!.budget === null || all.findIndex((one) => one.to === to) === index,
        ),
      routes: [
        ...new Map(
          routes.map(({ from, to, price }) => [
            `${from} ${to}`,
            {
              from: regions[from]!,
              to: regions[to]!,
              nanosPerGigabyte: asRate(price * 1_000_000),
              gigabitsPerSecond: null,
            },
          ]),
        ).values(),
      ],
      apart: apart === null || apart.tasks.some((task) => task >= count) ? [] : [apart],
    };
  });

/** With deadlines for all or for some, tasks that only wait, options that begin late, slow routes. */
export const hurried: fc.Arbitrary<Problem> = fc
  .record({
    problem: pipelines,
    deadline: fc.option(fc.integer({ min: 2, max: 9 }), { freq: 8 }),
    ofTasks: fc.array(fc.option(fc.integer({ min: 2, max: 10 }), { freq: 2 }), {
      minLength: 5,
      maxLength: 5,
    }),
    needs: fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 1, maxLength: 5 }),
    starts: fc.array(fc.constantFrom(0, 0, 0, 1800, 4000), { minLength: 25, maxLength: 25 }),
    haste: fc.constantFrom(0, 30_000_000, 90_000_000),
    speeds: fc.array(fc.constantFrom(null, 0.1, 1), { minLength: 40, maxLength: 40 }),
  })
  .map(({ problem, deadline, ofTasks, needs, starts, haste, speeds }) => {
    const secondsOf = (hours: number | null): number | null =>
      hours === null ? null : hours * 3600;
    const count = problem.tasks.length;
    return {
      ...problem,
      offers: problem.offers.map((offer) => ({ ...offer, available: null })),
      limits: { ...problem.limits, deadlineS: secondsOf(deadline) },
      routes: [...problem.routes, ...missingRoutes(problem)].map((route, at) => {
        return { ...route, gigabitsPerSecond: speeds[at % speeds.length]! };
      }),
      tasks: problem.tasks.map((task, index) => ({
        ...task,
        needs: [
          ...new Set(
            needs.flatMap(([one, other]) => {
              const [from, to] = [Math.min(one, other) % count, Math.max(one, other) % count];
              return to === index && from < to ? [from] : [];
            }),
          ),
        ],
        limits: { ...task.limits, budgetMicros: null, deadlineS: secondsOf(ofTasks[index]!) },
        work: {
          kind: 'choice' as const,
          options: (task.work as ChoiceWork).options.map((option, at) => ({
            ...option,
            startS: starts[index * 5 + at]!,
            extraMicros: asMicros(option.extraMicros + (3 - option.hours) * haste),
          })),
        },
      })),
    };
  });

/** Most of those that there are not, so that most can be done. */
function missingRoutes({ offers, routes }: Problem): Problem['routes'] {
  const regions = [...new Set(offers.map(({ provider, region }) => `${provider}/${region ?? ''}`))];
  const known = new Set(routes.map(({ from, to }) => `${from} ${to}`));
  return regions.flatMap((from, one) =>
    regions.flatMap((to, other) => {
      if (from === to || known.has(`${from} ${to}`) || (one + other) % 4 === 3) return [];
      return [{ from, to, nanosPerGigabyte: asRate(90_000_000), gigabitsPerSecond: null }];
    }),
  );
}

/**
 * Two tasks that want to be with a third, and must not be together: a relaxation has each half here
 * and half there.
 */
export const triangle: Problem = buildTriangle();

function buildTriangle(): Problem {
  const base = fc.sample(pipelines, { numRuns: 1, seed: 4 })[0]!;
  const [task] = base.tasks;
  const [offer] = base.offers;
  const option = { offer: 0, machines: 1, hours: 1, startS: 0, extraMicros: asMicros(0) };
  const options = [option, { ...option, offer: 1 }];
  const free = { ...task!, limits: base.limits, work: { kind: 'choice' as const, options } };
  return {
    ...base,
    offers: ['x', 'y'].map((region) => ({ ...offer!, id: region, region, available: null })),
    tasks: [free, free, free],
    transfers: [
      { from: 0, to: 1, gigabytes: 7 },
      { from: 1, to: 2, gigabytes: 11 },
    ],
    routes: ['xy', 'yx'].map((pair) => ({
      from: `${offer!.provider}/${pair[0]}`,
      to: `${offer!.provider}/${pair[1]}`,
      nanosPerGigabyte: asRate(20_000_000),
      gigabitsPerSecond: null,
    })),
    apart: [{ tasks: [0, 2], by: 'region' }],
  };
}

/** An option of each task, in every way. */
export function everyChoice({ tasks }: Problem): readonly (readonly number[])[] {
  return tasks.reduce<readonly (readonly number[])[]>(
    (all, { work }) =>
      all.flatMap((chosen) => work.options.map((_, option) => [...chosen, option])),
    [[]],
  );
}

/** Micro-dollars of the cheapest choice that the check lets pass; null where it lets none. */
export function leastCost(problem: Problem): number | null {
  let least: number | null = null;
  for (const chosen of everyChoice(problem)) {
    const answer = answerOf(problem, chosen);
    if (verifyAnswer(problem, answer).length > 0) continue;
    const cost = answerCost(problem, answer);
    if (least === null || cost < least) least = cost;
  }
  return least;
}
