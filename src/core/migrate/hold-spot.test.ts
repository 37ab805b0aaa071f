import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rateFromUsd } from '../../base/money.ts';
import { asEpochMs, HOUR_MS, MINUTE_MS } from '../../base/time.ts';
import {
  buildAllocation,
  buildMove,
  buildPlan,
  buildRun,
  buildTask,
  buildTaskFile,
} from '../../spec/build-for-tests.ts';
import type { PlanAllocation } from '../../spec/plan.ts';
import type { Attempt, Outcome, Run, RunNode } from '../../spec/run.ts';
import type { Task } from '../../spec/task.ts';
import { place } from '../launch/attempt-steps.ts';
import type { LaunchView } from '../launch/launch-view.ts';
import { planSpot, type SpotPlan } from '../optimize/spot/decide.ts';
import { holdSpot, type SpotHold, type SpotSight } from './hold-spot.ts';
import { spotHistory } from './spot-history.ts';
import { spotSteps } from './spot-steps.ts';
import { spotWorkOf, workLeftMs } from './spot-work.ts';

const T0 = asEpochMs(1_800_000_000_000);
const at = (hours: number) => asEpochMs(T0 + hours * HOUR_MS);

const ON_DEMAND = {
  offerId: 'on-demand',
  place: 'acme/eu-1',
  nanosPerHour: rateFromUsd(3),
  billingIncrementS: 1,
  billingMinimumS: 0,
};
const SPOT = buildAllocation({
  offerId: 'spot',
  place: 'acme/eu-1',
  spot: true,
  nanosPerHour: rateFromUsd(1),
  spotRun: {
    hours: 18,
    workHours: 10,
    spotHours: 11,
    onDemandHours: 1,
    onDemand: ON_DEMAND,
    preemptions: 4,
    checkpointEveryS: 1800,
  },
});
const { spotRun: _, ...PLAIN } = SPOT;
const BRIDGE: PlanAllocation = { ...PLAIN, ...ON_DEMAND, spot: false };
const CHECKPOINT = { path: 'ckpt', intervalMs: null, sizeBytes: 0 };

/** Hours from the start: when it was asked for, when it ran, when and how it ended. */
type Tried = {
  readonly from: number;
  readonly ran?: boolean;
  readonly to?: number;
  readonly how?: Outcome;
  readonly onDemand?: boolean;
};

function viewFor(
  tries: readonly Tried[],
  {
    now,
    task = {},
    line = SPOT,
  }: { readonly now: number; readonly task?: Partial<Task>; readonly line?: PlanAllocation },
): LaunchView {
  const goal = { ...buildTask().goal, spot: 'allow' as const, deadlineMs: 16 * HOUR_MS };
  const file = buildTaskFile([buildTask({ goal, checkpoint: CHECKPOINT, ...task })]);
  const hasMoved = tries.some(({ onDemand }) => onDemand);
  const run: Run = buildRun({
    createdAt: T0,
    attempts: tries.map(attemptOf),
    nodes: tries.map(nodeOf),
    moves: hasMoved ? [buildMove({ move: 1, state: 'moved', line: BRIDGE, endedAt: T0 })] : [],
  });
  const maps = { observed: new Map(), absences: new Map() };
  return { run, plan: buildPlan([line]), file, ...maps, now: at(now) };
}

function attemptOf({ from, to, how = 'infra-lost', onDemand }: Tried, index: number): Attempt {
  const ended = to === undefined ? null : at(to);
  const state = ended === null ? ('running' as const) : ('ended' as const);
  const common = { allocation: 0, attempt: index + 1, move: onDemand ? 1 : 0, state };
  return { ...common, outcome: ended && how, createdAt: at(from), endedAt: ended };
}

function nodeOf({ from, to, ran = true, how = 'infra-lost' }: Tried, index: number): RunNode {
  const ended = to === undefined ? null : at(to);
  return {
    allocation: 0,
    attempt: index + 1,
    rank: 0,
    token: `t${index}`,
    state: ended === null ? 'running' : 'ended',
    reason: null,
    outcome: ended && how,
    exitCode: null,
    startedAt: ran ? at(from) : null,
    endedAt: ended,
  };
}

/** One job is behind all that is decided here: its table is made once. */
let table: SpotPlan | undefined;

function holdFor(view: LaunchView, sight: Partial<SpotSight> = {}): SpotHold {
  const work = spotWorkOf(view, 0)!;
  table ??= planSpot(work.job, work.tickMs);
  const plan = table;
  return holdSpot(
    view,
    { allocation: 0, work, plan },
    { isOffered: null, hoursLeft: null, ...sight },
  );
}

