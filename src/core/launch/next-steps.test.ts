import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { asEpochMs, type EpochMs } from '../../base/time.ts';
import type { Observation } from '../../ports/driver.ts';
import { Play, UP } from '../monitor/play-for-tests.ts';
import { ABSENCE_GRACE_MS } from './absence.ts';
import { learn } from './learn.ts';
import { INFRA_LOSSES_MAX, nextLookMs, onlyWaits } from './next-steps.ts';

describe('a run', () => {
  it('starts its node, runs, and ends with the code of its command', () => {
    const play = new Play();
    play.look();
    assert.deepEqual(play.created, ['0/1/0']);
    play.see('0/1/0', UP);
    assert.equal(play.run.state, 'running');
    play.end('0/1/0', 'exited', 0);
    assert.deepEqual(
      [play.run.state, play.run.outcome, play.run.exitCode],
      ['ended', 'succeeded', 0],
    );
  });

  it('fails with the code of its command, and is not started again without retries', () => {
    const play = new Play();
    play.look();
    play.end('0/1/0', 'exited', 3);
    assert.deepEqual([play.run.outcome, play.run.exitCode], ['task-failed', 3]);
    assert.deepEqual(play.created, ['0/1/0']);
  });

  it('is started again as often as retries says', () => {
    const play = new Play({ retries: 1 });
    play.look();
    play.end('0/1/0', 'exited', 3);
    assert.deepEqual(play.created, ['0/1/0', '0/2/0']);
    play.end('0/2/0', 'exited', 0);
    assert.equal(play.run.outcome, 'succeeded');
  });

  it('is asked for again under the same token when its place has never heard of it', () => {
    const play = new Play();
    play.look();
    play.see('0/1/0', { state: 'absent' });
    assert.deepEqual(play.created, ['0/1/0', '0/1/0']);
    assert.equal(new Set(play.run.nodes.map((node) => node.token)).size, 1);
  });

  it('that was out of sight before its place had heard of it is asked for again, too', () => {
    const play = new Play();
    play.look();
    play.see('0/1/0', { state: 'unknown', reason: 'no reply' });
    play.see('0/1/0', { state: 'absent' });
    assert.deepEqual(play.created, ['0/1/0', '0/1/0']);
    assert.equal(play.run.nodes[0]?.state, 'starting');
  });

  it('that its place does not list ends long after its place has taken the stop (faults 4, 5)', () => {
    const play = new Play();
    play.look();
    play.write({ type: 'run.stop-requested', data: {} });
    play.see('0/1/0', { state: 'absent' });
    play.now = asEpochMs(play.now + ABSENCE_GRACE_MS - 1);
    play.look();
    assert.equal(play.run.nodes[0]?.state, 'stopping');
    // Listed late, as a machine that was there all along.
    play.see('0/1/0', { state: 'starting' });
    play.now = asEpochMs(play.now + ABSENCE_GRACE_MS);
    play.look();
    assert.equal(play.run.state, 'stopping');
    play.see('0/1/0', { state: 'absent' });
    assert.deepEqual([play.run.state, play.run.outcome], ['ended', 'cancelled']);
    assert.ok(play.stopped.length >= 3, 'asked to stop at every look');
  });

  it('is not believed gone before a stop has reached its place, however long that takes', () => {
    const play = new Play();
    play.look();
    const node = { allocation: 0, attempt: 1, rank: 0 };
    play.write({ type: 'node.stopping', data: { ...node, reason: 'the engine died just then' } });
    play.observed.set('0/1/0', { state: 'absent' });
    play.now = asEpochMs(play.now + 10 * ABSENCE_GRACE_MS);
    assert.deepEqual(learn(play.view()), []);
  });

  it('whose place has another time of day is looked at as often as any', () => {
    const looks = [-3_600_000, 0, 3_600_000].map((skew) => {
      const play = new Play();
      play.look();
      play.see('0/1/0', { state: 'running', startedAt: asEpochMs(play.now + skew) });
      play.now = asEpochMs(play.now + 100_000);
      return nextLookMs(play.view());
    });
    assert.deepEqual(looks, [1000, 1000, 1000]);
  });

  it('out of sight is unknown, not dead, and never relaunched on that ground', () => {
    const play = new Play();
    play.look();
    play.see('0/1/0', UP);
    for (const seen of [{ state: 'unknown', reason: 'no reply' }, { state: 'absent' }] as const) {
      play.see('0/1/0', seen);
      assert.equal(play.run.nodes[0]?.state, 'unknown');
    }
    assert.deepEqual(play.created, ['0/1/0']);
    play.see('0/1/0', UP);
    assert.equal(play.run.nodes[0]?.state, 'running');
  });

  it('lost by its place is placed anew after a pause that grows', () => {
    const play = new Play();
    play.look();
    play.end('0/1/0', 'lost', null);
    assert.deepEqual(play.created, ['0/1/0']);
    const pause = nextLookMs(play.view());
    play.now = asEpochMs(play.now + pause);
    play.look();
    assert.deepEqual(play.created, ['0/1/0', '0/2/0']);
    play.end('0/2/0', 'lost', null);
    assert.ok(nextLookMs(play.view()) > pause);
  });

  it('that runs is looked at while another one of its run waits for its next attempt', () => {
    const play = new Play({ tasks: 2, needs: [[], []] });
    play.look();
    for (let attempt = 1; attempt < INFRA_LOSSES_MAX; attempt++) {
      play.end(`0/${attempt}/0`, 'lost', null);
      if (attempt === INFRA_LOSSES_MAX - 1) break;
      play.now = asEpochMs(play.now + 60_000);
      play.look();
    }
    assert.ok(nextLookMs(play.view()) <= 5000, 'the pause itself is longer');
  });

  it('that stops is looked at often, however long it ran', () => {
    const play = new Play();
    play.look();
    play.see('0/1/0', { state: 'running', startedAt: play.now });
    play.now = asEpochMs(play.now + 3_600_000);
    const whileRunning = nextLookMs(play.view());
    play.write({ type: 'run.stop-requested', data: {} });
    play.look();
    assert.ok(nextLookMs(play.view()) < whileRunning / 10);
  });

  it('is looked at again while it stands in line, if an attempt is still to be closed', () => {
    const play = new Play();
    play.look();
    const data = {
      allocation: 0,
      attempt: 1,
      rank: 0,
      outcome: 'infra-lost',
      exitCode: null,
    } as const;
    play.write({ type: 'node.ended', data: { ...data, reason: 'no capacity', endedAt: play.now } });
    assert.equal(onlyWaits({ ...play.view(), waitsForRoom: true }), false);
  });

  it('lost too often in a row is given up', () => {
    const play = new Play();
    play.look();
    for (let attempt = 1; attempt <= INFRA_LOSSES_MAX; attempt++) {
      play.end(`0/${attempt}/0`, 'lost', null);
      play.now = asEpochMs(play.now + 3_600_000);
      play.look();
    }
    assert.equal(play.run.outcome, 'infra-lost');
    assert.equal(play.created.length, INFRA_LOSSES_MAX);
  });

  it('on spot that its plan expects to be taken away is not given up for that', () => {
    const parts = { hours: 9, workHours: 5, spotHours: 5, onDemandHours: 0, onDemand: null };
    const spotRun = { ...parts, preemptions: 4, checkpointEveryS: 600 };
    const play = new Play({ line: { spot: true, spotRun } });
    play.look();
    for (let attempt = 1; attempt <= 2 * INFRA_LOSSES_MAX; attempt++) {
      play.end(`0/${attempt}/0`, 'lost', null);
      play.now = asEpochMs(play.now + 3_600_000);
      play.look();
    }
    assert.equal(play.run.outcome, null);
  });
});

