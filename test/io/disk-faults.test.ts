import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openSqliteStore } from '../../src/adapters/stores/sqlite/sqlite-store.ts';
import { seededRandom } from '../../src/base/rng.ts';
import { asEpochMs, SECOND_MS } from '../../src/base/time.ts';
import { foldEvents, foldRun } from '../../src/core/monitor/fold-run.ts';
import { WRITTEN } from './store-kills.ts';

const WRITER = join(import.meta.dirname, 'disk-writer.ts');

describe('a disk that fails (fault 12)', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kedge-disk-'));
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('while it cannot sync refuses what it was told, keeps what it said, and goes on after', async (test) => {
    if (spawnSync('strace', ['-V']).error !== undefined) return test.skip('there is no strace');
    const file = join(dir, 'eio', 'kedge.db');
    const fails = 'inject=fsync,fdatasync:error=EIO:when=25..34';
    const args = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', fails];
    const writer = spawn('strace', [...args, process.execPath, WRITER, file, '60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told = await heard(writer);
    const refused = told.filter(({ what }) => what !== 'ok');
    assert.deepEqual([told.length, refused.length], [60, 10]);
    assert.deepEqual(new Set(refused.map(({ what }) => what)), new Set(['state.disk-error']));
    assert.equal(told.at(-1)!.what, 'ok');
    await isAsTold(file, told);
  });

  it('while it is full refuses, and takes writes within 5 s of space returning', async (test) => {
    const disk = join(dir, 'full');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    if (mounted.status !== 0) return test.skip('a small disk can be mounted by root only');
    const file = join(disk, 'kedge.db');
    const writer = spawn(process.execPath, [WRITER, file, '100000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise((resolve) => writer.once('exit', resolve));
    try {
      const told: Told[] = [];
      createInterface(writer.stdout!).on('line', (line) => told.push(read(line)));
      await until(() => told.length > 10);
      const filler = join(disk, 'filler');
      for (let round = 1; round <= 3; round++) {
        spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=16k']);
        const before = told.length;
        await until(() => told.slice(before).some(({ what }) => what === 'state.disk-full'));
        const freed = Date.now();
        rmSync(filler);
        const full = told.length;
        await until(() => told.slice(full).some(({ what }) => what === 'ok'));
        assert.ok(Date.now() - freed <= 5 * SECOND_MS, `${Date.now() - freed} ms`);
      }
      writer.kill('SIGKILL');
      await exited;
      assert.deepEqual(new Set(told.map(({ what }) => what)), new Set(['ok', 'state.disk-full']));
      assert.ok(statSync(file).size > 0);
      await isAsTold(file, told);
    } finally {
      writer.kill('SIGKILL');
      await exited;
      spawnSync('umount', ['-l', disk]);
    }
  });
});

type Told = { readonly number: number; readonly what: string };

function read(line: string): Told {
  const [number, what] = line.split(' ');
  return { number: Number(number), what: what! };
}

async function heard(writer: ChildProcess): Promise<readonly Told[]> {
  const told: Told[] = [];
  for await (const line of createInterface(writer.stdout!)) told.push(read(line));
  return told;
}

/** All that was acknowledged is there, none that was refused, and the rows are the log's fold. */
async function isAsTold(file: string, told: readonly Told[]): Promise<void> {
  const now = () => asEpochMs(Date.now());
  const store = await openSqliteStore({ file, now, random: seededRandom(1), fold: foldRun });
  try {
    const events = await store.pageEvents(WRITTEN, 0, 1_000_000);
    const kept = events.flatMap((event) =>
      event.type === 'run.queued' ? [Number(event.data.reason.split(' ')[0])] : [],
    );
    const acknowledged = told.filter(({ what }) => what === 'ok').map(({ number }) => number);
    // The last one may have been written just before the process could say so.
    assert.deepEqual(kept.slice(0, acknowledged.length), acknowledged);
    assert.ok(kept.length <= acknowledged.length + 1);
    assert.deepEqual((await store.readRun(WRITTEN)).run, foldEvents(events));
  } finally {
    await store.close();
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 5) {
    assert.ok(waited < 30 * SECOND_MS, 'it never came');
    await delay(5);
  }
}