const leftHours = (view: LaunchView, hoursLeft: number | null = null): number =>
  workLeftMs(view, 0, { job: spotWorkOf(view, 0)!.job, hoursLeft }) / HOUR_MS;

describe('what a run that may change between spot and on-demand has still to do', () => {
  it('is its work less what its checkpoints have saved', () => {
    // 100 minutes in strides of 30: three are saved, also where it still runs.
    assert.equal(leftHours(viewFor([{ from: 0, to: 100 / 60 }], { now: 3 })), 8.5);
    assert.equal(leftHours(viewFor([{ from: 0 }], { now: 100 / 60 })), 8.5);
  });

  it('counts all that ran where it was stopped, which saves, and on demand', () => {
    assert.equal(leftHours(viewFor([{ from: 0, to: 1.2, how: 'moved' }], { now: 2 })), 8.8);
    assert.equal(leftHours(viewFor([{ from: 0, onDemand: true }], { now: 1.2 })), 8.8);
  });

  it('is all of it where none are kept, but for on-demand that goes on', () => {
    const task = { checkpoint: null };
    assert.equal(leftHours(viewFor([{ from: 0, to: 3 }], { now: 4, task })), 10);
    assert.equal(leftHours(viewFor([{ from: 0, onDemand: true }], { now: 4, task })), 6);
  });

  it('is what the task itself says, and what it has not saved of that', () => {
    assert.equal(leftHours(viewFor([{ from: 0 }], { now: 1 }), 7), 7.5);
  });
});

describe('what has been seen of spot', () => {
  const seen = (tries: readonly Tried[], now: number) =>
    spotHistory(viewFor(tries, { now }), 0, { from: T0, tickMs: HOUR_MS });

  it('is there while it ran, and gone from when it was lost or refused', () => {
    const tries = [
      { from: 0, to: 1.5 },
      { from: 2.5, ran: false, to: 2.5 },
      { from: 3.2, to: 4.5 },
    ];
    const { past, absentAt } = seen(tries, 6);
    assert.deepEqual([...past], [1, 0, 0, 1, 0, 0]);
    assert.equal(absentAt, at(4.5));
  });

  it('is nothing before the first attempt, and nothing of on-demand', () => {
    assert.deepEqual([...seen([{ from: 2, onDemand: true }], 4).past], []);
    assert.equal(seen([], 4).absentAt, null);
  });
});

describe('what a run that has a deadline should be on', () => {
  it('is nobody’s to decide without a deadline, without on-demand, or elsewhere', () => {
    const goal = { ...buildTask().goal, spot: 'allow' as const };
    assert.equal(spotWorkOf(viewFor([], { now: 0, task: { goal } }), 0), null);
    const alone = { ...SPOT, spotRun: { ...SPOT.spotRun!, onDemand: null } };
    assert.equal(spotWorkOf(viewFor([], { now: 0, line: alone }), 0), null);
    const view = viewFor([{ from: 0, onDemand: true }], { now: 1 });
    const moves = [{ ...view.run.moves[0]!, line: { ...BRIDGE, offerId: 'other' } }];
    assert.equal(spotWorkOf({ ...view, run: { ...view.run, moves } }, 0), null);
  });

  it('is spot at its start, unless its place says that there is none', () => {
    assert.equal(holdFor(viewFor([], { now: 0 })).on, 'spot');
    assert.equal(holdFor(viewFor([], { now: 0 }), { isOffered: false }).on, 'none');
  });

  it('is nothing where spot has just gone and there is time, until told when', () => {
    const { on, reason, workLeftMs: left } = holdFor(viewFor([{ from: 0, to: 2 }], { now: 2 }));
    assert.equal(on, 'none');
    // 16 h − 8 h of work that is left − 7 min of changeover, from 08:00 on.
    assert.equal(left, 8 * HOUR_MS);
    assert.match(
      reason,
      /^waits for spot until 2027-01-15 15:53 UTC at the latest: on demand then/,
    );
  });

  it('is on-demand before it is too late, and then nothing else', () => {
    const view = viewFor([{ from: 0, to: 2 }], { now: 7.8 });
    const { on, reason, reviewMs } = holdFor(view, { isOffered: true });
    assert.deepEqual([on, reviewMs < MINUTE_MS], ['on-demand', false]);
    assert.match(reason, /any later, and the deadline might be missed/);
    const late = holdFor(viewFor([{ from: 0, to: 2 }], { now: 12 }));
    assert.deepEqual(
      [late.on, late.reason],
      ['on-demand', 'on demand ends soonest, and the deadline is near'],
    );
  });

  it('stays on demand while nobody says that spot is there, and leaves it where that pays', () => {
    const view = viewFor(
      [
        { from: 0, to: 1 },
        { from: 3, onDemand: true },
      ],
      { now: 5 },
    );
    for (const isOffered of [false, null])
      assert.equal(holdFor(view, { isOffered }).on, 'on-demand');
    const back = holdFor(view, { isOffered: true });
    assert.equal(back.on, 'spot');
    assert.match(back.reason, /^spot is back: to stay on demand is expected to cost \$/);
  });

  it('is asked again the sooner, the nearer the last moment for on-demand is', () => {
    const early = holdFor(viewFor([{ from: 0 }], { now: 1 })).reviewMs;
    const late = holdFor(viewFor([{ from: 0, to: 2 }], { now: 7.88 })).reviewMs;
    assert.ok(early === MINUTE_MS && late < MINUTE_MS / 2, `${early} ${late}`);
  });
});

