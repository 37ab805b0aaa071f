import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KedgeError } from '../base/errors.ts';
import { ByteMask } from '../base/redaction/byte-mask.ts';
import { asEpochMs } from '../base/time.ts';
import type { Driver, LogSlice, NodeSpec, Observation } from '../ports/driver.ts';
import type { Secrets } from '../ports/secrets.ts';
import { maskedDriver } from './masked-driver.ts';

const CANARY = 'canary-7f3a';
const ref = { tenantId: 'default', runId: 'run_1', allocation: 0, attempt: 1, rank: 0, token: 't' };
const spec = { ref } as unknown as NodeSpec;

function masked(driver: Partial<Driver>, values: readonly string[] = [CANARY]): Driver {
  const get = async () => Object.fromEntries(values.map((value, at) => [`KEY_${at}`, value]));
  return maskedDriver(driver as Driver, { get } as unknown as Secrets);
}

function ended(reason: string): Observation {
  const endedAt = asEpochMs(1);
  return { state: 'ended', how: 'exited', exitCode: 1, startedAt: null, endedAt, reason };
}

describe('what a driver tells of a run with secrets (fault 34)', () => {
  it('has none of them in the message, hint, details, cause and trace of an error', async () => {
    const cause = Object.assign(new TypeError(`bad ${CANARY}`), { spawnargs: [{ a: CANARY }] });
    const details = { path: `/x/${CANARY}`, why: { [CANARY]: [CANARY] } };
    const parts = { hint: `remove ${CANARY}`, cause, details };
    const create = async () => {
      throw new KedgeError('driver.unsupported', `no ${CANARY}`, parts);
    };
    const error: unknown = await masked({ create })
      .create(spec)
      .then(
        () => null,
        (reason) => reason,
      );
    assert.ok(error instanceof KedgeError && error.code === 'driver.unsupported');
    assert.equal(error.message, 'no ***');
    const told = [
      error.message,
      error.stack,
      error.hint,
      error.cause,
      JSON.stringify(error.details),
    ];
    const causes = [cause.message, cause.stack, JSON.stringify(cause)];
    assert.ok(![...told, ...causes].join('\n').includes(CANARY));
    assert.ok(cause instanceof TypeError && error.cause === cause);
  });

  it('has none of them in the reason for an end, nor for being out of sight', async () => {
    const reasons = [ended(`${CANARY}: command not found`), { state: 'unknown', reason: CANARY }];
    const observe = async () => reasons as readonly Observation[];
    const seen = await masked({ observe }).observe([ref, ref]);
    assert.deepEqual(
      seen.map((one) => 'reason' in one && one.reason),
      ['***: command not found', '***'],
    );
  });

  it('tells an end only when what is kept of the output is masked', async () => {
    const forms: string[] = [];
    const observe = async () => [ended('done')];
    const maskLog = async (_: unknown, given: readonly string[]) => void forms.push(...given);
    assert.deepEqual(await masked({ observe, maskLog }).observe([ref]), [ended('done')]);
    assert.ok(forms.includes(CANARY));
    const full = async () => {
      throw new KedgeError('state.disk-full', 'the disk is full');
    };
    const [seen] = await masked({ observe, maskLog: full }).observe([ref]);
    assert.deepEqual(seen, {
      state: 'unknown',
      reason: 'its output cannot be masked yet: the disk is full',
    });
  });
});

describe('the output of a command beside a task', () => {
  it('is masked, each stream for itself, and its end comes last', async () => {
    const parts: readonly (readonly ['stdout' | 'stderr', string])[] = [
      ['stdout', 'key: canary'],
      ['stderr', `no ${CANARY}`],
      ['stdout', '-7f3a, can'],
    ];
    const exec = async function* () {
      for (const [stream, text] of parts) yield { stream, bytes: Buffer.from(text) };
      yield { exitCode: 3 };
    };
    const shown = { stdout: '', stderr: '' };
    const signal = new AbortController().signal;
    const request = { command: ['env'], stdin: null, signal };
    const ends: unknown[] = [];
    for await (const part of masked({ exec }).exec(ref, request)) {
      if ('exitCode' in part) ends.push(part.exitCode);
      else shown[part.stream] += Buffer.from(part.bytes).toString();
      assert.ok('exitCode' in part || ends.length === 0);
    }
    const wanted = { stdout: 'key: ***********, can', stderr: 'no ***********' };
    assert.deepEqual([shown, ends], [wanted, [3]]);
  });
});

