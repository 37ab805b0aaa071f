import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs } from '../../base/time.ts';
import { Play, UP } from '../monitor/play-for-tests.ts';
import { ABSENCE_GRACE_MS } from './absence.ts';
import { learn } from './learn.ts';
import { nextLookMs } from './next-steps.ts';

describe('a node that had run and that its place no longer lists', () => {
  const forgotten = (): Play => {
    const play = new Play({ retries: 0 });
    play.look();
    play.see('0/1/0', UP);
    play.now = asEpochMs(play.now + 100_000);
    play.see('0/1/0', { state: 'absent' });
    return play;
  };
  const grace = (play: Play): void => {
    play.now = asEpochMs(play.now + ABSENCE_GRACE_MS);
    play.look();
  };

  it('is barred after the grace, and lost after another; only then is it placed anew (fault 4)', () => {
    const play = forgotten();
    play.now = asEpochMs(play.now + ABSENCE_GRACE_MS - 1);
    play.look();
    assert.deepEqual([play.run.nodes[0]?.state, play.stopped], ['unknown', []]);
    play.now = asEpochMs(play.now + 1);
    play.look();
    assert.deepEqual([play.run.nodes[0]?.state, play.stopped], ['unknown', ['0/1/0']]);
    play.now = asEpochMs(play.now + ABSENCE_GRACE_MS - 1);
    play.look();
    assert.deepEqual([play.run.nodes[0]?.state, play.created], ['unknown', ['0/1/0']]);
    play.now = asEpochMs(play.now + 1);
    play.look();
    const { outcome, reason } = play.run.nodes[0]!;
    assert.deepEqual([outcome, reason], ['infra-lost', 'its place no longer has it']);
    play.now = asEpochMs(play.now + nextLookMs(play.view()));
    play.look();
    assert.deepEqual(play.created, ['0/1/0', '0/2/0']);
  });

  it('is billed for as long as it was seen to be there, whatever its place says the time is', () => {
    for (const skew of [-3_600_000, 0, 3_600_000]) {
      const play = new Play();
      play.look();
      const startedAt = asEpochMs(play.now + skew);
      play.see('0/1/0', { state: 'running', startedAt });
      play.now = asEpochMs(play.now + 100_000);
      play.see('0/1/0', { state: 'absent' });
      grace(play);
      grace(play);
      assert.equal(play.run.nodes[0]?.endedAt, startedAt + 100_000);
    }
  });

  it('is none of it while its place does not answer, however long (fault 10)', () => {
    const play = forgotten();
    for (let hour = 0; hour < 100; hour++) {
      play.now = asEpochMs(play.now + 3_600_000);
      play.see('0/1/0', { state: 'unknown', reason: 'no reply' });
    }
    assert.deepEqual([play.run.nodes[0]?.state, play.stopped], ['unknown', []]);
  });

  it('and that is listed again in time was listed late, and its next absence counts anew', () => {
    const play = forgotten();
    play.see('0/1/0', UP);
    assert.equal(play.run.nodes[0]?.state, 'running');
    play.now = asEpochMs(play.now + 10 * ABSENCE_GRACE_MS);
    play.see('0/1/0', { state: 'absent' });
    assert.deepEqual([play.run.nodes[0]?.state, play.stopped], ['unknown', []]);
  });

  it('and that comes back after it was barred is lost, not cancelled, when that has ended it', () => {
    const play = forgotten();
    grace(play);
    play.end('0/1/0', 'stopped', null);
    assert.deepEqual([play.run.nodes[0]?.outcome, play.run.state], ['infra-lost', 'running']);
  });

  it('is not gone by an answer that was asked for before the grace was over', () => {
    const play = forgotten();
    grace(play);
    const askedAt = play.now;
    play.now = asEpochMs(play.now + 10 * ABSENCE_GRACE_MS);
    assert.deepEqual(learn({ ...play.view(), askedAt }), []);
    assert.equal(learn(play.view())[0]?.type, 'node.ended');
  });

  it('is cancelled when the user stops it meanwhile', () => {
    const play = forgotten();
    play.write({ type: 'run.stop-requested', data: {} });
    play.look();
    grace(play);
    assert.deepEqual([play.run.state, play.run.outcome], ['ended', 'cancelled']);
  });
});
