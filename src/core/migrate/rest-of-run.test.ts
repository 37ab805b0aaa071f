import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/time.ts';
import { buildAllocation, buildMove, buildPlan, buildRun } from '../../spec/build-for-tests.ts';
import type { RunNode } from '../../spec/run.ts';
import { changeoverOf, movesAgainAt, placesOf, plannedHoursLeft } from './rest-of-run.ts';

const T0 = asEpochMs(1_800_000_000_000);
const after = (ms: number) => asEpochMs(T0 + ms);

function node(attempt: number, startedAt: number, endedAt: number | null): RunNode {
  return {
    allocation: 0,
    attempt,
    rank: 0,
    token: `t${attempt}`,
    state: endedAt === null ? 'running' : 'ended',
    reason: null,
    outcome: null,
    exitCode: null,
    startedAt: after(startedAt),
    endedAt: endedAt === null ? null : after(endedAt),
  };
}

describe('what is left of a run', () => {
  const plan = buildPlan([{ hours: 10 }]);

  it('is what its plan says, without what its attempts have run', () => {
    const run = buildRun({ nodes: [node(1, 0, 2 * HOUR_MS), node(2, 3 * HOUR_MS, null)] });
    const left = plannedHoursLeft(run, plan, { allocation: 0, now: after(4 * HOUR_MS) });
    assert.equal(left?.mid, 7);
  });

  it('is never nothing while it runs, and not known where nothing tells its hours', () => {
    const run = buildRun({ nodes: [node(1, 0, null)] });
    const late = { allocation: 0, now: after(99 * HOUR_MS) };
    assert.ok(plannedHoursLeft(run, plan, late)!.mid > 0);
    assert.equal(plannedHoursLeft(run, buildPlan([{ hours: null }]), late), null);
  });
});

describe('a change of place', () => {
  it('takes a stop, a copy, and a start as long as those that were seen', () => {
    const run = buildRun({
      attempts: [
        {
          allocation: 0,
          attempt: 1,
          move: 0,
          state: 'running',
          outcome: null,
          createdAt: T0,
          endedAt: null,
        },
      ],
      nodes: [node(1, 90 * SECOND_MS, null)],
    });
    const checkpoint = { path: 'c', intervalMs: null, sizeBytes: 2e9 };
    const { hours } = changeoverOf(run, { allocation: 0, checkpoint });
    assert.equal(Math.round(hours * HOUR_MS), 10 * SECOND_MS + 20 * SECOND_MS + 90 * SECOND_MS);
  });

  it('of a run that never started is assumed', () => {
    const { hours } = changeoverOf(buildRun(), { allocation: 0, checkpoint: null });
    assert.equal(Math.round(hours * HOUR_MS), 5 * MINUTE_MS + 10 * SECOND_MS);
  });
});

describe('the next move of an allocation', () => {
  it('waits until the last one has paid for itself', () => {
    const moves = [buildMove({ endedAt: after(HOUR_MS) })];
    assert.equal(
      movesAgainAt({ moves }, 0, () => HOUR_MS),
      after(2 * HOUR_MS),
    );
    assert.equal(
      movesAgainAt({ moves }, 1, () => HOUR_MS),
      null,
    );
    assert.equal(
      movesAgainAt({ moves: [] }, 0, () => HOUR_MS),
      null,
    );
  });

  it('knows where each move came from and led', () => {
    const attempt = { allocation: 0, state: 'ended', outcome: 'moved', endedAt: T0 } as const;
    const [b, c] = ['b', 'c'].map((place) => buildAllocation({ place }));
    const run = buildRun({
      attempts: [1, 2].map((number) => {
        return { ...attempt, attempt: number, move: number - 1, createdAt: T0 };
      }),
      moves: [buildMove({ move: 1, line: b! }), buildMove({ move: 2, line: c! })],
    });
    const { from, to } = placesOf(run, buildPlan([{ place: 'a' }]), run.moves[1]!);
    assert.deepEqual([from.place, to.place], ['b', 'c']);
    assert.equal(placesOf(run, buildPlan([{ place: 'a' }]), run.moves[0]!).from.place, 'a');
  });
});
