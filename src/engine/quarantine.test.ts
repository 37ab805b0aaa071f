import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert as demand } from '../base/assert.ts';
import { KedgeError } from '../base/errors.ts';
import { asEpochMs } from '../base/time.ts';
import type { Claim } from '../ports/store.ts';
import {
  BUGS_MAX,
  DEATHS_MAX,
  isBug,
  isQuarantined,
  isStruckOut,
  pickSuspect,
  strikesAfter,
} from './quarantine.ts';

function claim(runId: string, strikes: number): Claim {
  return { tenantId: 'default', runId, token: 1, expiresAt: asEpochMs(0), strikes };
}

function failedAssertion(): unknown {
  try {
    return demand(false, 'it cannot be');
  } catch (error) {
    return error;
  }
}

describe('the strikes of a run', () => {
  it('are for our own bugs, not for what the world does', () => {
    assert.ok(isBug(new TypeError('x is undefined')));
    assert.ok(isBug(failedAssertion()));
    assert.ok(isBug(new KedgeError('spec.bad-value', 'run: not as expected')));
    assert.ok(isBug(new KedgeError('state.illegal-transition', 'cannot happen')));
    for (const code of ['launch.no-capacity', 'driver.no-reply', 'state.disk-full'] as const) {
      assert.ok(!isBug(new KedgeError(code, 'trouble')));
      assert.equal(strikesAfter(claim('run_1', 9), new KedgeError(code, 'trouble')), 0);
    }
  });

  it('are forgotten with the first look that goes well', () => {
    assert.equal(strikesAfter(claim('run_1', DEATHS_MAX), null), 0);
  });

  it('are enough at five bugs, or at twenty deaths', () => {
    const bug = new TypeError('x is undefined');
    assert.ok(!isStruckOut(claim('run_1', BUGS_MAX - 1), bug));
    assert.equal(strikesAfter(claim('run_1', BUGS_MAX - 1), bug), BUGS_MAX - 1);
    assert.ok(isStruckOut(claim('run_1', BUGS_MAX), bug));
    assert.ok(isQuarantined(claim('run_1', strikesAfter(claim('run_1', BUGS_MAX), bug) + 1)));
    assert.ok(!isQuarantined(claim('run_1', DEATHS_MAX)));
    assert.ok(isQuarantined(claim('run_1', DEATHS_MAX + 1)));
  });

  it('put a run into quarantine for good', () => {
    const quarantined = claim('run_1', DEATHS_MAX + 1);
    const trouble = new KedgeError('driver.no-reply', 'no reply');
    for (const error of [null, trouble, new TypeError('x is undefined')]) {
      const next = claim('run_1', strikesAfter(quarantined, error) + 1);
      assert.ok(isQuarantined(next), String(error));
    }
  });
});

describe('runs that may be what kills the server', () => {
  const [sound, once, worst, bad] = [
    claim('run_sound', 1),
    claim('run_once', 2),
    claim('run_worst', 9),
    claim('run_bad', 3),
  ];

  it('are looked at one at a time, the least suspect first, beside those that are not', () => {
    const { taken, put } = pickSuspect([worst, sound, bad, once], { hasSuspect: false });
    assert.deepEqual([taken, put], [[sound, bad, once], [worst]]);
  });

  it('wait while one of them is looked at', () => {
    const { taken, put } = pickSuspect([worst, sound, bad], { hasSuspect: true });
    assert.deepEqual([taken, put], [[sound], [bad, worst]]);
  });
});
