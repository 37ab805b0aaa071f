import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KedgeError } from '../base/errors.ts';
import { rateFromUsd } from '../base/money.ts';
import { HOUR_MS } from '../base/time.ts';
import {
  buildInlineOffer,
  buildOffer,
  buildResources,
  buildTask,
  buildTaskFile,
} from '../spec/build-for-tests.ts';
import type { Offer } from '../spec/offer.ts';
import type { Task } from '../spec/task.ts';
import { planTasks } from './plan.ts';

const GOAL = buildTask().goal;

function plan(task: Partial<Task>, offers: readonly Partial<Offer>[], launchableOnly = false) {
  return planTasks({
    file: buildTaskFile([buildTask({ name: 'train', ...task })]),
    offers: offers.map(buildOffer),
    solver: () => assert.fail('no solver is needed'),
    launchableOnly,
  });
}

async function refused(task: Partial<Task>, offers: readonly Partial<Offer>[], only = false) {
  const error = await plan(task, offers, only).then(
    () => assert.fail('it was planned'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof KedgeError, String(error));
  return error;
}

describe('planning a task file', () => {
  it('a task that cannot be carried names the nearest constraint, by how much, and the fix', async () => {
    const late = { work: { hours: 30, on: null }, goal: { ...GOAL, deadlineMs: 24 * HOUR_MS } };
    const { code, message, hint } = await refused(late, [{}]);
    assert.equal(code, 'plan.infeasible');
    assert.match(message, /acme\/eu-1 \(big\): it may take 30 h, the deadline is 24 h/);
    assert.match(hint!, /goal\.deadline: 30h/);
  });

  it('a goal that needs hours is refused, naming the field to add; no hour is invented', async () => {
    const goals = [
      [{ deadlineMs: HOUR_MS }, /goal\.deadline/],
      [{ budgetMicros: 1e6 as never }, /goal\.budget/],
      [{ minimize: 'time' as const }, /goal\.minimize: time/],
    ] as const;
    for (const [goal, named] of goals) {
      const { code, message, hint } = await refused({ goal: { ...GOAL, ...goal } }, [{}]);
      assert.equal(code, 'plan.needs-hours');
      assert.match(message, named);
      assert.match(hint!, /add work: \{hours: 12\}/);
    }
  });

  it('an accelerator that nothing is called is named with the nearest that is', async () => {
    const resources = [buildResources({ accelerators: [{ name: 'H10O', count: 8 }] })];
    const { code, hint } = await refused({ resources }, [{}]);
    assert.deepEqual([code, hint], ['spec.bad-value', 'did you mean H100?']);
  });

  it('what can only be run elsewhere says so, and names why this machine cannot', async () => {
    const local = {
      id: 'local',
      provider: 'local',
      place: 'local',
      accelerator: null,
      launchable: true,
    };
    const resources = [buildResources({ accelerators: [{ name: 'H100', count: 8 }] })];
    const { code, message } = await refused({ resources }, [{}, local], true);
    assert.equal(code, 'launch.nothing-launchable');
    assert.match(message, /nearest is local \(big\): it has no accelerator/);
  });

  it('a task that brings its own offers looks at no others', async () => {
    const own = { offers: [buildInlineOffer('mine', 5, 1)] };
    const { allocations } = await plan(own, [{ nanosPerHour: rateFromUsd(1) }]);
    assert.deepEqual(
      allocations.map(({ place }) => place),
      ['mine'],
    );
  });
});

describe('tasks that ask the same', () => {
  const offers = [{}, { id: 'b', place: 'b', provider: 'b', nanosPerHour: rateFromUsd(9) }].map(
    buildOffer,
  );
  const planned = (tasks: readonly Partial<Task>[]) =>
    planTasks({
      file: buildTaskFile(tasks.map(buildTask)),
      offers,
      solver: () => assert.fail('no solver is needed'),
      launchableOnly: false,
    });

  it('are looked at once, and planned each under its own name and place in the file', async () => {
    const work = { hours: 2, on: null };
    const tasks = ['one', 'two', 'three'].map((name) => ({ name, work }));
    const together = await planned(tasks);
    assert.deepEqual(
      together.allocations.map(({ task, taskName, offerId }) => [task, taskName, offerId]),
      tasks.map(({ name }, index) => [index, name, offers[0]!.id]),
    );
    assert.deepEqual(
      together.alternatives.map(({ task, provider }) => [task, provider]),
      [
        [0, 'b'],
        [1, 'b'],
        [2, 'b'],
      ],
    );
    const alone = await planned(tasks.slice(0, 1));
    assert.equal(together.costMicros, 3 * alone.costMicros!);
    assert.equal(together.bound!.micros, 3 * alone.bound!.micros);
  });

  it('differ when they wish for something else', async () => {
    const work = { hours: 2, on: null };
    const elsewhere = { allow: ['b'], deny: [], residency: null };
    const { allocations } = await planned([{ work }, { work, placement: elsewhere }, { work }]);
    assert.deepEqual(
      allocations.map(({ provider }) => provider),
      ['acme', 'b', 'acme'],
    );
  });
});