describe('the output of a driver that keeps it as it comes', () => {
  type Log = {
    readonly text: string;
    readonly dropped?: readonly [number, number];
    ended: boolean;
  };

  /** A log of which a part may have been dropped, read in slices that end wherever they like. */
  const reader =
    (log: Log): Driver['readLog'] =>
    async (_, { offset, maxBytes }): Promise<LogSlice> => {
      const [from, to] = log.dropped ?? [0, 0];
      const bytes = Buffer.from(log.text);
      if (offset >= from && offset < to) {
        return {
          bytes: Buffer.from('[dropped]').subarray(0, maxBytes),
          nextOffset: to,
          ended: false,
        };
      }
      const most = offset < from ? from : bytes.length;
      const part = bytes.subarray(offset, Math.min(most, offset + Math.min(maxBytes, 7)));
      const nextOffset = offset + part.length;
      return { bytes: part, nextOffset, ended: log.ended && nextOffset >= bytes.length };
    };

  async function readAll(log: Log, values: readonly string[], maxBytes: number): Promise<string> {
    const driver = masked({ readLog: reader(log), maskLog: async () => {} }, values);
    let [all, offset] = ['', 0];
    for (let round = 0; round < 1000; round++) {
      const slice = await driver.readLog(ref, { offset, maxBytes });
      all += Buffer.from(slice.bytes).toString('latin1');
      if (slice.ended) return all;
      assert.ok(slice.nextOffset > offset, 'it does not go on');
      offset = slice.nextOffset;
    }
    return all;
  }

  it('is masked as a whole would be, in whatever pieces it is read', async () => {
    const unit = fc.constantFrom('a', 'b', 'c');
    // Eight bytes and more of a secret are masked at an end, and only there.
    const value = fc.string({ unit, minLength: 4, maxLength: 7 });
    const values = fc.array(value, { minLength: 1 });
    const texts = fc.string({ unit, maxLength: 80 });
    const law = fc.asyncProperty(
      values,
      texts,
      fc.integer({ min: 1, max: 20 }),
      async (all, text, max) => {
        const mask = new ByteMask(all);
        const whole = [mask.take(Buffer.from(text)), mask.end()];
        const wanted = Buffer.concat(whole).toString('latin1');
        assert.equal(await readAll({ text, ended: true }, all, max), wanted);
      },
    );
    await fc.assert(law, { numRuns: 300 });
  });

  it('is read to its end around what was dropped', async () => {
    const text = `one ${CANARY} two can${'x'.repeat(30)}${CANARY} three`;
    const log: Log = { text, dropped: [23, 40], ended: true };
    const shown = await readAll(log, [CANARY], 64);
    assert.equal(shown, `one *********** two can[dropped]${'x'.repeat(13)}*********** three`);
  });

  it('shows what may be the beginning of a secret only when it is none', async () => {
    const log: Log = { text: 'key: can', ended: false };
    const driver = masked({ readLog: reader(log), maskLog: async () => {} });
    const first = await driver.readLog(ref, { offset: 0, maxBytes: 64 });
    assert.deepEqual([String(first.bytes), first.nextOffset, first.ended], ['key: ', 5, false]);
    Object.assign(log, { text: 'key: can do', ended: true });
    const next = await driver.readLog(ref, { offset: 5, maxBytes: 64 });
    assert.deepEqual([String(next.bytes), next.ended], ['can do', true]);
  });
});
