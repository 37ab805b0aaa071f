import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KedgeError } from '../../base/errors.ts';
import { microsFromUsd, rateFromUsd, usd } from '../../base/money.ts';
import { HOUR_MS } from '../../base/time.ts';
import {
  buildInlineOffer,
  buildOffer,
  buildResources,
  buildTask,
} from '../../spec/build-for-tests.ts';
import type { Offer } from '../../spec/offer.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Goal, Task } from '../../spec/task.ts';
import { alternativesOf } from './alternatives.ts';
import { planFor } from './plan-for-tests.ts';
import { bestWay } from './search/choose-way.ts';

const GOAL = buildTask().goal;
const THROUGHPUT = { cpu: 10, gpu: 100, tpu: 500 };
const SEED: Partial<Task> = {
  offers: [
    buildInlineOffer('cpu', 1, 10),
    buildInlineOffer('gpu', 5, 5),
    buildInlineOffer('tpu', 10, 3),
  ],
};

function seed(per: 'machine' | 'hour', units = 100, goal: Partial<Goal> = {}): Partial<Task> {
  return { ...SEED, work: { units, per, throughput: THROUGHPUT }, goal: { ...GOAL, ...goal } };
}

function lines({ allocations }: Plan): readonly (readonly [number, string, number | null])[] {
  return allocations.map(({ count, offerId, hours }) => [count, offerId, hours] as const);
}

