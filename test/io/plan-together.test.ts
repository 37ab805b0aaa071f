import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { highsSolver } from '../../src/adapters/solvers/highs-solver.ts';
import { planTasks } from '../../src/app/plan.ts';
import { rateFromUsd, usd } from '../../src/base/money.ts';
import {
  buildInlineOffer,
  buildOffer,
  buildResources,
  buildTask,
  buildTaskFile,
} from '../../src/spec/build-for-tests.ts';
import type { Plan } from '../../src/spec/plan.ts';
import type { Task } from '../../src/spec/task.ts';

const MINE = buildOffer({ id: 'mine', available: 1, nanosPerHour: rateFromUsd(1) });
const HIRED = buildOffer({ id: 'hired', provider: 'b', nanosPerHour: rateFromUsd(3) });
const HOUR = buildTask({ work: { hours: 1, on: null } });

function planFor(
  needs: readonly (readonly number[])[],
  offers = [MINE, HIRED],
  task = HOUR,
): Promise<Plan> {
  const file = buildTaskFile([task, task], needs);
  return planTasks({ file, offers, launchableOnly: false, solver: async () => highsSolver() });
}

describe('a plan of tasks that compete', () => {
  it('gives the one machine that all want to one of them, and proves that nothing is cheaper', async () => {
    const { allocations, costMicros, bound } = await planFor([[], []]);
    assert.deepEqual(allocations.map(({ offerId }) => offerId).toSorted(), ['hired', 'mine']);
    assert.equal(usd(costMicros!), 4);
    assert.ok(usd(bound!.micros) <= 4 && usd(bound!.micros) >= 2);
  });

  it('gives it to both where one waits for the other', async () => {
    const { allocations, costMicros } = await planFor([[], [0]]);
    assert.deepEqual(
      allocations.map(({ offerId }) => offerId),
      ['mine', 'mine'],
    );
    assert.equal(usd(costMicros!), 2);
  });

  it('lets one wait where there is nothing else, or nobody knows how long it takes', async () => {
    const { allocations } = await planFor([[], []], [MINE]);
    assert.equal(allocations.length, 2);
    const open = await planFor([[], []], [MINE, HIRED], buildTask());
    assert.deepEqual([open.costMicros, open.nanosPerHour], [null, rateFromUsd(2)]);
  });
});

describe('a plan of tasks that hand over data', () => {
  const at = (provider: string, region: string, accelerator: string, dollars: number) =>
    buildOffer({
      id: `${provider} ${accelerator}`,
      place: `${provider}/${region}`,
      provider,
      region,
      accelerator,
      nanosPerHour: rateFromUsd(dollars),
    });
  const offers = [
    at('aws', 'us-east-1', 'A100', 1),
    at('aws', 'us-east-1', 'H100', 3),
    at('gcp', 'us-central1', 'H100', 2),
  ];
  const task = (accelerator: string, outputBytes: number | null) =>
    buildTask({
      work: { hours: 1, on: null },
      resources: [buildResources({ accelerators: [{ name: accelerator, count: 8 }] })],
      outputBytes,
    });
  const planned = (outputBytes: number | null): Promise<Plan> =>
    planTasks({
      file: buildTaskFile([task('A100', outputBytes), task('H100', null)]),
      offers,
      launchableOnly: false,
      solver: async () => highsSolver(),
    });

  it('moves them where that pays, and says what it costs', async () => {
    const { transfers, allocations, costMicros, gap } = await planned(1e9);
    assert.equal(allocations[1]!.offerId, 'gcp H100');
    assert.deepEqual(transfers, [
      {
        from: 0,
        to: 1,
        gigabytes: 1,
        fromPlace: 'aws/us-east-1',
        toPlace: 'gcp/us-central1',
        costMicros: 90_000,
      },
    ]);
    assert.deepEqual([usd(costMicros!), gap], [3.09, 0]);
  });

  it('stays where they are when moving costs more than it saves', async () => {
    const { transfers, allocations, costMicros } = await planned(100e9);
    assert.equal(allocations[1]!.offerId, 'aws H100');
    assert.deepEqual([usd(costMicros!), transfers![0]!.costMicros], [4, 0]);
    const { transfers: none } = await planned(null);
    assert.equal(none, undefined);
  });
});

