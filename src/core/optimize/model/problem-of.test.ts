import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asRate, rateFromUsd } from '../../../base/money.ts';
import { HOUR_MS } from '../../../base/time.ts';
import {
  buildInlineOffer,
  buildOffer,
  buildTask,
  buildTaskFile,
} from '../../../spec/build-for-tests.ts';
import type { Candidate } from '../../../spec/match.ts';
import type { Task } from '../../../spec/task.ts';
import { hireCost, wayCost } from '../../match/hire-cost.ts';
import { inlineOffers } from '../../match/inline-offers.ts';
import { requireHours } from '../infeasible.ts';
import { spotPricing } from '../spot/price-spot.ts';
import type { Problem } from './problem.ts';
import { problemOf } from './problem-of.ts';
import { sharingGroups } from './sharing-groups.ts';
import type { TaskProblem } from './task-problem.ts';

const GOAL = buildTask().goal;
const FEW = buildOffer({ id: 'few', available: 1 });
const MANY = buildOffer({ id: 'many', nanosPerHour: rateFromUsd(9) });

function way(offer = MANY, hours: number | null = 2, machines = 1): Candidate {
  const interval = hours === null ? null : { low: hours / 2, mid: hours, high: hours * 2 };
  return { offer, machines, hours: interval, throughput: null };
}

function buildMatched(hours: number | null, parts: Partial<Task> = {}): TaskProblem {
  return { index: 0, task: buildTask(parts), candidates: [way(FEW, hours)] };
}

function problemFor(
  tasks: readonly Partial<Task>[],
  candidates: readonly Candidate[],
  needs?: readonly (readonly number[])[],
): Problem {
  const file = buildTaskFile(tasks.map(buildTask), needs);
  return problemOf(
    file,
    file.tasks.map((task, index) => ({ index, task, candidates })),
  );
}

