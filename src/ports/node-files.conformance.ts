import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { chunkSize, piecesOf, type Transfer, type TransferEntry } from '../spec/transfer.ts';
import { buildRef } from './driver.conformance.ts';
import type { NodeRef } from './driver.ts';
import type { FileRoot, NodeFiles } from './node-files.ts';

/** The files of a driver to be tested, and the hand of a task that writes some. */
export type NodeFilesHarness = {
  readonly files: NodeFiles;
  /** Bytes, or where a link leads; folders come of themselves. */
  readonly write: (
    ref: NodeRef,
    root: FileRoot,
    path: string,
    file: Uint8Array | { readonly target: string },
  ) => Promise<void>;
  readonly cleanup: () => Promise<void>;
};

/** The promises of the NodeFiles port, tested on the files of one driver. */
export function nodeFilesConformance(name: string, make: () => Promise<NodeFilesHarness>): void {
  const within = (body: (harness: NodeFilesHarness) => Promise<void>) => async () => {
    const harness = await make();
    try {
      await body(harness);
    } finally {
      await harness.cleanup();
    }
  };
  describe(`${name}: reading the files of nodes`, () => testReads(within));
  describe(`${name}: receiving a checkpoint`, () => testTransfers(within));
}

type Within = (body: (harness: NodeFilesHarness) => Promise<void>) => () => Promise<void>;

const REF = buildRef({});
const CHUNK = 10;

function testReads(within: Within): void {
  it(
    'lists folders before what is in them, in the order of their names, and nothing of others',
    within(async ({ files, write }) => {
      for (const path of ['b/z', 'b.txt', 'a', 'b/c/d']) await write(REF, 'work', path, bytes('x'));
      await write(REF, 'checkpoint', 'step', bytes('y'));
      const listed = await files.list(REF, 'work');
      const paths = listed.map(({ kind, path }) => `${kind} ${path}`).toSorted();
      assert.deepEqual(paths, [
        'file a',
        'file b.txt',
        'file b/c/d',
        'file b/z',
        'folder b',
        'folder b/c',
      ]);
      for (const [at, { path }] of listed.entries()) {
        const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
        const before = listed.slice(0, at).map((entry) => entry.path);
        assert.ok(folder === '' || before.includes(folder), `${folder} before ${path}`);
      }
      const inB = listed.filter(({ path }) => path === 'b' || path.startsWith('b/'));
      assert.deepEqual(await files.list(REF, 'work', { under: 'b/' }), inB);
      assert.deepEqual(pathsOf(await files.list(REF, 'work', { under: 'a' })), ['a']);
      assert.deepEqual(await files.list(REF, 'work', { under: 'none/at/all' }), []);
    }),
  );

  it(
    'the checkpoint is the same for every attempt, the working directory is not',
    within(async ({ files, write }) => {
      await write(REF, 'checkpoint', 'step-1/model', bytes('saved'));
      await write(REF, 'work', 'own', bytes('x'));
      const next = buildRef({ attempt: 2 });
      assert.deepEqual(pathsOf(await files.list(next, 'checkpoint')), ['step-1', 'step-1/model']);
      assert.deepEqual(await files.list(next, 'work'), []);
      assert.deepEqual(await files.list(buildRef({ rank: 1 }), 'checkpoint'), []);
    }),
  );

  it(
    'reads from any offset, and fewer bytes only at the end',
    within(async ({ files, write }) => {
      await write(REF, 'work', 'out/log', bytes('0123456789'));
      const read = async (offset: number, maxBytes: number) =>
        textOf(await files.read(REF, 'work', 'out/log', { offset, maxBytes }));
      assert.deepEqual(
        [await read(0, 4), await read(4, 100), await read(10, 5), await read(99, 5)],
        ['0123', '456789', '', ''],
      );
    }),
  );

  for (const path of ['../x', '/etc/passwd', 'a/../../x', 'folder/../../../../../etc/passwd']) {
    it(
      `never reads outside of the root: ${path} (fault 30)`,
      within(async ({ files, write }) => {
        await write(REF, 'work', 'folder/file', bytes('x'));
        const slice = { offset: 0, maxBytes: 10 };
        await assert.rejects(files.read(REF, 'work', path, slice), { code: 'files.not-found' });
      }),
    );
  }

  it(
    'follows no link, neither of a file nor of a folder on the way (faults 27, 28)',
    within(async ({ files, write }) => {
      await write(REF, 'work', 'real/file', bytes('x'));
      await write(REF, 'work', 'folder', { target: 'real' });
      await write(REF, 'work', 'file', { target: '/etc/hostname' });
      const slice = { offset: 0, maxBytes: 10 };
      for (const path of ['file', 'folder/file', 'folder', 'real', 'none']) {
        await assert.rejects(files.read(REF, 'work', path, slice), { code: 'files.not-found' });
      }
      const listed = await files.list(REF, 'work');
      const links = listed.filter(({ kind }) => kind === 'link');
      assert.deepEqual(links, [
        { kind: 'link', path: 'file', target: '/etc/hostname' },
        { kind: 'link', path: 'folder', target: 'real' },
      ]);
      assert.deepEqual(await files.list(REF, 'work', { under: 'folder/file' }), []);
    }),
  );
}

