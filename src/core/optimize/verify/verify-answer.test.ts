import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asMicros, asRate } from '../../../base/money.ts';
import { hireCost } from '../../match/hire-cost.ts';
import type { AnswerLine } from '../model/answer.ts';
import { buildOffer, buildProblem, buildTask } from '../model/build-for-tests.ts';
import type { Limits, Problem, ProblemTask } from '../model/problem.ts';
import { answerValue, verifyAnswer } from './verify-answer.ts';
import {
  assertFault,
  assertGood,
  choice,
  cost,
  divisible,
  line,
  NO_LIMITS,
} from './verify-for-tests.ts';

function oneTask(work: ProblemTask['work'], parts: Partial<Problem> = {}): Problem {
  return buildProblem({ offers: [buildOffer({})], tasks: [buildTask({ work })], ...parts });
}

describe('an answer names what there is', () => {
  const problem = oneTask(divisible(10));
  const wrong: readonly [string, Partial<AnswerLine>, RegExp][] = [
    ['a task', { task: 1 }, /there is no task 1/],
    ['an option', { option: 3 }, /task 0 has no option 3/],
    ['whole machines', { machines: 1.5 }, /hires 1.5 machines/],
    ['one machine or more', { machines: 0 }, /hires 0 machines/],
    ['hours that are a number', { hours: Number.NaN }, /for NaN hours/],
    ['a start that is not over yet', { startS: -1 }, /from second -1 on/],
  ];
  for (const [what, parts, fault] of wrong) {
    it(what, () => assertFault(problem, [{}, parts], fault));
  }

  it('of lines that mean nothing, no value is made up', () => {
    assert.throws(() => answerValue(problem, { lines: [line({ option: 9 })] }), /no option 9/);
  });
});

describe('the work is done', () => {
  it('a choice is exactly one of its options, as it is', () => {
    const problem = oneTask(choice({ machines: 2, hours: 3 }));
    assertGood(problem, [{ machines: 2, hours: 3 }]);
    assertFault(problem, [], /on 0 options/);
    assertFault(
      problem,
      [
        { machines: 2, hours: 3 },
        { machines: 2, hours: 3 },
      ],
      /on 2 options/,
    );
    assertFault(problem, [{ machines: 2, hours: 2 }], /not its option 0/);
    assertFault(problem, [{ machines: 1, hours: 3 }], /not its option 0/);
  });

  it('a choice may begin later than its option says, never earlier', () => {
    const problem = oneTask(choice({ startS: 60 }));
    assertGood(problem, [{ startS: 90 }]);
    assertFault(problem, [{ startS: 59 }], /before its option/);
  });

  it('units are done by machines × hours, to a billionth', () => {
    const problem = oneTask(divisible(10));
    assertGood(problem, [{ machines: 3, hours: 1 / 3 }]);
    assertGood(problem, [{ machines: 2, hours: 0.25 }, { hours: 0.5 }]);
    assertFault(problem, [{ hours: 1 - 1e-8 }], /of the 10 units of task 0 are done/);
    assertFault(problem, [], /0 of the 10 units/);
  });

  it('work per machine counts machines, each for an hour', () => {
    const problem = oneTask(divisible(30, 'machine'));
    assertGood(problem, [{ machines: 3 }]);
    assertFault(problem, [{ machines: 2 }], /20 of the 30/);
    assertFault(problem, [{ machines: 3, hours: 2 }], /its work is per machine/);
  });

  it('time that is not billed does no work', () => {
    const offers = [buildOffer({ billingIncrementS: 3600 })];
    const problem = oneTask(divisible(10 + 5e-9), { offers });
    assertGood(problem, [{ hours: 1 }]);
    const sliver = oneTask(divisible(10 * (1 + 3e-9)), { offers });
    assertFault(sliver, [{ hours: 1 + 9e-10, machines: 1 }], /units/);
  });

  it('shares are for serving alone', () => {
    assertFault(oneTask(choice()), [{ shares: [1] }], /has shares/);
    assertFault(oneTask(divisible(10)), [{ shares: [1] }], /has shares/);
  });
});

