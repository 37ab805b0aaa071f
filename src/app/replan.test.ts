import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateFromUsd } from '../base/money.ts';
import { asEpochMs, HOUR_MS } from '../base/time.ts';
import { GIB } from '../base/units.ts';
import type { RunNow } from '../ports/planner.ts';
import {
  buildAllocation,
  buildMove,
  buildOffer,
  buildPlan,
  buildResources,
  buildRun,
  buildTask,
  buildTaskFile,
} from '../spec/build-for-tests.ts';
import type { Offer } from '../spec/offer.ts';
import type { Task } from '../spec/task.ts';
import { OFFERS_KEPT_MS, planner } from './replan.ts';

const NOW = asEpochMs(1_800_000_000_000);

function machine(id: string, usdPerHour: number, vcpus = 8, place = id): Offer {
  return buildOffer({
    id,
    place,
    provider: place,
    accelerator: null,
    acceleratorCount: 0,
    acceleratorMemoryGib: null,
    instance: null,
    vcpus,
    memoryGib: vcpus * 4,
    nanosPerHour: rateFromUsd(usdPerHour),
    launchable: true,
  });
}

const asks = buildTask({
  resources: [buildResources({ cpus: { value: 4, atLeast: true } })],
  work: { hours: 10, on: null },
});

function world(offers: readonly Offer[], { task = asks }: { readonly task?: Task } = {}) {
  let now = NOW;
  let asked = 0;
  const made = planner({
    clock: { now: () => now, sleep: async () => {} },
    readTasks: () => buildTaskFile([task]),
    offers: async () => {
      asked++;
      return offers;
    },
  });
  return {
    planner: made,
    later: (ms: number) => {
      now = asEpochMs(now + ms);
    },
    asked: () => asked,
  };
}

function runAt(offer: Offer, parts: Partial<RunNow> = {}): RunNow {
  const { id: offerId, place, provider, nanosPerHour } = offer;
  const plan = buildPlan([buildAllocation({ offerId, place, provider, nanosPerHour, hours: 10 })]);
  return {
    run: buildRun({ state: 'running' }),
    request: { taskText: '', baseDir: '/', envs: {}, plan },
    now: NOW,
    measured: new Map(),
    hoursLeft: new Map(),
    ...parts,
  };
}

describe('what a re-plan says of a run that goes on', () => {
  const [here, cheap] = [machine('here', 2), machine('cheap', 1)];

  it('is to move where it would cost less by a tenth, and what that saves', async () => {
    const { planner: made } = world([here, cheap]);
    const [advice] = (await made.advise(runAt(here))).allocations;
    assert.equal(advice?.action, 'move');
    assert.equal(advice?.to?.offerId, 'cheap');
    const close = world([here, machine('close', 1.95)]);
    assert.equal((await close.planner.advise(runAt(here))).allocations[0]?.action, 'keep');
  });

  it('is to take less of a machine when it has used less, and not before that was seen', async () => {
    const [whole, part] = [machine('whole', 2, 8, 'acme'), machine('part', 0.5, 2, 'acme')];
    const { planner: made } = world([whole, part]);
    const blind = await made.advise(runAt(whole));
    assert.equal(blind.allocations[0]?.action, 'keep');
    const used = { cpuPeakCores: 1.1, memoryPeakBytes: 3 * GIB, overMs: HOUR_MS };
    const seen = await made.advise(runAt(whole, { measured: new Map([[0, used]]) }));
    assert.equal(seen.allocations[0]?.to?.offerId, 'part');
    assert.deepEqual(seen.allocations[0]?.fitted, { cpus: 1.5, memoryGib: 3.75 });
  });

  it('goes by the hours that the task itself says are left', async () => {
    const { planner: made } = world([here, cheap]);
    const soon = { low: 0.01, mid: 0.02, high: 0.03 };
    const advice = await made.advise(runAt(here, { hoursLeft: new Map([[0, soon]]) }));
    assert.equal(advice.allocations[0]?.action, 'keep');
    assert.equal(advice.allocations[0]?.hoursLeft, 0.02);
  });

  it('is to keep what has just been moved, until that has paid for itself', async () => {
    const { planner: made } = world([here, cheap]);
    const line = buildAllocation({ offerId: 'here', place: 'here', nanosPerHour: rateFromUsd(2) });
    const moves = [buildMove({ line, requestedAt: NOW, endedAt: NOW })];
    const run = buildRun({ state: 'running', moves });
    const [advice] = (await made.advise(runAt(machine('old', 3), { run }))).allocations;
    assert.equal(advice?.action, 'keep');
    assert.ok(advice!.notBefore! > NOW);
  });

  it('says nothing of what has ended', async () => {
    const { planner: made } = world([here, cheap]);
    const ended = buildRun({ state: 'ended', outcome: 'succeeded' });
    assert.deepEqual((await made.advise(runAt(here, { run: ended }))).allocations, []);
  });

  it('asks for offers once a minute, however often it is asked', async () => {
    const { planner: made, later, asked } = world([here, cheap]);
    await Promise.all([made.advise(runAt(here)), made.advise(runAt(here))]);
    assert.equal(asked(), 1);
    later(OFFERS_KEPT_MS + 1);
    await made.advise(runAt(here));
    assert.equal(asked(), 2);
  });
});

describe('a place that a run is to be moved to', () => {
  const local = machine('local', 2);

  it('is the best that lies there', async () => {
    const offers = [local, machine('a', 3, 8, 'acme/eu'), machine('b', 1, 8, 'acme/eu')];
    const { planner: made } = world(offers);
    const placed = await made.lineAt(runAt(local), { allocation: 0, place: 'acme' });
    assert.equal(placed.line.offerId, 'b');
    assert.deepEqual(placed.losses, ['task has no checkpoint: there it begins anew']);
  });

  it('is refused with the reason when nothing there carries the task', async () => {
    const small = world([local, machine('small', 1, 2)]);
    await assert.rejects(small.planner.lineAt(runAt(local), { allocation: 0, place: 'small' }), {
      code: 'plan.infeasible',
    });
  });

  it('that there is not is told, with those that there are', async () => {
    const unknown = world([local]).planner.lineAt(runAt(local), { allocation: 0, place: 'mars' });
    await assert.rejects(unknown, { code: 'driver.no-such-place', hint: /places now: local/ });
  });
});