function testTransfers(within: Within): void {
  const content = { 'a.bin': 'first file, ', 'deep/b': 'and another', 'deep/empty': '' };

  it(
    'what has come whole becomes the checkpoint, in place of the one before',
    within(async ({ files, write }) => {
      await write(REF, 'checkpoint', 'old', bytes('old'));
      const transfer = buildTransfer(content);
      assert.deepEqual(await files.openTransfer(REF, 'move_1', transfer), []);
      await send(files, transfer);
      assert.deepEqual(await contentOf(files), { old: 'old' }, 'nothing before the commit');
      await files.commitTransfer(REF, 'move_1');
      assert.deepEqual(await contentOf(files), content);
    }),
  );

  it(
    'every part of it may be done twice',
    within(async ({ files }) => {
      const transfer = buildTransfer(content);
      for (let round = 0; round < 2; round++) {
        await files.openTransfer(REF, 'move_1', transfer);
        await files.openTransfer(REF, 'move_1', transfer);
        await send(files, transfer);
        await send(files, transfer);
        await files.commitTransfer(REF, 'move_1');
        await files.commitTransfer(REF, 'move_1');
        assert.deepEqual(await contentOf(files), content);
      }
    }),
  );

  it(
    'knows which chunks it has, whoever asks',
    within(async ({ files }) => {
      const transfer = buildTransfer(content);
      await files.openTransfer(REF, 'move_1', transfer);
      await send(files, transfer, [1]);
      assert.deepEqual(await files.openTransfer(REF, 'move_1', transfer), [1]);
      await assert.rejects(files.commitTransfer(REF, 'move_1'), { code: 'move.wrong-bytes' });
      await send(files, transfer);
      await files.commitTransfer(REF, 'move_1');
      const all = [...transfer.chunks.keys()];
      assert.deepEqual(await files.openTransfer(REF, 'move_1', transfer), all);
    }),
  );

  it(
    'takes no wrong byte, whichever it is (fault 19)',
    within(async ({ files }) => {
      const transfer = buildTransfer(content);
      await files.openTransfer(REF, 'move_1', transfer);
      for (const index of transfer.chunks.keys()) {
        const right = chunkOf(transfer, index);
        for (let at = 0; at < right.length; at++) {
          const flipped = right.slice();
          flipped[at]! ^= 1 << (at % 8);
          const put = files.putChunk(REF, 'move_1', index, flipped);
          await assert.rejects(put, { code: 'move.wrong-bytes', retry: 'later' });
        }
        const short = files.putChunk(REF, 'move_1', index, right.slice(1));
        await assert.rejects(short, { code: 'move.wrong-bytes' });
      }
      assert.deepEqual(await files.openTransfer(REF, 'move_1', transfer), []);
    }),
  );

  it(
    'a chunk of no transfer, or of one that another has followed, is refused',
    within(async ({ files }) => {
      const transfer = buildTransfer(content);
      const put = (id: string) => files.putChunk(REF, id, 0, chunkOf(transfer, 0));
      await assert.rejects(put('move_1'), { code: 'move.not-open' });
      await assert.rejects(files.commitTransfer(REF, 'move_1'), { code: 'move.not-open' });
      await files.openTransfer(REF, 'move_1', transfer);
      await put('move_1');
      await files.openTransfer(REF, 'move_2', transfer);
      await assert.rejects(put('move_1'), { code: 'move.not-open' });
      assert.deepEqual(await files.openTransfer(REF, 'move_2', transfer), []);
    }),
  );

  it(
    'one id stands for one content',
    within(async ({ files }) => {
      await files.openTransfer(REF, 'move_1', buildTransfer(content));
      const other = buildTransfer({ 'a.bin': 'something else' });
      const again = files.openTransfer(REF, 'move_1', other);
      await assert.rejects(again, { code: 'move.source-changed' });
    }),
  );

  it(
    'a node without a checkpoint is carried to a node without one',
    within(async ({ files }) => {
      const empty = buildTransfer({});
      assert.deepEqual(await files.openTransfer(REF, 'move_1', empty), []);
      await files.commitTransfer(REF, 'move_1');
      assert.deepEqual(await files.list(REF, 'checkpoint'), []);
    }),
  );

  it(
    'what was carried away can be dropped, more than once, and no other node loses anything',
    within(async ({ files, write }) => {
      const other = buildRef({ rank: 1 });
      await write(REF, 'checkpoint', 'deep/model', bytes('x'));
      await write(other, 'checkpoint', 'model', bytes('y'));
      await files.dropCheckpoint(REF);
      await files.dropCheckpoint(REF);
      assert.deepEqual(await files.list(REF, 'checkpoint'), []);
      assert.deepEqual(pathsOf(await files.list(other, 'checkpoint')), ['model']);
    }),
  );
}