describe('requests are served', () => {
  const work: ProblemTask['work'] = {
    kind: 'serving',
    hours: 2,
    rates: [3, 0, 6],
    options: [
      { offer: 0, throughputs: [2, 1, 4] },
      { offer: 1, throughputs: [0, 1, 6] },
    ],
  };
  const problem = buildProblem({
    offers: [buildOffer({}), buildOffer({ id: 'other', provider: 'b' })],
    tasks: [buildTask({ work })],
  });
  const good = [
    { hours: 2, machines: 2, shares: [1, 0, 1 / 3] },
    { hours: 2, machines: 1, option: 1, shares: [0, 0, 2 / 3] },
  ];
  const changed = (index: number, parts: Partial<AnswerLine>): readonly Partial<AnswerLine>[] =>
    good.map((one, at) => (at === index ? { ...one, ...parts } : one));

  it('by machines that carry what they take', () => {
    assertGood(problem, good);
    assertFault(problem, changed(0, { machines: 1 }), /loads 1 × offer with the work of 2/);
  });

  it('all of every bucket that has requests', () => {
    assertFault(problem, changed(1, { shares: [0, 0, 0.5] }), /shares of bucket 2 .* sum to 0.8/);
  });

  it('by machines that can', () => {
    const [one, other] = [changed(0, { shares: [0.5, 0, 1 / 3] })[0]!, good[1]!];
    const split = [one, { ...other, shares: [0.5, 0, 2 / 3] }];
    assertFault(problem, split, /requests that it cannot take/);
  });

  it('with a share for each bucket, none of them negative', () => {
    assertFault(problem, changed(0, { shares: [1, 1 / 3] }), /3 buckets/);
    assertFault(problem, changed(0, { shares: [1.5, -1, 1 / 3] }), /negative/);
    assertFault(problem, changed(0, { shares: [Number.NaN, 0, 1 / 3] }), /negative/);
  });

  it('for all of the hours, all at the same time', () => {
    assertFault(problem, changed(0, { hours: 1 }), /and serves 2 h/);
    assertFault(problem, changed(0, { startS: 60 }), /from several moments/);
  });

  it('an overload is not hidden in shares that sum to a little less', () => {
    const tight = oneTask({
      kind: 'serving',
      hours: 1,
      rates: [1e6],
      options: [{ offer: 0, throughputs: [1] }],
    });
    assertGood(tight, [{ machines: 1e6, shares: [1 - 1e-7] }]);
    assertFault(tight, [{ machines: 1e6 - 2, shares: [1 - 9e-7] }], /loads 999998/);
  });
});

describe('limits are kept', () => {
  const both: readonly Partial<AnswerLine>[] = [{}, { option: 1, machines: 2 }];
  const offers = [
    buildOffer({ id: 'x', uses: [{ pool: 0, amount: 2 }] }),
    buildOffer({ id: 'y', provider: 'b', nanosPerHour: asRate(500_000_000) }),
  ];
  const limited = (limits: Partial<Limits>, parts: Partial<Problem> = {}): Problem =>
    oneTask(divisible(30, 'hour', [0, 1]), {
      offers,
      limits: { ...NO_LIMITS, ...limits },
      ...parts,
    });
  const ownLimits = (limits: Partial<Limits>): Problem => {
    const work = divisible(30, 'hour', [0, 1]);
    return buildProblem({
      offers,
      tasks: [buildTask({ work, limits: { ...NO_LIMITS, ...limits } })],
    });
  };

  it('a deadline, of all and of one task: what is done after it counts for nothing', () => {
    for (const problem of [limited, ownLimits]) {
      assertGood(problem({ deadlineS: 3600 }), both);
      const late = verifyAnswer(problem({ deadlineS: 3599 }), { lines: both.map(line) });
      assert.equal(late.length, 2);
      assert.match(late[0]!, /^29.9916\d* of the 30 units of task 0 are done$/);
      assert.match(late[1]!, /ends at second 3600, its deadline is 3599$/);
    }
  });

  it('a budget to the micro-dollar, of all and of one task', () => {
    for (const problem of [limited, ownLimits]) {
      assertGood(problem({ budgetMicros: asMicros(2_000_000) }), both);
      assertFault(problem({ budgetMicros: asMicros(1_999_999) }), both, /costs \$2.00, its budget/);
    }
  });

  it('the hourly cost at the busiest moment, not of all that ever runs', () => {
    for (const problem of [limited, ownLimits]) {
      const dollars = (much: number): Problem => problem({ nanosPerHourMax: asRate(much * 1e9) });
      assertGood(dollars(2), both);
      assertFault(dollars(1.9), both, /costs \$2.00 an hour at once/);
      assertGood(dollars(1), [{}, { option: 1, machines: 2, startS: 3600 }]);
      assertFault(dollars(1), [{}, { option: 1, machines: 2, startS: 3599 }], /\$2.00/);
    }
  });

  it('the hourly cost follows a price that changes', () => {
    const later = [{ fromS: 1800, nanosPerHour: asRate(3e9) }];
    const problem = oneTask(divisible(10), {
      offers: [buildOffer({ laterPrices: later })],
      limits: { ...NO_LIMITS, nanosPerHourMax: asRate(2e9) },
    });
    assertGood(problem, [{ machines: 2, hours: 0.5 }]);
    assertFault(problem, [{ hours: 1 }], /\$3.00 an hour at once/);
  });

  it('what is available, by all lines of all tasks together', () => {
    const few = offers.map((offer) => ({ ...offer, available: 2 }));
    const problem = buildProblem({
      offers: few,
      tasks: [buildTask({ work: divisible(10) }), buildTask({ work: divisible(20) })],
    });
    assertGood(problem, [{}, { task: 1, hours: 2 }]);
    assertFault(problem, [{}, { task: 1, machines: 2 }], /3 of x are hired, 2 can be had/);
  });

  it('pools, of machines as if all ran at once and of machine-hours', () => {
    const pool = (per: 'machine' | 'machine-hour', limit: number): Problem =>
      limited({}, { pools: [{ id: 'quota', per, limit }] });
    const lines = [
      { machines: 3, hours: 1 / 3 },
      { startS: 7200, hours: 2 },
    ];
    assertGood(pool('machine', 8), lines);
    assertFault(pool('machine', 7), lines, /8 are taken of quota, there are 7/);
    assertGood(pool('machine-hour', 6), lines);
    assertFault(pool('machine-hour', 5.99), lines, /6 are taken of quota/);
  });
});

