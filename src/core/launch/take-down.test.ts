import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Play, UP } from '../monitor/play-for-tests.ts';
import type { Step } from './attempt-steps.ts';
import { nodeKey } from './launch-view.ts';
import { takeDown } from './take-down.ts';

const REASON = 'quarantined: Kedge failed 5 times in a row on it: x is undefined';

/** A gang of two that runs, and on which Kedge fails. */
function quarantined(): Play {
  const play = new Play({ nodes: 2 });
  play.look();
  play.see('0/1/0', UP);
  play.see('0/1/1', UP);
  play.write({ type: 'run.quarantined', data: { reason: REASON } });
  return play;
}

function carryOut(play: Play): readonly Step[] {
  const steps = takeDown(play.view(), REASON);
  for (const { intent } of steps) play.write(...intent);
  return steps;
}

function stopsOf(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ act }) =>
    act.flatMap((one) => (one.kind === 'stop' ? nodeKey(one.node) : [])),
  );
}

function ended(play: Play, rank: number): void {
  const data = { allocation: 0, attempt: 1, rank, outcome: 'cancelled' as const, exitCode: null };
  play.write({ type: 'node.ended', data: { ...data, reason: 'stopped', endedAt: play.now } });
}

describe('a quarantined run', () => {
  it('says why it is being stopped', () => {
    const { run } = quarantined();
    assert.deepEqual([run.state, run.reason, run.stopReason], ['stopping', REASON, REASON]);
  });

  it('has its machines stopped, again and again, and is closed when the last is gone', () => {
    const play = quarantined();
    assert.deepEqual(stopsOf(carryOut(play)), ['0/1/0', '0/1/1']);
    ended(play, 0);
    assert.deepEqual(stopsOf(carryOut(play)), ['0/1/1']);
    assert.equal(play.run.attempts[0]?.state, 'stopping');
    ended(play, 1);
    carryOut(play);
    assert.deepEqual([play.run.attempts[0]?.state, play.run.state], ['ended', 'stopping']);
    carryOut(play);
    assert.deepEqual([play.run.outcome, play.run.reason], ['unknown', REASON]);
    assert.deepEqual(carryOut(play), []);
  });

  it('ends as what it was, where its user had asked for the end', () => {
    const play = new Play();
    play.write({ type: 'run.stop-requested', data: {} });
    play.write({ type: 'run.quarantined', data: { reason: REASON } });
    assert.equal(play.run.stopReason, null);
    carryOut(play);
    assert.deepEqual([play.run.state, play.run.outcome], ['ended', 'cancelled']);
  });
});
