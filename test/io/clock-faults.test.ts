import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { HOUR_MS } from '../../src/base/time.ts';

const LEASE_MS = 2000;
const CHILD = join(import.meta.dirname, 'clock-child.ts');

describe('the time of day is set while a lease is held (fault 13)', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kedge-clock-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const skip = libfaketime() === null ? 'there is no libfaketime (Debian package faketime)' : false;

  for (const [name, offset] of [
    ['an hour forward', '+1h'],
    ['an hour back', '-1h'],
  ] as const) {
    it(`${name}: the lease ends neither early nor an hour late`, { skip }, async () => {
      const setTo = join(dir, offset);
      writeFileSync(setTo, '+0\n');
      const child = spawn(process.execPath, [CHILD, String(LEASE_MS)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ...process.env,
          LD_PRELOAD: libfaketime()!,
          FAKETIME_TIMESTAMP_FILE: setTo,
          FAKETIME_NO_CACHE: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
        },
      });
      const told: string[] = [];
      for await (const line of createInterface(child.stdout)) {
        told.push(line);
        if (line === 'claimed') writeFileSync(setTo, `${offset}\n`);
      }
      const [heldMs, jumpMs] = told[1]!.split(' ').map(Number);
      const wanted = offset === '+1h' ? HOUR_MS : -HOUR_MS;
      assert.ok(Math.abs(jumpMs! - wanted) < 1000, `the clock has moved by ${jumpMs} ms`);
      assert.ok(heldMs! >= 0.9 * LEASE_MS, `it was over after ${heldMs} ms`);
      assert.ok(heldMs! <= 10 * LEASE_MS, `it was over after ${heldMs} ms`);
    });
  }
});

/** Where Debian puts it; null without it. */
function libfaketime(): string | null {
  if (process.platform !== 'linux') return null;
  const found = readdirSync('/usr/lib')
    .map((arch) => join('/usr/lib', arch, 'faketime', 'libfaketime.so.1'))
    .find((file) => existsSync(file));
  return found ?? null;
}
