import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asMicros, asRate } from '../../../base/money.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { Problem, ProblemTask } from '../model/problem.ts';
import { assertFault, assertGood, cost, divisible, NO_LIMITS } from './verify-for-tests.ts';

describe('places', () => {
  const offers = [
    buildOffer({ id: 'x', region: 'r', zone: 'z1' }),
    buildOffer({ id: 'y', region: 'r', zone: 'z2' }),
    buildOffer({ id: 'v', provider: 'b', region: 'r', zone: 'z1' }),
  ];
  const lines = (a: number, b: number) => [{ option: a }, { task: 1, option: b }];
  const work: ProblemTask['work'] = {
    kind: 'choice',
    options: offers.map((_, offer) => ({
      offer,
      machines: 1,
      hours: 1,
      startS: 0,
      extraMicros: asMicros(0),
    })),
  };
  const apart = (by: 'provider' | 'region' | 'zone'): Problem =>
    buildProblem({
      offers,
      tasks: [buildTask({ work }), buildTask({ work })],
      apart: [{ tasks: [0, 1], by }],
    });

  it('tasks are apart by provider, region or zone, each within what it is part of', () => {
    assertFault(apart('zone'), lines(0, 0), /both at a\/r\/z1/);
    assertGood(apart('zone'), lines(0, 1));
    assertFault(apart('region'), lines(0, 1), /both at a\/r, and must be apart by region/);
    assertGood(apart('region'), lines(0, 2));
    assertFault(apart('provider'), lines(0, 1), /both at a,/);
    assertGood(apart('provider'), lines(1, 2));
  });

  it('as many providers as are wanted carry a part', () => {
    const tasks = [buildTask({ work: divisible(20, 'hour', [0, 1, 2]), providersMin: 2 })];
    const shared = buildProblem({ offers, tasks });
    assertGood(shared, [{}, { option: 2 }]);
    assertFault(shared, [{}, { option: 1 }], /with 1 providers, and wants 2/);
    assertFault(shared, [{ hours: 2 }, { option: 2, hours: 0 }], /with 1 providers/);
  });

  it('no provider needs to carry more than its share of the work', () => {
    const shared = buildProblem({
      offers,
      tasks: [buildTask({ work: divisible(20, 'hour', [0, 1, 2]), shareMax: 0.6 })],
    });
    assertGood(shared, [{}, { option: 2 }]);
    assertGood(shared, [{ hours: 5 }, { option: 2, hours: 0.8 }]);
    assertFault(shared, [{}, { option: 1 }], /more than 60 % of task 0, so that 12 units count/);
  });

  it('no provider takes more than its share of the requests', () => {
    const serving: ProblemTask['work'] = {
      kind: 'serving',
      hours: 1,
      rates: [1, 3],
      options: offers.map((_, offer) => ({ offer, throughputs: [4, 4] })),
    };
    const shared = buildProblem({ offers, tasks: [buildTask({ work: serving, shareMax: 0.5 })] });
    assertGood(shared, [{ shares: [0.5, 0.5] }, { option: 2, shares: [0.5, 0.5] }]);
    assertFault(
      shared,
      [{ shares: [0, 0.75] }, { option: 2, shares: [1, 0.25] }],
      /a takes 2.25 requests a second of task 0, at most 2 may be/,
    );
  });
});

describe('order and data', () => {
  const offers = [buildOffer({ id: 'x', region: 'r' }), buildOffer({ id: 'y', region: 's' })];
  const work: ProblemTask['work'] = {
    kind: 'choice',
    options: [0, 1].map((offer) => ({
      offer,
      machines: 1,
      hours: 1,
      startS: 0,
      extraMicros: asMicros(7),
    })),
  };
  const pair = (parts: Partial<Problem>): Problem =>
    buildProblem({
      offers,
      tasks: [buildTask({ work }), buildTask({ work, needs: [0] })],
      ...parts,
    });

  it('a task begins when what it needs has ended', () => {
    assertGood(pair({}), [{}, { task: 1, startS: 3600 }]);
    assertFault(pair({}), [{}, { task: 1, startS: 3599 }], /begins at second 3599, task 0 is done/);
  });

  const transfers = [{ from: 0, to: 1, gigabytes: 45 }];
  const routes = [
    { from: 'a/r', to: 'a/s', nanosPerGigabyte: asRate(20_000_000), gigabitsPerSecond: 2 },
  ];

  it('data are on their way for as long as the route takes', () => {
    const moved = { task: 1, option: 1 };
    assertGood(pair({ transfers, routes }), [{}, { ...moved, startS: 3780 }]);
    assertFault(
      pair({ transfers, routes }),
      [{}, { ...moved, startS: 3779 }],
      /handed over at 3780/,
    );
    assertGood(pair({ transfers, routes }), [{}, { task: 1, startS: 3600 }]);
  });

  it('where no route is known nothing can be handed over', () => {
    const back = [{ option: 1 }, { task: 1, startS: 3600 }];
    assertFault(pair({ transfers, routes }), back, /no route .* a\/s to a\/r/);
  });

  it('data are paid for by the gigabyte, and by the task that takes them', () => {
    const problem = pair({ transfers, routes });
    assert.equal(
      cost(problem, [{}, { task: 1, option: 1, startS: 3780 }]),
      2_000_000 + 14 + 900_000,
    );
    const [first, second] = problem.tasks;
    const limits = { ...NO_LIMITS, budgetMicros: asMicros(1_900_006) };
    const tight = { ...problem, tasks: [first!, { ...second!, limits }] };
    assertFault(
      tight,
      [{}, { task: 1, option: 1, startS: 3780 }],
      /task 1 costs \$1.90, its budget/,
    );
  });
});
