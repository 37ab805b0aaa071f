import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { printProblem, problemText } from './print-problem.ts';
import { problemJsonSchema } from './problem-json-schema.ts';
import { readProblem } from './read-problem.ts';

type Document = {
  readonly [key: string]: unknown;
};

const OFFER = { id: 'a', usd_per_hour: 1.25 };
const CHOICE = { work: { kind: 'choice', options: [{ offer: 0, hours: 2 }] } };

function document(parts: Document = {}): Document {
  return { schema: 'kedge.problem/v1', offers: [OFFER], tasks: [CHOICE], ...parts };
}

function read(parts: Document = {}) {
  return readProblem(JSON.stringify(document(parts)), { file: 'p.json' });
}

function refusal(parts: Document): KedgeError {
  try {
    read(parts);
  } catch (error) {
    if (error instanceof KedgeError) return error;
    throw error;
  }
  return assert.fail('it was taken');
}

describe('a problem from its JSON', () => {
  it('needs no more than offers and tasks: the rest has defaults', () => {
    const problem = read();
    assert.deepEqual(problem.objective, { minimize: 'cost' });
    assert.deepEqual(problem.pools, []);
    assert.deepEqual(problem.limits, {
      deadlineS: null,
      budgetMicros: null,
      nanosPerHourMax: null,
    });
    assert.equal(problem.offers[0]!.nanosPerHour, 1_250_000_000);
    assert.equal(problem.offers[0]!.billingIncrementS, 1);
    assert.deepEqual(problem.tasks[0]!.work, {
      kind: 'choice',
      options: [{ offer: 0, machines: 1, hours: 2, startS: 0, extraMicros: 0 }],
    });
  });

  it('reads money in dollars wherever it stands', () => {
    const { limits, offers, routes, tasks } = read({
      limits: { budget_usd: 12.5, usd_per_hour_max: 0.000001 },
      offers: [{ ...OFFER, later_prices: [{ from_s: 60, usd_per_hour: 0.5 }] }],
      routes: [{ from: 'a/x', to: 'a/y', usd_per_gigabyte: 0.02 }],
      tasks: [{ work: { kind: 'choice', options: [{ offer: 0, hours: 1, extra_usd: 0.1 }] } }],
    });
    assert.deepEqual([limits.budgetMicros, limits.nanosPerHourMax], [12_500_000, 1000]);
    assert.equal(offers[0]!.laterPrices[0]!.nanosPerHour, 500_000_000);
    assert.equal(routes[0]!.nanosPerGigabyte, 20_000_000);
    assert.ok(tasks[0]!.work.kind === 'choice');
    assert.equal(tasks[0]!.work.options[0]!.extraMicros, 100_000);
  });

  it('takes hours off that are not paid, and no more than there are', () => {
    const taken = (extra_usd: number) => ({
      offers: [OFFER],
      tasks: [{ work: { kind: 'choice', options: [{ offer: 0, hours: 2, extra_usd }] } }],
    });
    const { work } = read(taken(-2)).tasks[0]!;
    assert.ok(work.kind === 'choice');
    assert.equal(work.options[0]!.extraMicros, -2_000_000);
    assert.throws(() => read(taken(-3)), /below 0 by more than its hours cost/);
  });

  it('prints what it has read, and reads that as the same', () => {
    const problem = read(MANY);
    assert.deepEqual(readProblem(printProblem(problem), { file: 'p' }), problem);
  });

  it('keeps prices to the nano-dollar', () => {
    const problem = read({ offers: [{ id: 'a', usd_per_hour: 3.000000777 }] });
    assert.equal(problem.offers[0]!.nanosPerHour, 3_000_000_777);
    assert.deepEqual(readProblem(printProblem(problem), { file: 'p' }), problem);
  });

  it('has one text, whatever the order of keys and whatever was left out', () => {
    const { schema, offers, tasks } = document();
    const text = JSON.stringify({ tasks, offers, pools: [], name: null, schema });
    const other = readProblem(text, { file: 'p' });
    assert.equal(problemText(other), problemText(read()));
    assert.notEqual(problemText(read({ name: 'x' })), problemText(read()));
  });
});

