import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  KEEP_LIMITS,
  type KeepLimits,
  keepLogScript,
} from '../../src/adapters/drivers/docker/keep-log-script.ts';
import { openShared } from '../../src/adapters/drivers/docker/read-marks.ts';
import { listSegments } from '../../src/adapters/drivers/local/log-segments.ts';
import { readSegments } from '../../src/adapters/drivers/local/read-node-log.ts';
import { findProgram } from '../../src/adapters/drivers/shared/find-program.ts';
import { MIB } from '../../src/base/units.ts';

/**
 * What keeps the output of a container, without one: the same lines of shell, in the shells and
 * with the tools that this machine has.
 */
const SHELLS = ['dash', 'bash', 'busybox'].filter((name) => findProgram(name, process.env['PATH']));

/** The product's, a hundredth of the size. */
const KIB = 1024;
const LIMITS: KeepLimits = {
  readBytes: KIB,
  reads: 16,
  headBytes: 160 * KIB,
  segmentBytes: 80 * KIB,
  segments: KEEP_LIMITS.segments,
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kedge-keep-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function keeper(shell: string, folder: string): ChildProcess {
  const script = `${keepLogScript(LIMITS).replaceAll('/kedge/', `${folder}/`)}\nkeep_log`;
  const words = shell === 'busybox' ? ['sh', '-c', script] : ['-c', script];
  return spawn(shell, words, { stdio: ['pipe', 'ignore', 'ignore'] });
}

/** All of the log, a mark for each gap, and the offset of its end. */
async function readAll(folder: string): Promise<{ readonly text: string; readonly end: number }> {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const segments = await listSegments(join(folder, 'output.log'));
    const slice = await readSegments(segments, { offset: at, maxBytes: MIB }, openShared);
    if (slice.nextOffset === at) return { text: Buffer.concat(parts).toString('latin1'), end: at };
    parts.push(Buffer.from(slice.bytes));
    at = slice.nextOffset;
  }
}

/** Lines of 16 bytes that are numbered from 0 on. */
function numbered(bytes: number): string {
  const lines = Array.from({ length: bytes / 16 }, (_, i) => `${String(i).padStart(15, '0')}\n`);
  return lines.join('');
}

for (const shell of SHELLS) {
  describe(`the output of a container, kept by ${shell}`, { timeout: 60_000 }, () => {
    it('is whole below the limit, written in small pieces and in large ones', async () => {
      const sent = numbered(300 * KIB);
      const child = keeper(shell, dir);
      for (let at = 0; at < 4096; at += 64) {
        child.stdin!.write(sent.slice(at, at + 64));
        await delay(1);
      }
      child.stdin!.end(sent.slice(4096));
      assert.deepEqual(await once(child, 'exit'), [0, null]);
      assert.deepEqual(await readAll(dir), { text: sent, end: sent.length });
    });

    it('can be read as it comes', async () => {
      const child = keeper(shell, dir);
      for (const word of ['one\n', 'two\n']) {
        child.stdin!.write(word);
        while (!(await readAll(dir)).text.endsWith(word)) await delay(5);
      }
      child.stdin!.end();
      await once(child, 'exit');
    });

    it('keeps its beginning and its end of a flood, at their true offsets (fault 15)', async () => {
      const sent = numbered(3 * MIB);
      const child = keeper(shell, dir);
      child.stdin!.end(sent);
      await once(child, 'exit');
      const { text, end } = await readAll(dir);
      assert.equal(end, sent.length);
      const [head = '', mark, tail = ''] = text.split(/\n(\[kedge: .* of output dropped here\])\n/);
      assert.match(mark ?? '', /MiB of output dropped/);
      assert.ok(sent.startsWith(head) && head.length >= 140 * KIB, `${head.length} of the start`);
      assert.ok(sent.endsWith(tail) && tail.length >= 190 * KIB, `${tail.length} of the end`);
      const segments = await listSegments(join(dir, 'output.log'));
      const kept = segments.reduce((sum, { size }) => sum + size, 0);
      assert.ok(kept <= 480 * KIB, `${kept / KIB} KiB`);
    });

    it('loses what a full disk does not take, says so, and goes on (fault 12)', async (test) => {
      const disk = join(dir, 'disk');
      mkdirSync(disk);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk]);
      if (mounted.status !== 0) return test.skip('a small disk can be mounted by root only');
      try {
        writeFileSync(join(disk, 'ballast'), Buffer.alloc(64 * KIB));
        const child = keeper(shell, disk);
        child.stdin!.write(numbered(160 * KIB));
        const isFull = async (): Promise<boolean> =>
          (await listSegments(join(disk, 'output.log'))).some(({ start }) => start > 100 * KIB);
        while (!(await isFull())) await delay(5);
        rmSync(join(disk, 'ballast'));
        while (!(await readAll(disk)).text.endsWith('back\n')) {
          child.stdin!.write(`${'x'.repeat(1000)} back\n`);
          await delay(20);
        }
        child.stdin!.end();
        assert.deepEqual(await once(child, 'exit'), [0, null], 'a full disk does not end it');
        assert.match(
          (await readAll(disk)).text,
          /\n\[kedge: [\d.]+ [KM]iB of output dropped here\]\n/,
        );
      } finally {
        spawnSync('umount', ['-l', disk]);
      }
    });
  });
}
