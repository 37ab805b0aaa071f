import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileArtifacts } from '../../src/adapters/artifacts/file-artifacts.ts';
import { asEpochMs } from '../../src/base/time.ts';
import type { ArtifactKey, Artifacts, IncomingFile } from '../../src/ports/artifacts.ts';

const KEY: ArtifactKey = { tenantId: 'default', runId: 'run_1', allocation: 0, rank: 0 };

describe('artifacts that are kept', () => {
  let dir: string;
  let artifacts: Artifacts;
  let asked: string[];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kedge-artifacts-'));
    artifacts = fileArtifacts({ dir: join(dir, 'store') });
    asked = [];
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const file = (path: string, text: string, at = 1000, size = text.length): IncomingFile => ({
    path,
    size,
    modifiedAt: asEpochMs(at),
    bytes: async function* () {
      asked.push(path);
      for (const part of text.match(/[^]{1,3}/g) ?? []) yield Buffer.from(part);
    },
  });
  const take = (files: readonly IncomingFile[], finishedAttempt: number | null = null) =>
    artifacts.take(KEY, files, { finishedAttempt });
  const read = async (path: string, offset = 0): Promise<string> =>
    Buffer.from(await artifacts.read(KEY, path, { offset, maxBytes: 100 })).toString();

  it('are what came last, under their paths, with their hashes', async () => {
    await take([file('out/a', 'first'), file('b', 'other')]);
    await take([file('out/a', 'second', 2000)], 1);
    const { files, finishedAttempt } = await artifacts.kept(KEY);
    assert.deepEqual(
      files.map(({ path, size, sha256 }) => [path, size, sha256]),
      [
        ['b', 5, hashOf('other')],
        ['out/a', 6, hashOf('second')],
      ],
    );
    assert.equal(finishedAttempt, 1);
    assert.deepEqual([await read('out/a'), await read('b', 3)], ['second', 'er']);
    const whole = join(dir, 'store', 'default', 'run_1', '0', '0', 'files', 'out', 'a');
    assert.equal(readFileSync(whole, 'utf8'), 'second', 'plain files, for people too');
  });

  it('are not asked for again when they are as they were', async () => {
    await take([file('a', 'one'), file('b', 'two')]);
    asked = [];
    assert.deepEqual(await take([file('a', 'one'), file('b', 'new', 2000)]), [
      { path: 'b', size: 3, sha256: hashOf('new'), modifiedAt: 2000 },
    ]);
    assert.deepEqual(asked, ['b']);
  });

  it('stay as they were where a task writes to the file meanwhile', async () => {
    await take([file('a', 'whole')]);
    assert.deepEqual(await take([file('a', 'longer than said', 2000, 5)]), []);
    assert.deepEqual(await take([file('a', 'sho', 2000, 5)]), []);
    assert.equal(await read('a'), 'whole');
  });

  it('may be a file where a folder was, and the other way round', async () => {
    await take([file('a/b/c', 'deep')]);
    await take([file('a', 'flat', 2000)]);
    assert.deepEqual(pathsOf(await artifacts.kept(KEY)), ['a']);
    await take([file('a/b/c', 'deep', 3000)]);
    assert.deepEqual(pathsOf(await artifacts.kept(KEY)), ['a/b/c']);
    assert.equal(await read('a/b/c'), 'deep');
  });

  it('leave nothing half-done when their bytes fail, and the others stay', async () => {
    await take([file('a', 'kept')]);
    const broken: IncomingFile = {
      ...file('b', 'xx'),
      bytes: async function* () {
        yield Buffer.from('x');
        throw new RangeError('the place is gone');
      },
    };
    await assert.rejects(take([broken]), RangeError);
    assert.deepEqual(pathsOf(await artifacts.kept(KEY)), ['a']);
    const own = join(dir, 'store', 'default', 'run_1', '0', '0');
    assert.deepEqual(readdirSync(join(own, 'drafts')), []);
  });

  it('of one node are not those of another, and what is not kept cannot be read', async () => {
    await take([file('a', 'mine')]);
    const other = { ...KEY, rank: 1 };
    assert.deepEqual(await artifacts.kept(other), { files: [], finishedAttempt: null });
    const slice = { offset: 0, maxBytes: 10 };
    for (const path of ['b', '../../index.json', '../index.json', '/etc/passwd', 'a/..']) {
      await assert.rejects(artifacts.read(KEY, path, slice), { code: 'files.not-found' });
    }
  });

  it('are brought to a folder: what is in a folder, or one file', async () => {
    await take([file('out/a', 'one'), file('out/b/c', 'two'), file('log', 'three')]);
    const to = join(dir, 'results');
    await artifacts.deliver(KEY, { path: 'out', to });
    await artifacts.deliver(KEY, { path: 'log', to });
    await artifacts.deliver(KEY, { path: 'none', to });
    const found = readdirSync(to, { recursive: true, encoding: 'utf8' }).toSorted();
    assert.deepEqual(found, ['a', 'b', 'b/c', 'log']);
    assert.equal(readFileSync(join(to, 'b/c'), 'utf8'), 'two');
  });

  it('are never brought through a link that lies in that folder (fault 28)', async () => {
    await take([file('out/b/c', 'two'), file('out/d', 'three')]);
    const [to, elsewhere] = [join(dir, 'results'), join(dir, 'elsewhere')];
    mkdirSync(to);
    mkdirSync(elsewhere);
    writeFileSync(join(dir, 'victim'), 'untouched');
    symlinkSync(elsewhere, join(to, 'b'));
    symlinkSync(join(dir, 'victim'), join(to, 'd'));
    await assert.rejects(artifacts.deliver(KEY, { path: 'out', to }), { code: 'state.read-only' });
    await artifacts.deliver(KEY, { path: 'out/d', to });
    assert.ok(!existsSync(join(elsewhere, 'c')));
    assert.equal(readFileSync(join(dir, 'victim'), 'utf8'), 'untouched');
    assert.equal(readFileSync(join(to, 'd'), 'utf8'), 'three');
  });
});

function pathsOf({ files }: { readonly files: readonly { readonly path: string }[] }) {
  return files.map(({ path }) => path);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