describe('a problem that is none', () => {
  const cases: readonly (readonly [what: string, parts: Document, message: RegExp])[] = [
    ['no offers', { offers: [] }, /^p\.json: offers: needs at least 1/],
    ['no schema', { schema: undefined }, /schema: must be kedge\.problem\/v1/],
    ['another version', { schema: 'kedge.problem/v2' }, /schema: must be kedge\.problem\/v1/],
    [
      'a price below zero',
      { offers: [{ id: 'a', usd_per_hour: -1 }] },
      /offers\[0\]\.usd_per_hour: must be at least 0/,
    ],
    [
      'a price beyond all reckoning',
      { offers: [{ id: 'a', usd_per_hour: 1e300 }] },
      /offers\[0\]\.usd_per_hour: must be at most/,
    ],
    ['a price that is missing', { offers: [{ id: 'a' }] }, /offers\[0\]\.usd_per_hour: is missing/],
    [
      'a text for a number',
      { offers: [{ id: 'a', usd_per_hour: '1' }] },
      /usd_per_hour: needs a number, not "1"/,
    ],
    [
      'an offer that is not there',
      choiceOf({ offer: 1, hours: 1 }),
      /there is no offer 1: .* 0 to 0/,
    ],
    [
      'half a machine',
      choiceOf({ offer: 0, hours: 1, machines: 0.5 }),
      /tasks\[0\]\.work\.options\[0\]\.machines: needs a whole number/,
    ],
    ['a kind nobody knows', { tasks: [{ work: { kind: 'magic' } }] }, /choice, divisible, serving/],
    ['a task that needs itself', { tasks: [{ ...CHOICE, needs: [0] }] }, /in a circle/],
    [
      'a circle of needs',
      { tasks: [{ ...CHOICE, needs: [1] }, { ...CHOICE, needs: [0] }, CHOICE] },
      /tasks\[0\]\.needs: tasks wait for each other in a circle/,
    ],
    [
      'a circle that data close',
      {
        tasks: [CHOICE, { ...CHOICE, needs: [0] }, { ...CHOICE, needs: [1] }],
        transfers: [{ from: 2, to: 0, gigabytes: 1 }],
      },
      /transfers\[0\]: .* in a circle: task 0 for task 2 for task 1 for task 0/,
    ],
    [
      'data of work that is no choice',
      {
        tasks: [CHOICE, { work: divisibleOf([{ offer: 0, throughput: 1 }]) }],
        transfers: [{ from: 0, to: 1, gigabytes: 1 }],
      },
      /transfers\[0\]\.to: task 1 is of kind divisible/,
    ],
    [
      'data for itself',
      { transfers: [{ from: 0, to: 0, gigabytes: 1 }] },
      /transfers\[0\]: a task hands data to itself/,
    ],
    [
      'a pool that is not there',
      { offers: [{ ...OFFER, uses: [{ pool: 0, amount: 1 }] }] },
      /offers\[0\]\.uses\[0\]\.pool: there is no pool 0: there are no pools/,
    ],
    [
      'one offer twice in a mix',
      { tasks: [{ work: divisibleOf([0, 0].map((offer) => ({ offer, throughput: 1 }))) }] },
      /options: offer 0 is there twice/,
    ],
    [
      'buckets without rates',
      {
        tasks: [
          { work: { kind: 'serving', rates: [1, 2], options: [{ offer: 0, throughputs: [1] }] } },
        ],
      },
      /throughputs: has 1 buckets, and there are 2 rates/,
    ],
    [
      'carbon that nobody knows',
      { objective: { minimize: 'carbon' } },
      /offers\[0\]\.grams_per_hour: is needed where carbon counts/,
    ],
    [
      'prices out of order',
      {
        offers: [
          {
            ...OFFER,
            later_prices: [60, 30].map((from_s) => ({ from_s, usd_per_hour: 1 })),
          },
        ],
      },
      /later_prices: prices must be in order of time/,
    ],
    [
      'more money than there is',
      { tasks: [{ work: divisibleOf([{ offer: 0, throughput: 1e-6 }], 1e12) }] },
      /could cost \$.*; Kedge reckons up to/,
    ],
  ];

  for (const [what, parts, message] of cases) {
    it(`is told where and why: ${what}`, () => {
      const error = refusal(parts);
      assert.match(error.message, message);
      assert.equal(error.code, 'spec.bad-value');
    });
  }

  it('has a key that is not known, and perhaps one that was meant', () => {
    const error = refusal({ offers: [{ ...OFFER, usd_per_hours: 2 }] });
    assert.equal(error.code, 'spec.unknown-key');
    assert.match(error.message, /offers\[0\]: there is no key "usd_per_hours"/);
    assert.equal(error.hint, 'did you mean "usd_per_hour"?');
  });

  it('is no JSON, at this line and column', () => {
    const text = '{\n  "schema": kedge\n}';
    assert.throws(
      () => readProblem(text, { file: 'p.json' }),
      (error: KedgeError) => {
        assert.equal(error.code, 'spec.syntax');
        assert.match(error.message, /^p\.json:2:13: no JSON/);
        return true;
      },
    );
  });

  it('lists all that is wrong in its details', () => {
    const { details } = refusal(choiceOf({ offer: 7, hours: 1 }, { offer: 8, hours: 1 }));
    assert.equal((details['problems'] as readonly unknown[]).length, 2);
  });
});