describe('a gang', () => {
  it('starts whole', () => {
    const play = new Play({ nodes: 3 });
    play.look();
    assert.deepEqual(play.created, ['0/1/0', '0/1/1', '0/1/2']);
    play.see('0/1/0', UP);
    assert.equal(play.run.attempts[0]?.state, 'starting');
    play.see('0/1/1', UP);
    play.see('0/1/2', UP);
    assert.equal(play.run.attempts[0]?.state, 'running');
  });

  it('is torn down whole when one node fails', () => {
    const play = new Play({ nodes: 3 });
    play.look();
    for (const rank of [0, 1, 2]) play.see(`0/1/${rank}`, UP);
    play.end('0/1/1', 'exited', 9);
    assert.deepEqual(new Set(play.stopped), new Set(['0/1/0', '0/1/2']));
    play.end('0/1/0', 'stopped', null);
    play.end('0/1/2', 'stopped', null);
    assert.deepEqual([play.run.outcome, play.run.exitCode], ['task-failed', 9]);
  });
});

describe('a stop', () => {
  it('before the first look starts nothing', () => {
    const play = new Play();
    play.write({ type: 'run.stop-requested', data: {} });
    play.look();
    assert.deepEqual(play.created, []);
    assert.equal(play.run.outcome, 'cancelled');
  });

  it('between create and its reply reaches the node that came to be', () => {
    const play = new Play();
    play.look();
    play.write({ type: 'run.stop-requested', data: {} });
    play.look();
    assert.deepEqual(play.stopped, ['0/1/0']);
    play.end('0/1/0', 'stopped', null);
    assert.equal(play.run.outcome, 'cancelled');
  });

  it('is asked again until the node is seen to have ended', () => {
    const play = new Play();
    play.look();
    play.see('0/1/0', UP);
    play.write({ type: 'run.stop-requested', data: {} });
    play.look();
    play.look();
    assert.deepEqual(play.stopped, ['0/1/0', '0/1/0']);
    assert.equal(play.run.state, 'stopping');
  });
});