describe('divisible work', () => {
  it('100 units by machine: one GPU for $5, not the 3 CPUs, 2 GPUs and 1 TPU of the article', async () => {
    const { plan } = await planFor([seed('machine')]);
    assert.deepEqual(lines(plan), [[1, 'gpu', 1]]);
    assert.equal(usd(plan.costMicros!), 5);
    assert.deepEqual([usd(plan.bound!.micros), plan.bound!.proof, plan.gap], [5, 'dp', 0]);
  });

  it('the same by the hour: one TPU for 12 minutes, $2', async () => {
    const { plan } = await planFor([seed('hour')]);
    assert.deepEqual(lines(plan), [[1, 'tpu', 0.2]]);
    assert.deepEqual([usd(plan.costMicros!), plan.gap], [2, 0]);
  });

  it('mixes offers where that is cheapest: 610 units are a TPU, a GPU and a CPU', async () => {
    const { plan } = await planFor([seed('machine', 610)]);
    const mix = Object.fromEntries(lines(plan).map(([count, id]) => [id, count]));
    assert.deepEqual(mix, { tpu: 1, gpu: 1, cpu: 1 });
    assert.equal(usd(plan.costMicros!), 16);
  });

  it('a deadline takes as many machines as it needs, and no more', async () => {
    const { plan } = await planFor([seed('hour', 1000, { deadlineMs: HOUR_MS })]);
    assert.deepEqual(lines(plan), [[2, 'tpu', 1]]);
    const { plan: tight } = await planFor([seed('hour', 1500, { deadlineMs: HOUR_MS })]);
    assert.deepEqual(lines(tight), [[3, 'tpu', 1]]);
    const { plan: mixed } = await planFor([seed('hour', 1600, { deadlineMs: HOUR_MS })]);
    assert.deepEqual(lines(mixed).toSorted(), [
      [1, 'gpu', 1],
      [3, 'tpu', 1],
    ]);
  });

  it('the fastest plan hires all there is; with a budget, the fastest that it pays for', async () => {
    const { plan } = await planFor([seed('hour', 2100, { minimize: 'time' })]);
    assert.equal(plan.hours, 1);
    const budget = { minimize: 'time' as const, budgetMicros: microsFromUsd(48) };
    const { plan: bounded } = await planFor([seed('hour', 2100, budget)]);
    assert.ok(bounded.hours! > 1 && usd(bounded.costMicros!) <= 48);
  });

  it('a minimum charge and whole hours are part of the price', async () => {
    const work = { units: 10, per: 'hour' as const, throughput: { H100: 10 } };
    const offers: Partial<Offer>[] = [
      { id: 'hourly', nanosPerHour: rateFromUsd(4), billingIncrementS: 3600 },
      { id: 'minimum', nanosPerHour: rateFromUsd(2), billingMinimumS: 7200 },
      { id: 'second', nanosPerHour: rateFromUsd(5) },
    ];
    const { plan } = await planFor([{ work }], offers);
    // 7.5 minutes of 8 devices: $4.00 by the hour, $4.00 at least, $0.625 by the second.
    assert.deepEqual([plan.allocations[0]!.offerId, usd(plan.costMicros!)], ['second', 0.625]);
  });

  it('work too fine for a table is bounded by the price of work, without a solver', async () => {
    const work = { units: 123_457.123, per: 'hour' as const, throughput: { H100: 3.701 } };
    const { plan } = await planFor([{ work }], [{}, { id: 'b', nanosPerHour: rateFromUsd(9) }]);
    assert.equal(plan.bound!.proof, 'duals');
    assert.ok(plan.gap! < 1e-6);
  });

  it('a mix of many offers, too large for a table, is found without a solver', async () => {
    const numbers = Array.from({ length: 400 }, (_, index) => index);
    const speeds = numbers.map((one) => 1000 + ((one * 7919) % 9001));
    const offers = numbers.map((one) =>
      buildInlineOffer(`m${one}`, (speeds[one]! * (98 + ((one * 17) % 5))) / 1e5, 1 + (one % 9)),
    );
    const throughput = Object.fromEntries(numbers.map((one) => [`m${one}`, speeds[one]!]));
    const work = { units: 3_333_333, per: 'machine' as const, throughput };
    const { plan } = await planFor([{ offers, work }]);
    assert.equal(plan.bound!.proof, 'duals');
    assert.ok(plan.gap! < 1e-4, `${plan.gap}`);
  });

  it('a deadline that cuts an hour off still pays it whole', async () => {
    const work = { units: 15, per: 'hour' as const, throughput: { H100: 1 } };
    const goal = { ...GOAL, deadlineMs: 1.5 * HOUR_MS };
    const hourly = { acceleratorCount: 5, billingIncrementS: 3600, available: 2 };
    const { plan } = await planFor([{ work, goal }], [hourly]);
    // Two machines, five devices each, an hour and a half: four hours are billed.
    assert.deepEqual(lines(plan), [[2, 'acme/eu-1/-/big/on-demand', 1.5]]);
    assert.equal(usd(plan.costMicros!), 32);
  });

  it('a job below the minimum charge pays the minimum, and the bound knows it', async () => {
    const work = { units: 1, per: 'hour' as const, throughput: { H100: 10 } };
    const offer = { nanosPerHour: rateFromUsd(36), billingMinimumS: 600 };
    const { plan } = await planFor([{ work }], [offer]);
    assert.deepEqual([usd(plan.costMicros!), plan.gap], [6, 0]);
  });

  it('more machines at once than max_hourly_cost pays for are refused, with what it takes', async () => {
    const resources = [buildResources({ maxNanosPerHour: rateFromUsd(15) })];
    const task = { ...seed('hour', 1000, { deadlineMs: HOUR_MS }), resources };
    await assert.rejects(planFor([task]), /costs \$20\.00 an hour, max_hourly_cost is \$15\.00/);
  });

  it('says how much can be done when capacity does not suffice, and what a budget would have to be', async () => {
    await assert.rejects(planFor([seed('machine', 3000)]), (error: KedgeError) => {
      assert.equal(error.code, 'plan.infeasible');
      assert.match(error.message, /70 % of the 3000 units/);
      assert.match(error.hint!, /2100 units/);
      return true;
    });
    const poor = { budgetMicros: microsFromUsd(4) };
    await assert.rejects(planFor([seed('machine', 100, poor)]), /costs \$5, the budget is \$4/);
  });
});