describe('what an answer costs', () => {
  it('whole increments, at least the minimum, rounded once a line, half to even', () => {
    const offer = buildOffer({ nanosPerHour: asRate(1_800_000), billingIncrementS: 1 });
    const problem = oneTask(divisible(1), { offers: [offer] });
    assert.equal(cost(problem, [{ hours: 1 / 3600 }]), 0, 'half a micro-dollar to the even one');
    assert.equal(cost(problem, [{ hours: 3 / 3600 }]), 2, 'one and a half');
    assert.equal(cost(problem, [{ hours: 1.2 / 3600 }]), 1);
    const minimum = oneTask(divisible(1), { offers: [{ ...offer, billingMinimumS: 60 }] });
    assert.equal(cost(minimum, [{ hours: 1 / 3600, machines: 2 }]), 60);
  });

  it('as much as a bill for the same hire', () => {
    for (const [increment, minimum, hours] of [
      [1, 0, 1 / 3],
      [60, 600, 0.7],
      [3600, 0, 2.0000000001],
      [3600, 0, 2.00000001],
      [7, 50, 100.1],
    ] as const) {
      const offer = buildOffer({
        nanosPerHour: asRate(3_456_789_000),
        billingIncrementS: increment,
        billingMinimumS: minimum,
      });
      const problem = oneTask(divisible(1), { offers: [offer] });
      const bill = hireCost(offer, { machines: 3, hours });
      assert.equal(cost(problem, [{ hours, machines: 3 }]), bill, `${increment} ${hours}`);
    }
  });

  it('each second at the price that is in force', () => {
    const later = [
      { fromS: 1800, nanosPerHour: asRate(500_000_000) },
      { fromS: 7200, nanosPerHour: asRate(4e9) },
    ];
    const problem = oneTask(divisible(1), { offers: [buildOffer({ laterPrices: later })] });
    assert.equal(cost(problem, [{ hours: 1 }]), 750_000);
    assert.equal(cost(problem, [{ hours: 1, startS: 1800 }]), 500_000);
    assert.equal(cost(problem, [{ hours: 1, startS: 5400 }]), 2_250_000);
    assert.equal(cost(problem, [{ hours: 1, startS: 9000 }]), 4_000_000);
  });

  it('a bill is not split into lines until rounding makes it free', () => {
    const offers = [buildOffer({ nanosPerHour: asRate(1_800_000) })];
    const problem = oneTask(divisible(10 / 3600), { offers });
    const second = { hours: 0.1 / 3600 };
    const slices = Array.from({ length: 10 }, () => ({ hours: 1 / 3600 }));
    assertFault(problem, slices, /10 lines of task 0 on offer round 5 micro-dollars away/);
    assertGood(problem, [
      { hours: 0.4 / 3600, machines: 2 },
      { ...second, machines: 2 },
    ]);
  });
});

describe('what is minimized', () => {
  const offers = [buildOffer({ gramsPerHour: 250.5 })];
  const lines = [
    { machines: 2, hours: 1.5 },
    { hours: 1, startS: 9000 },
  ];
  const value = (objective: Problem['objective']): number => {
    const problem = oneTask(divisible(40), { offers, objective });
    assertGood(problem, lines);
    return answerValue(problem, { lines: lines.map(line) });
  };

  it('cost in micro-dollars', () => assert.equal(value({ minimize: 'cost' }), 4_000_000));
  it('time in seconds to the last end', () => assert.equal(value({ minimize: 'time' }), 12_600));
  it('carbon in grams', () => assert.equal(value({ minimize: 'carbon' }), 1002));

  it('or the cost with a price for hours and kilograms', () => {
    const objective = {
      minimize: 'weighted',
      microsPerHour: asMicros(1_000_000),
      microsPerKilogram: asMicros(500_000),
    } as const;
    assert.equal(value(objective), 4_000_000 + 3_500_000 + 501_000);
  });

  it('where carbon counts it must be known', () => {
    const problem = oneTask(choice(), { objective: { minimize: 'carbon' } });
    assertFault(problem, [{}], /carbon of offer is not known/);
  });
});