describe('a pipeline', () => {
  it('starts a task when what it needs has succeeded', () => {
    const play = new Play({ tasks: 2, needs: [[], [0]] });
    play.look();
    assert.deepEqual(play.created, ['0/1/0']);
    play.end('0/1/0', 'exited', 0);
    assert.deepEqual(play.created, ['0/1/0', '1/1/0']);
    play.end('1/1/0', 'exited', 0);
    assert.equal(play.run.outcome, 'succeeded');
  });

  it('stops the other parts when one fails', () => {
    const play = new Play({ tasks: 2, needs: [[], []] });
    play.look();
    play.see('1/1/0', UP);
    play.end('0/1/0', 'exited', 4);
    assert.deepEqual(play.stopped, ['1/1/0']);
    play.end('1/1/0', 'stopped', null);
    assert.deepEqual([play.run.outcome, play.run.exitCode], ['task-failed', 4]);
  });
});

describe('whatever the world shows', () => {
  const at: EpochMs = asEpochMs(1_000_000);
  const ended = (how: 'exited' | 'stopped' | 'lost', exitCode: number | null): Observation => ({
    state: 'ended',
    how,
    exitCode,
    startedAt: at,
    endedAt: at,
    reason: how,
  });
  const seen = fc.constantFrom<Observation>(
    { state: 'absent' },
    { state: 'starting' },
    UP,
    { state: 'unknown', reason: 'away' },
    ended('exited', 0),
    ended('exited', 1),
    ended('lost', null),
    ended('stopped', null),
  );
  const happening = fc.oneof(
    fc.record({ rank: fc.nat(1), seen }),
    fc.constant('stop' as const),
    fc.constant('wait' as const),
  );

  it('no attempt starts while an earlier one lives, and an ended run stays ended', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (story) => {
        const play = new Play({ nodes: 2, retries: 1 });
        for (const what of story) {
          const before = play.run;
          if (what === 'wait') play.now = asEpochMs(play.now + 600_000);
          else if (what === 'stop') {
            if (play.run.state !== 'ended') play.write({ type: 'run.stop-requested', data: {} });
          } else {
            const attempt = Math.max(1, play.run.attempts.length);
            play.observed.set(`0/${attempt}/${what.rank}`, what.seen);
          }
          play.look();
          if (before.state === 'ended') assert.deepEqual(play.run, before);
          const live = play.run.attempts.filter(({ state }) => state !== 'ended');
          assert.ok(live.length <= 1);
        }
      }),
    );
  });
});