describe('whole work', () => {
  it('takes the cheapest in total, by its own billing terms', async () => {
    const offers = [
      { id: 'a', nanosPerHour: rateFromUsd(10), billingIncrementS: 3600 },
      { id: 'b', nanosPerHour: rateFromUsd(12) },
    ];
    const { plan } = await planFor([{ work: { hours: 1.5, on: null } }], offers);
    assert.deepEqual([plan.allocations[0]!.offerId, usd(plan.costMicros!)], ['b', 18]);
    assert.deepEqual(
      [usd(plan.bound!.micros), plan.bound!.proof, plan.gap],
      [18, 'enumeration', 0],
    );
  });

  it('the fastest when that is the goal, and its bound is that of plans as fast', async () => {
    const work = { units: 80, per: 'hour' as const, throughput: { H100: 1, A100: 0.1 } };
    const offers = [{}, { id: 'slow', accelerator: 'A100', nanosPerHour: rateFromUsd(0.1) }];
    const { plan: cheap } = await planFor([{ work }], offers);
    assert.deepEqual([cheap.allocations[0]!.offerId, usd(cheap.costMicros!)], ['slow', 10]);
    const goal = { ...GOAL, minimize: 'time' as const };
    const { plan } = await planFor(
      [{ work: { hours: 3, on: null }, goal }],
      [{}, { id: 'b', nanosPerHour: rateFromUsd(5) }],
    );
    assert.deepEqual([plan.allocations[0]!.offerId, usd(plan.bound!.micros)], ['b', 15]);
  });

  it('the fastest of several ways, though another costs less', () => {
    const task = buildTask({ goal: { ...GOAL, minimize: 'time' } });
    const way = (hours: number, dollars: number, id: string) => ({
      offer: buildOffer({ id, nanosPerHour: rateFromUsd(dollars) }),
      machines: 1,
      hours: { low: hours, mid: hours, high: hours },
      throughput: null,
    });
    const candidates = [
      way(4, 1, 'cheap'),
      way(1, 9, 'dear'),
      way(1, 8, 'fast'),
      way(2, 3, 'between'),
    ];
    const problem = { index: 0, task, candidates };
    assert.equal(bestWay(candidates, task.goal).offer.id, 'fast');
    const cost = { ...problem, task: buildTask() };
    const best = bestWay(candidates, cost.task.goal);
    const hired = [{ candidate: best, machines: 1, hours: best.hours!.mid }];
    assert.deepEqual(
      alternativesOf({ problem: cost, lines: hired }).map(({ hours }) => hours),
      [2, 1],
      'the frontier of faster plans, without what is beaten in both',
    );
  });

  it('invents no hours: without them there is a price an hour and no total', async () => {
    const { plan } = await planFor(
      [{ numNodes: 2 }],
      [{}, { id: 'b', nanosPerHour: rateFromUsd(9) }],
    );
    assert.deepEqual([plan.costMicros, plan.hours, plan.bound], [null, null, null]);
    assert.equal(plan.nanosPerHour, rateFromUsd(16));
  });

  it('names the best of every other provider as an alternative', async () => {
    const offers = [
      {},
      { id: 'b1', provider: 'b', nanosPerHour: rateFromUsd(9) },
      { id: 'b2', provider: 'b', nanosPerHour: rateFromUsd(10) },
      { id: 'c', provider: 'c', nanosPerHour: rateFromUsd(20) },
    ];
    const { plan } = await planFor([{ work: { hours: 1, on: null } }], offers);
    assert.deepEqual(
      plan.alternatives.map(({ provider, costMicros }) => [provider, usd(costMicros!)]),
      [
        ['b', 9],
        ['c', 20],
      ],
    );
  });
});

