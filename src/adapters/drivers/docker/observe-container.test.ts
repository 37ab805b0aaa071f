import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs } from '../../../base/time.ts';
import { endOf, liveAs, type Seen } from './observe-container.ts';
import type { Marks } from './read-marks.ts';

const at = asEpochMs;
const STARTED: Marks = { startedAt: at(1000), exit: null };
const exited = (code: number, when = 2000): Marks => ({
  startedAt: at(1000),
  exit: { step: 'run', code, at: at(when), memory: false, asked: false },
});
const asked = { at: at(1500), killAt: at(9000) };

function seen(status: string | null, parts: Partial<Seen> & { OOMKilled?: boolean } = {}): Seen {
  const { OOMKilled = false, ...rest } = parts;
  const state =
    status === null ? null : ({ Status: status, OOMKilled, Error: '' } as Seen['state']);
  return { state, wasStarted: true, marks: STARTED, stop: null, ...rest };
}
const ends = (one: Seen) => {
  const { how, exitCode, reason } = endOf({ ...one, now: at(3000), bootedAt: null });
  return [how, exitCode, reason];
};

describe('a container that is looked at', () => {
  it('is starting until its first process says so, and runs as long as that runs', () => {
    const fresh = { marks: { startedAt: null, exit: null } };
    assert.deepEqual(liveAs(seen('initialized', fresh)), { state: 'starting' });
    assert.deepEqual(liveAs(seen('running', fresh)), { state: 'starting' });
    assert.deepEqual(liveAs(seen('running')), { state: 'running', startedAt: 1000 });
    assert.equal(liveAs(seen('running', { marks: exited(0) }))?.state, 'running');
  });

  it('that a server left created and not started is absent: another create finishes it', () => {
    const fresh = { marks: { startedAt: null, exit: null } };
    assert.deepEqual(liveAs(seen('created', fresh)), { state: 'absent' });
  });

  it('that was claimed and never created is absent, and ended once a stop was asked', () => {
    const fresh = { marks: { startedAt: null, exit: null } };
    assert.deepEqual(liveAs(seen(null, fresh)), { state: 'absent' });
    assert.equal(liveAs(seen(null, { ...fresh, stop: asked })), null);
    const words = ends(seen(null, { ...fresh, stop: asked }));
    assert.deepEqual(words, ['stopped', null, 'stopped before it started']);
  });

  it('has the code of its command, whatever the engine says, and even when it is gone', () => {
    for (const status of ['exited', null]) {
      assert.deepEqual(ends(seen(status, { marks: exited(3) })), [
        'exited',
        3,
        'run failed with exit code 3',
      ]);
    }
  });

  it('is lost when it ended without a word: killed, removed, or its machine rebooted', () => {
    assert.deepEqual(ends(seen('exited')), ['lost', null, 'its container was killed']);
    assert.deepEqual(ends(seen(null)), ['lost', null, 'its container was removed']);
    assert.equal(liveAs(seen('created')), null, 'as Podman says of one before a reboot');
    assert.deepEqual(ends(seen('created')), ['lost', null, 'the container engine was restarted']);
  });

  it('that is started between the two looks at it is not taken for one that was lost', () => {
    for (const status of ['created', null]) {
      const fresh = seen(status, { wasStarted: false });
      assert.deepEqual(liveAs(fresh), { state: 'running', startedAt: 1000 });
    }
  });

  it('that passed its memory limit has failed by itself, and is not tried elsewhere', () => {
    for (const marks of [STARTED, exited(137)]) {
      const [how, code, reason] = ends(seen('exited', { marks, OOMKilled: true }));
      assert.deepEqual([how, code], ['exited', 137]);
      assert.match(String(reason), /passed its memory limit/);
    }
    // A part of it was killed, and it went on.
    assert.equal(ends(seen('exited', { marks: exited(0), OOMKilled: true }))[2], 'run succeeded');
    // What the engine has missed, the first process has seen.
    const marks: Marks = { ...STARTED, exit: { ...exited(137).exit!, memory: true } };
    assert.deepEqual(ends(seen('exited', { marks })).slice(0, 2), ['exited', 137]);
  });

  it('whose task was killed by somebody is lost, as at `local`', () => {
    assert.deepEqual(ends(seen('exited', { marks: exited(137) })), [
      'lost',
      null,
      'run was killed by SIGKILL, and not for its own memory limit',
    ]);
  });

  it('that somebody else has stopped is lost, unless its task has ended well by then', () => {
    const told = (code: number): Marks => ({
      ...STARTED,
      exit: { ...exited(code).exit!, asked: true },
    });
    const [how, code, reason] = ends(seen('exited', { marks: told(143) }));
    assert.deepEqual([how, code], ['lost', null]);
    assert.match(String(reason), /^run was stopped, and not by Kedge/);
    assert.equal(ends(seen('exited', { marks: told(0) }))[2], 'run succeeded');
    const ours = seen('exited', { marks: told(143), stop: { at: at(1500), killAt: at(9000) } });
    assert.equal(ends(ours)[0], 'stopped');
  });

  it('that ended with a reboot is told so, and ran no longer than to it', () => {
    for (const status of ['exited', 'created', null]) {
      const end = endOf({ ...seen(status), now: at(3000), bootedAt: at(2500) });
      assert.deepEqual([end.how, end.reason], ['lost', 'the machine was rebooted']);
      assert.equal(end.endedAt, 2500);
    }
    const before = endOf({
      ...seen('exited', { marks: exited(0) }),
      now: at(3000),
      bootedAt: at(2500),
    });
    assert.deepEqual([before.how, before.endedAt], ['exited', 2000]);
  });

  it('is stopped when it ended after we asked, and not when it had ended before', () => {
    assert.deepEqual(ends(seen('exited', { stop: asked }))[0], 'stopped');
    assert.deepEqual(ends(seen('exited', { stop: asked, marks: exited(143) }))[0], 'stopped');
    const before = ends(seen('exited', { stop: asked, marks: exited(0, 1400) }));
    assert.deepEqual(before, ['exited', 0, 'run succeeded']);
  });

  it('whose image has no shell has failed by itself', () => {
    const fresh = { marks: { startedAt: null, exit: null } };
    assert.deepEqual(ends(seen('exited', fresh)), ['exited', 125, 'its image cannot run /bin/sh']);
  });
});
