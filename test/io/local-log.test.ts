import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { LogWriter } from '../../src/adapters/drivers/local/log-writer.ts';
import { directoryAt } from '../../src/adapters/drivers/local/node-directory.ts';
import { keepersOf } from '../../src/adapters/drivers/local/output-keeper.ts';
import { readNodeLog } from '../../src/adapters/drivers/local/read-node-log.ts';
import { MIB } from '../../src/base/units.ts';
import { buildNodeSpec, ended, readAll, text } from '../../src/ports/driver.conformance.ts';
import { KedgeHome } from './kedge-home.ts';
import { LocalPlace } from './local-place.ts';

/** Fault 15: 1 GB in the full test. */
const FLOOD_MB = Number(process.env['KEDGE_FLOOD_MB'] ?? 80);
const LIMITS = { headBytes: 10, segmentBytes: 5, segments: 2 };

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kedge-log-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** All of the log from an offset on, read in slices, and the offset of its end. */
async function readFrom(offset: number, maxBytes: number) {
  const parts: Uint8Array[] = [];
  for (let at = offset; ; ) {
    const slice = await readNodeLog(directoryAt(dir), { offset: at, maxBytes });
    if (slice.nextOffset === at) return { text: text(Buffer.concat(parts)), end: at };
    parts.push(slice.bytes);
    at = slice.nextOffset;
  }
}