describe('several tasks', () => {
  const hours = (count: number): Partial<Task> => ({ work: { hours: count, on: null } });

  it('a chain takes the sum of its times, a group the longest; costs add up', async () => {
    const chain = await planFor([hours(1), hours(2)], [{}]);
    assert.deepEqual([chain.plan.hours, usd(chain.plan.costMicros!)], [3, 24]);
    assert.equal(chain.plan.nanosPerHour, rateFromUsd(8));
    const group = await planFor([hours(1), hours(2)], [{}], { needs: [[], []] });
    assert.deepEqual([group.plan.hours, usd(group.plan.costMicros!)], [2, 24]);
    assert.equal(group.plan.nanosPerHour, rateFromUsd(16));
  });

  it('each keeps its own goal, and the bounds of all add up', async () => {
    const fast = { ...GOAL, minimize: 'time' as const };
    const work = { units: 100, per: 'hour' as const, throughput: { H100: 10 } };
    const offers = [
      { id: 'one', available: 2 },
      { id: 'small', available: 3, acceleratorCount: 1, nanosPerHour: rateFromUsd(0.5) },
    ];
    const tasks = [{ work, goal: fast }, { work }, { ...hours(2), goal: fast }, hours(2)];
    const { plan } = await planFor(tasks, offers);
    const hoursOf = (task: number) =>
      Math.max(...plan.allocations.filter((line) => line.task === task).map((line) => line.hours!));
    // All machines at once, the cheap one alone.
    assert.deepEqual([hoursOf(0) < 0.53, hoursOf(1) > 3], [true, true]);
    assert.deepEqual([plan.gap, plan.bound!.micros], [0, plan.costMicros]);
  });

  it('wait for each other where there is one machine for all', async () => {
    const { plan } = await planFor([hours(1), hours(2)], [{ available: 1 }], { needs: [[], []] });
    assert.deepEqual([usd(plan.costMicros!), plan.gap], [24, 0]);
  });

  it('one task without hours leaves the whole without a total', async () => {
    const { plan } = await planFor([hours(1), {}], [{}]);
    assert.deepEqual([plan.costMicros, plan.hours], [null, null]);
  });
});

describe('laws of plans', () => {
  const offer = fc.record({
    id: fc.uuid(),
    nanosPerHour: fc.integer({ min: 1, max: 5000 }).map((cents) => rateFromUsd(cents / 100)),
    acceleratorCount: fc.constantFrom(1, 2, 4, 8),
    billingIncrementS: fc.constantFrom(60, 600, 3600),
    billingMinimumS: fc.constantFrom(0, 60),
    available: fc.option(fc.integer({ min: 1, max: 3 })),
  });
  const offers = fc.uniqueArray(offer, { minLength: 1, maxLength: 6, selector: ({ id }) => id });
  const task: fc.Arbitrary<Partial<Task>> = fc.oneof(
    fc.integer({ min: 1, max: 99 }).map((tenths) => ({ work: { hours: tenths / 10, on: null } })),
    fc
      .record({
        per: fc.constantFrom('hour' as const, 'machine' as const),
        units: fc.integer({ min: 1, max: 60 }),
      })
      .map((work) => ({ work: { ...work, throughput: { H100: 3 } } })),
  );
  const costOf = async (asked: Partial<Task>, all: readonly Partial<Offer>[]): Promise<number> => {
    try {
      return (await planFor([asked], all)).plan.costMicros!;
    } catch (error) {
      if (error instanceof KedgeError && error.code === 'plan.infeasible') return Infinity;
      throw error;
    }
  };

  it('one more offer never makes a plan dearer than its bound allows', async () => {
    await fc.assert(
      fc.asyncProperty(task, offers, offer, async (asked, all, more) => {
        const [few, many] = [await costOf(asked, all), await costOf(asked, [...all, more])];
        assert.ok(many <= few * (1 + 1e-6) + 1, `${many} > ${few}`);
      }),
      { numRuns: 60 },
    );
  });

  it('the order of offers never matters', async () => {
    await fc.assert(
      fc.asyncProperty(task, offers, async (asked, all) => {
        assert.equal(await costOf(asked, all.toReversed()), await costOf(asked, all));
      }),
      { numRuns: 60 },
    );
  });

  it('more time never costs more', async () => {
    const within = (asked: Partial<Task>, hours: number): Partial<Task> => ({
      ...asked,
      goal: { ...GOAL, deadlineMs: hours * HOUR_MS },
    });
    await fc.assert(
      fc.asyncProperty(
        task.filter(({ work }) => work !== null && 'units' in work!),
        offers,
        fc.integer({ min: 1, max: 8 }),
        async (asked, all, hours) => {
          const tight = await costOf(within(asked, hours), all);
          const loose = await costOf(within(asked, hours + 1), all);
          assert.ok(loose <= tight * (1 + 1e-6) + 1, `${loose} > ${tight}`);
        },
      ),
      { numRuns: 60 },
    );
  });
});
