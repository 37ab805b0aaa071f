import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asEpochMs } from '../../../base/time.ts';
import { buildNodeSpec } from '../../../ports/driver.conformance.ts';
import type { ExecPart } from '../../../ports/exec.ts';
import { fakeDriver } from './fake-driver.ts';
import { Ledger } from './ledger.ts';
import { CALM } from './script.ts';
import { VirtualClock } from './virtual-clock.ts';

describe('a command beside a virtual machine', () => {
  it('says what it was told, and is refused where nothing runs', async () => {
    const clock = new VirtualClock(asEpochMs(0));
    const driver = fakeDriver({ clock, random: () => 0, ledger: new Ledger(), script: CALM });
    const spec = buildNodeSpec({ run: 'true' });
    const request = { command: ['echo', 'a b'], stdin: null, signal: new AbortController().signal };
    const parts = async (): Promise<readonly ExecPart[]> => {
      const all: ExecPart[] = [];
      for await (const part of driver.exec(spec.ref, request)) all.push(part);
      return all;
    };
    await assert.rejects(parts(), { code: 'run.not-running' });
    await driver.create(spec);
    await clock.advance(5000);
    const [first, last, ...more] = await parts();
    assert.ok(first !== undefined && 'bytes' in first);
    assert.equal(new TextDecoder().decode(first.bytes), 'echo a b\n');
    assert.deepEqual([last, more], [{ exitCode: 0 }, []]);
  });
});