describe('a task file as a problem', () => {
  it('has an option for each way, in their order, at the middle of its hours', () => {
    const { tasks, offers } = problemFor([{}], [way(FEW, 3), way(MANY, 1, 4), way(FEW, 2)]);
    assert.deepEqual(
      offers.map(({ id }) => id),
      ['few', 'many'],
    );
    const { work } = tasks[0]!;
    assert.ok(work.kind === 'choice');
    assert.deepEqual(
      work.options.map(({ offer, machines, hours }) => [offer, machines, hours]),
      [
        [0, 1, 3],
        [1, 4, 1],
        [0, 1, 2],
      ],
    );
  });

  it('has ways on spot with their waits as time, and not as cost', () => {
    const onDemand = buildOffer({ nanosPerHour: rateFromUsd(3) });
    const spot = buildOffer({ id: 'spot', spot: true, nanosPerHour: rateFromUsd(1) });
    const task = buildTask({ goal: { ...GOAL, spot: 'allow', deadlineMs: 3 * HOUR_MS } });
    const hours = { low: 1.5, mid: 1.5, high: 1.5 };
    const plain = { offer: spot, machines: 2, hours, throughput: null };
    const priced = spotPricing(task, [onDemand, spot])(plain);
    const { tasks } = problemFor([{}], [priced]);
    const { work } = tasks[0]!;
    assert.ok(work.kind === 'choice');
    const [option] = work.options;
    assert.equal(option!.hours, priced.hours!.mid);
    const asHired = hireCost(spot, { machines: 2, hours: option!.hours });
    assert.equal(asHired + option!.extraMicros, wayCost(priced, option!.hours));
  });

  it('has divisible work with its limits', () => {
    const goal = { ...GOAL, deadlineMs: HOUR_MS };
    const work = { units: 7, per: 'hour' as const, throughput: { H100: 2 } };
    const { tasks } = problemFor([{ work, goal }], [{ ...way(MANY, null), throughput: 16 }]);
    assert.deepEqual(tasks[0]!.work, {
      kind: 'divisible',
      per: 'hour',
      units: 7,
      options: [{ offer: 0, throughput: 16 }],
    });
    assert.equal(tasks[0]!.limits.deadlineS, 3600);
  });

  it('lets tasks that may run at once share what there is, and those of a chain not', () => {
    const limited = ({ offers }: Problem): number => offers.filter(({ id }) => id === 'few').length;
    const ways = [way(FEW), way(MANY)];
    assert.equal(limited(problemFor([{}, {}], ways, [[], []])), 1);
    const chain = problemFor([{}, {}], ways);
    assert.equal(limited(chain), 2);
    assert.equal(chain.offers.length, 3, 'what is there without end is there once');
    assert.deepEqual(chain.tasks[1]!.needs, [0]);
  });

  it('has an hour of what nobody says the end of, at its price, whatever is billed at least', () => {
    const least = buildOffer({ nanosPerHour: rateFromUsd(9), billingMinimumS: 7200 });
    const { tasks } = problemFor([{}], [way(least, null, 3)]);
    const { work } = tasks[0]!;
    assert.ok(work.kind === 'choice');
    const { hours, machines, extraMicros } = work.options[0]!;
    assert.deepEqual([hours, machines, extraMicros], [1, 3, -27_000_000]);
    assert.throws(() => requireHours([buildMatched(null)]), { code: 'plan.needs-hours' });
    requireHours([buildMatched(2), buildMatched(null, { kind: 'serve' })]);
  });

  it('has, for work that is to be done fast, of machines without end only the fastest', () => {
    const goal = { ...GOAL, minimize: 'time' as const };
    const work = { units: 7, per: 'hour' as const, throughput: { H100: 2 } };
    const slow = { ...way(MANY), throughput: 1 };
    const fast = { ...way(buildOffer({ id: 'fast' })), throughput: 2 };
    const few = { ...way(FEW), throughput: 1 };
    const { offers } = problemFor([{ goal, work, numNodes: 4 }], [slow, fast, few]);
    assert.deepEqual(
      offers.map(({ available }) => available),
      [0, 4, 1],
    );
    const { offers: all, objective } = problemFor(
      [{ goal, work: { ...work, per: 'machine' }, numNodes: 4 }],
      [slow, fast, few],
    );
    assert.deepEqual(objective, { minimize: 'cost' }, 'all of these take the hour');
    assert.deepEqual(
      all.map(({ available }) => available),
      [10_000, 10_000, 1],
    );
  });

  it('may have but some of the tasks, and no sharing where some are to wait', () => {
    const file = buildTaskFile([{}, {}, {}].map(buildTask), [[], [], [1]]);
    const some = [0, 2].map((index) => ({ ...buildMatched(1), index }));
    const { tasks, offers } = problemOf(file, some);
    assert.deepEqual(
      tasks.map(({ needs }) => needs),
      [[], []],
    );
    assert.equal(offers.length, 1);
    assert.equal(problemOf(file, some, { isShared: false }).offers.length, 2);
  });

  it('has what is wished of its spread: over providers, and apart from others', () => {
    const spread = { providersMin: 2, shareMax: 0.6, apart: null };
    const work = { units: 7, per: 'hour' as const, throughput: { H100: 2 } };
    const mine = buildOffer({ id: 'mine', provider: 'inline' });
    const { tasks, offers } = problemFor([{ work, spread }], [{ ...way(mine), throughput: 1 }]);
    assert.deepEqual([tasks[0]!.providersMin, tasks[0]!.shareMax], [2, 0.6]);
    assert.equal(offers[0]!.provider, 'mine');
    assert.throws(() => problemFor([{ spread }], [way()]), /done by one provider/);
    const apart = { spread: { providersMin: 1, shareMax: 1, apart: 'zone' as const } };
    assert.deepEqual(problemFor([apart, {}, apart], [way()]).apart, [
      { tasks: [0, 2], by: 'zone' },
    ]);
  });

  it('has hours that are paid for at no price, of which there is only so much', () => {
    const task = buildTask({ offers: [{ ...buildInlineOffer('mine', 2, 4), paidHours: 100 }] });
    const candidates = inlineOffers(task).map((offer) => way(offer));
    const { offers, pools } = problemOf(buildTaskFile([task]), [{ index: 0, task, candidates }]);
    assert.deepEqual(
      offers.map(({ id, nanosPerHour, uses }) => [id, nanosPerHour, uses.map(({ pool }) => pool)]),
      [
        ['mine (paid)', 0, [0, 1]],
        ['mine', 2_000_000_000, [0]],
      ],
    );
    assert.deepEqual(
      pools.map(({ per, limit }) => [per, limit]),
      [
        ['machine', 4],
        ['machine-hour', 100],
      ],
    );
  });

  it('hands over what its tasks say, on the routes between where they may be', () => {
    const offer = (region: string) => buildOffer({ id: region, provider: 'aws', region });
    const route = {
      from: 'aws/x',
      to: 'aws/y',
      nanosPerGigabyte: asRate(7000),
      gigabitsPerSecond: 1,
    };
    const file = buildTaskFile([buildTask({ outputBytes: 5e9 }), buildTask()]);
    const candidates = [way(offer('x')), way(offer('y'))];
    const matched = file.tasks.map((task, index) => ({ index, task, candidates }));
    const { transfers, routes } = problemOf(file, matched, { grid: [route] });
    assert.deepEqual(transfers, [{ from: 0, to: 1, gigabytes: 5 }]);
    assert.deepEqual(
      routes.find(({ from }) => from === 'aws/x'),
      route,
    );
  });

  it('minimizes one thing', () => {
    const time = { goal: { ...GOAL, minimize: 'time' as const } };
    assert.equal(problemFor([time, time], [way()]).objective.minimize, 'time');
    assert.throws(() => problemFor([{}, time], [way()]), /minimizes one thing/);
  });
});

describe('groups that share', () => {
  it('are tasks of which neither needs the other, and all that such a pair shares with a third', () => {
    assert.deepEqual(groupsOf([[], [0], [1]]), [[0], [1], [2]]);
    assert.deepEqual(groupsOf([[], [], []]), [[0, 1, 2]]);
    // One, then three branches of which two are a chain, then one.
    assert.deepEqual(groupsOf([[], [0], [1], [0], [2, 3]]), [[0], [1, 2, 3], [4]]);
  });
});

function groupsOf(needs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const groups = sharingGroups(needs);
  return [...Map.groupBy(groups.keys(), (index) => groups[index]).values()];
}