describe('the JSON Schema of problems', () => {
  it('has dollars as numbers with decimals, under their names on the wire', () => {
    const text = JSON.stringify(problemJsonSchema());
    assert.match(text, /"usd_per_hour":\{[^}]*"type":"number"/);
    assert.match(text, /"extra_usd":\{[^}]*"type":"number"/);
    assert.doesNotMatch(text, /Micros|Nanos|nanos/);
  });
});

function choiceOf(...options: readonly Document[]): Document {
  return { tasks: [{ work: { kind: 'choice', options } }] };
}

function divisibleOf(options: readonly Document[], units = 10): Document {
  return { kind: 'divisible', units, options };
}

/** Something of everything. */
const MANY: Document = {
  name: 'many',
  objective: { minimize: 'weighted', micros_per_hour: 5, micros_per_kilogram: 7 },
  limits: { deadline_s: 7200, budget_usd: 3.000001, usd_per_hour_max: 4 },
  pools: [{ id: 'quota', limit: 4 }],
  offers: [
    { ...OFFER, grams_per_hour: 100, uses: [{ pool: 0, amount: 2 }], region: 'r', available: 3 },
    {
      id: 'b',
      usd_per_hour: 2,
      grams_per_hour: 0,
      provider: 'p',
      zone: 'z',
      spot: true,
      billing_increment_s: 60,
      billing_minimum_s: 600,
      later_prices: [{ from_s: 3600, usd_per_hour: 1 }],
    },
  ],
  tasks: [
    { name: 'first', ...CHOICE, limits: { budget_usd: 1 }, providers_min: 1 },
    { name: 'then', ...CHOICE, needs: [0] },
    { work: divisibleOf([{ offer: 1, throughput: 2.5 }]), share_max: 0.5, providers_min: 2 },
    { work: { kind: 'serving', rates: [1, 0], options: [{ offer: 0, throughputs: [3, 0] }] } },
  ],
  transfers: [{ from: 0, to: 1, gigabytes: 12.5 }],
  routes: [{ from: 'p/r', to: 'p/s', usd_per_gigabyte: 0.01, gigabits_per_second: 5 }],
  apart: [{ tasks: [0, 1], by: 'zone' }],
};