describe('a plan whose tasks are spread', () => {
  const offers = [MINE, HIRED].map((offer) => ({ ...offer, available: null }));
  const planned = (tasks: readonly Partial<Task>[]): Promise<Plan> =>
    planTasks({
      file: buildTaskFile(tasks.map(buildTask)),
      offers,
      launchableOnly: false,
      solver: async () => highsSolver(),
    });

  it('keeps tasks apart that wish so', async () => {
    const spread = { providersMin: 1, shareMax: 1, apart: 'provider' as const };
    const work = { hours: 1, on: null };
    const { allocations, costMicros } = await planned([
      { work, spread },
      { work, spread },
    ]);
    assert.notEqual(allocations[0]!.provider, allocations[1]!.provider);
    assert.equal(usd(costMicros!), 4);
  });

  it('gives no provider more than its share of the work', async () => {
    const spread = { providersMin: 2, shareMax: 0.75, apart: null };
    const work = { units: 8, per: 'machine' as const, throughput: { H100: 1 / 8 } };
    const { allocations, costMicros } = await planned([{ work, spread }]);
    assert.deepEqual(
      new Map(allocations.map(({ offerId, count }) => [offerId, count])),
      new Map([
        ['mine', 6],
        ['hired', 2],
      ]),
    );
    assert.equal(usd(costMicros!), 12);
  });

  it('says so where there are not so many providers', async () => {
    const spread = { providersMin: 3, shareMax: 1, apart: null };
    const work = { units: 8, per: 'machine' as const, throughput: { H100: 1 / 8 } };
    await assert.rejects(planned([{ work, spread }]), { code: 'plan.infeasible' });
  });
});

describe('a plan that the price of work does not prove', () => {
  it('is proven as a problem, in which few large machines are mixed', async () => {
    const offers = [
      buildInlineOffer('small', 2.9, 9),
      buildInlineOffer('middle', 5.1, 9),
      buildInlineOffer('large', 11.2, 9),
    ];
    const throughput = { small: 290_011, middle: 500_009, large: 1_100_027 };
    const work = { units: 3_333_333, per: 'machine' as const, throughput };
    const { costMicros, gap } = await planTasks({
      file: buildTaskFile([buildTask({ offers, work })]),
      offers: [],
      launchableOnly: false,
      solver: async () => highsSolver(),
    });
    assert.deepEqual([usd(costMicros!), gap], [33.7, 0]);
  });
});

describe('a plan with hours that are paid for already', () => {
  const offers = [
    { ...buildInlineOffer('reserved', 2, 4), paidHours: 6 },
    buildInlineOffer('hired', 3, 10),
  ];
  const planned = (task: Partial<Task>): Promise<Plan> =>
    planTasks({
      file: buildTaskFile([buildTask({ offers, ...task })]),
      offers: [],
      launchableOnly: false,
      solver: async () => highsSolver(),
    });
  const hired = ({ allocations }: Plan) =>
    allocations.map(({ offerId, count, hours }) => [offerId, count, hours]);

  it('takes them first, and no more of them than there are', async () => {
    const whole = await planned({ work: { hours: 6, on: null } });
    assert.deepEqual(hired(whole), [['reserved (paid)', 1, 6]]);
    assert.equal(whole.costMicros, 0);
    const longer = await planned({ work: { hours: 7, on: null } });
    assert.deepEqual(hired(longer), [['reserved', 1, 7]]);
  });

  it('hires of the same machines what they do not do', async () => {
    const throughput = { reserved: 10, hired: 10 };
    const work = { units: 100, per: 'hour' as const, throughput };
    const { costMicros, allocations } = await planned({ work });
    assert.equal(usd(costMicros!), 8);
    assert.ok(allocations.every(({ offerId }) => offerId.startsWith('reserved')));
  });
});