describe('the log of a node', () => {
  const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';

  for (const step of [1, 3, 7, 36]) {
    it(`keeps its beginning and its end, written ${step} bytes at a time`, async () => {
      const log = new LogWriter(directoryAt(dir).logFile, { limits: LIMITS });
      for (let at = 0; at < DIGITS.length; at += step) {
        log.write(Buffer.from(DIGITS.slice(at, at + step)));
      }
      log.end();
      // 10 at the start, then pieces of 5, of which the last two stay: from 30 on.
      const dropped = '\n[kedge: 20 B of output dropped here]\n';
      assert.deepEqual(await readFrom(0, 100), { text: `0123456789${dropped}uvwxyz`, end: 36 });
      assert.deepEqual(await readFrom(32, 2), { text: 'wxyz', end: 36 });
      assert.equal(
        (await readFrom(12, 100)).text,
        '\n[kedge: 18 B of output dropped here]\nuvwxyz',
      );
      assert.equal(readFileSync(log.lastFile, 'utf8'), 'z');
    });
  }

  it('is whole while it is short, and can be followed as it grows', async () => {
    const log = new LogWriter(directoryAt(dir).logFile, { limits: LIMITS });
    let [seen, at] = ['', 0];
    for (const digit of DIGITS) {
      log.write(Buffer.from(digit));
      const more = await readFrom(at, 3);
      seen += more.text;
      at = more.end;
    }
    log.end();
    assert.equal(seen, DIGITS);
  });

  it('loses what a full disk does not take, says how much, and goes on (fault 12)', async (test) => {
    const disk = join(dir, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    if (mounted.status !== 0) return test.skip('a small disk can be mounted by root only');
    try {
      const log = new LogWriter(directoryAt(disk).logFile, {
        limits: { ...LIMITS, headBytes: MIB },
      });
      for (let round = 0; round < 40; round++) log.write(Buffer.alloc(4096, 'x'));
      const { size } = statSync(join(disk, 'output.log'));
      spawnSync('truncate', ['-s', '4096', join(disk, 'output.log')]);
      log.write(Buffer.from('back'));
      log.end();
      assert.ok(size < 40 * 4096);
      assert.deepEqual(readdirSync(disk).toSorted(), ['output-163840.log', 'output.log']);
      const node = directoryAt(disk);
      const gap = await readNodeLog(node, { offset: size, maxBytes: 100 });
      assert.match(text(gap.bytes), /KiB of output dropped here/);
      const rest = await readNodeLog(node, { offset: gap.nextOffset, maxBytes: 100 });
      assert.equal(text(rest.bytes), 'back');
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });
});

describe('a task that writes', () => {
  let place: LocalPlace;
  beforeEach(() => {
    place = new LocalPlace();
  });
  afterEach(() => place.cleanup());

  it('may open its output as a file, and has output and errors in their order', async () => {
    const run =
      'for i in 1 2 3; do echo o$i; echo e$i >&2; done; echo x | tee /dev/stderr > /dev/stdout';
    const spec = buildNodeSpec({ run });
    await place.driver.create(spec);
    assert.equal((await ended(place, spec.ref)).exitCode, 0);
    const output = text(await readAll(place.driver, spec.ref, 100));
    assert.equal(output, 'o1\ne1\no2\ne2\no3\ne3\nx\nx\n');
  });

  it('and ends with its supervisor is heard to its last word', async () => {
    const said = 'said $KEY; yes | head -c 5000';
    // What is written while it does not read is in the pipe when it is killed.
    const run = `echo first; sleep 0.2; kill -STOP $PPID; echo ${said}; kill -9 $PPID`;
    const spec = buildNodeSpec({ run, envs: { KEY: 'my-secret-key' }, secretNames: ['KEY'] });
    await place.driver.create(spec);
    assert.equal((await ended(place, spec.ref)).how, 'lost');
    const output = text(await readAll(place.driver, spec.ref, 1000));
    assert.equal(output, `first\nsaid *************\n${'y\n'.repeat(2500)}`);
    assert.deepEqual(keepersOf(place.node(spec.ref).dir), []);
  });

  it('has nobody left who keeps its output when it has ended', async () => {
    const spec = buildNodeSpec({ run: 'echo up; sleep 0.2' });
    await place.driver.create(spec);
    await place.waitFor(spec.ref, () => keepersOf(place.node(spec.ref).dir).length === 1);
    await ended(place, spec.ref);
    assert.deepEqual(keepersOf(place.node(spec.ref).dir), []);
  });

  it('without end in the background ends with its command all the same', async () => {
    const spec = buildNodeSpec({ run: 'yes & sleep 0.1; exit 3' });
    await place.driver.create(spec);
    assert.equal((await ended(place, spec.ref)).exitCode, 3);
  });
});

describe(`a flood of ${FLOOD_MB} MB (fault 15)`, () => {
  it('is followed with a mark for what was dropped, in little memory and on little disk', async (test) => {
    const home = new KedgeHome();
    try {
      const run = `echo first; yes 0123456789abcde | head -c ${FLOOD_MB}000000; echo; echo last`;
      const task = home.file('flood.yaml', `name: flood\nrun: ${run}\n`);
      await home.run(['up', home.file('small.yaml', 'run: echo up\n')]);
      const before = peakBytes(home.serverPids()[0]!);
      assert.equal((await home.run(['up', '-d', task])).code, 0);
      const follower = home.start(['logs', '-f', 'flood']);
      for (const stream of [follower.stdout!, follower.stderr!]) stream.resume();
      assert.deepEqual(await once(follower, 'close'), [0, null]);
      const { stdout } = await home.run(['logs', 'flood']);
      const after = peakBytes(home.serverPids()[0]!);
      test.diagnostic(`the server grew by ${(after - before) / MIB} MiB`);
      assert.ok(after - before <= 64 * MIB);
      assert.ok(stdout.startsWith('first\n0123') && stdout.endsWith('\nlast\n'));
      assert.match(stdout, /\n\[kedge: [\d.]+ MiB of output dropped here\]\n/);
      const nodes = join(home.dir, 'home', 'data', 'nodes');
      const kib = Number(spawnSync('du', ['-sk', nodes]).stdout.toString().split('\t')[0]);
      assert.ok(kib <= 64 * 1024, `${kib} KiB on the disk`);
    } finally {
      home.close();
    }
  });
});

/** The most memory that a process has had. Source: proc_pid_status(5), VmHWM. */
function peakBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s*(\d+) kB/.exec(status)![1]) * 1024;
}