/** A transfer in chunks of ten bytes, of files given as text. */
export function buildTransfer(content: Readonly<Record<string, string>>): Transfer {
  const entries: TransferEntry[] = [];
  const folders = new Set<string>();
  for (const [path, text] of Object.entries(content)) {
    const names = path.split('/');
    for (let depth = 1; depth < names.length; depth++) {
      const folder = names.slice(0, depth).join('/');
      if (!folders.has(folder)) entries.push({ kind: 'folder', path: folder, mode: 0o755 });
      folders.add(folder);
    }
    const size = bytes(text).length;
    entries.push({ kind: 'file', path, mode: 0o644, size, sha256: sha256(bytes(text)) });
  }
  const all = bytes(Object.values(content).join(''));
  const count = Math.ceil(all.length / CHUNK);
  const chunks = Array.from({ length: count }, (_, index) =>
    sha256(all.subarray(index * CHUNK, (index + 1) * CHUNK)),
  );
  CONTENTS.set(chunks.join(), all);
  return { schema: 'kedge.transfer/v1', chunkBytes: CHUNK, entries, chunks };
}

/** The bytes behind the hashes of the transfers that were built. */
const CONTENTS = new Map<string, Uint8Array>();

function chunkOf(transfer: Transfer, index: number): Uint8Array {
  const all = CONTENTS.get(transfer.chunks.join())!;
  assert.ok(piecesOf(transfer, index).length > 0);
  return all.slice(index * CHUNK, index * CHUNK + chunkSize(transfer, index));
}

async function send(
  files: NodeFiles,
  transfer: Transfer,
  indices: readonly number[] = [...transfer.chunks.keys()],
): Promise<void> {
  for (const index of indices) {
    await files.putChunk(REF, 'move_1', index, chunkOf(transfer, index));
  }
}

async function contentOf(files: NodeFiles): Promise<Readonly<Record<string, string>>> {
  const content: Record<string, string> = {};
  for (const entry of await files.list(REF, 'checkpoint')) {
    if (entry.kind !== 'file') continue;
    const slice = { offset: 0, maxBytes: 1000 };
    content[entry.path] = textOf(await files.read(REF, 'checkpoint', entry.path, slice));
  }
  return content;
}

function pathsOf(entries: readonly { readonly path: string }[]): readonly string[] {
  return entries.map(({ path }) => path);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textOf(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