describe('how a run comes to what it should be on', () => {
  const stepsFor = (view: LaunchView, hold: Partial<SpotHold>) => {
    const attempt = view.run.attempts.length + 1;
    return spotSteps(view, [place(view, 0, attempt)], [{ ...holdFor(view), ...hold }]);
  };
  const types = (steps: ReturnType<typeof stepsFor>) =>
    steps.flatMap(({ intent }) => intent.map(({ type }) => type));

  it('waits in place of an attempt, and says so once', () => {
    const view = viewFor([{ from: 0, to: 2 }], { now: 2 });
    const waits = { on: 'none' as const, reason: 'waits' };
    assert.deepEqual(stepsFor(view, waits), [
      { intent: [{ type: 'run.queued', data: { reason: 'waits' } }], act: [] },
    ]);
    assert.deepEqual(stepsFor({ ...view, run: { ...view.run, reason: 'waits' } }, waits), []);
  });

  it('places it where it is already as it should be', () => {
    const view = viewFor([{ from: 0, to: 2 }], { now: 3 });
    assert.deepEqual(types(stepsFor(view, { on: 'spot' })), ['attempt.created', 'node.starting']);
  });

  it('moves to on-demand, for the price of what is left there', () => {
    const view = viewFor([{ from: 0, to: 2 }], { now: 3 });
    const [step, ...more] = stepsFor(view, { on: 'on-demand', reason: 'why' });
    assert.equal(more.length, 0);
    const event = step!.intent[0]!;
    assert.ok(event.type === 'move.requested');
    const { line, reason } = event.data;
    assert.deepEqual(
      [line.offerId, line.spot, line.spotRun, reason],
      ['on-demand', false, undefined, 'why'],
    );
    assert.deepEqual([line.hours, line.costMicros], [8, 24_000_000]);
  });

  it('moves what runs on demand back to the spot of its plan', () => {
    const view = viewFor([{ from: 0, onDemand: true }], { now: 3 });
    const [, step] = spotSteps(view, [{ intent: [], act: [] }], [{ ...holdFor(view), on: 'spot' }]);
    const event = step!.intent[0]!;
    assert.ok(event.type === 'move.requested');
    assert.deepEqual(event.data.line, SPOT);
  });

  it('asks a place that has just turned it away not at once again', () => {
    const view = viewFor([{ from: 0, to: 2 }], { now: 3 });
    const moves = [buildMove({ state: 'abandoned', line: BRIDGE, endedAt: at(3) })];
    const turned = { ...view, run: { ...view.run, moves } };
    assert.deepEqual(types(stepsFor(turned, { on: 'on-demand' })), [
      'attempt.created',
      'node.starting',
    ]);
  });

  it('leaves a run alone that is stopped, or on its way already', () => {
    const view = viewFor([{ from: 0, to: 2 }], { now: 3 });
    const stopped = { ...view, run: { ...view.run, stopRequested: true } };
    const moves = [buildMove({ state: 'asked', line: BRIDGE, endedAt: null })];
    const moving = { ...view, run: { ...view.run, moves } };
    for (const left of [stopped, moving]) {
      assert.equal(types(stepsFor(left, { on: 'none' })).length, 2);
    }
  });
});
