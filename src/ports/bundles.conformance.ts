import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Bundle, type BundleEntry, blobName, bundleText } from '../spec/bundle.ts';
import type { Bundles } from './bundles.ts';

export type BundlesHarness = {
  readonly bundles: Bundles;
  /** Makes time pass for its clock. */
  readonly advance: (ms: number) => void;
  readonly cleanup: () => Promise<void>;
};

const HOUR_MS = 3_600_000;
const TENANT = 'default';
const key = { tenantId: TENANT, runId: 'run_1' };

/** The promises of the Bundles port, tested on one adapter. */
export function bundlesConformance(name: string, make: () => Promise<BundlesHarness>): void {
  const within = (body: (harness: BundlesHarness) => Promise<void>) => async () => {
    const harness = await make();
    try {
      await body(harness);
    } finally {
      await harness.cleanup();
    }
  };
  describe(`${name}: what is kept`, () => testKeeps(within));
  describe(`${name}: what is refused`, () => testRefuses(within));
  describe(`${name}: what goes`, () => testSweeps(within));
}

type Within = (body: (harness: BundlesHarness) => Promise<void>) => () => Promise<void>;

function testKeeps(within: Within): void {
  it(
    'a bundle gives back every byte, permission, folder and link, by the paths of the task',
    within(async ({ bundles }) => {
      const bytes = new Uint8Array([0, 255, 10, 13]);
      const program = fileOf('bin/go', '#!/bin/sh\n', 0o755);
      const bundle = bundleOf({
        '.': [
          { kind: 'folder', path: 'bin' },
          program,
          { kind: 'folder', path: 'empty' },
          { kind: 'link', path: 'go', target: 'bin/go' },
          fileOf('raw', bytes, 0o600),
        ],
        '../one.txt': [fileOf('.', 'one')],
      });
      await send(bundles, bundle, ['#!/bin/sh\n', bytes, 'one']);
      await bundles.pin(key, { bundleId: idOf(bundle), baseDir: '/home/alice/project' });
      const sources = (await bundles.sourcesOf(key))!;
      assert.deepEqual([...sources.keys()], ['/home/alice/project', '/home/alice/one.txt']);
      assert.equal(await readFile(sources.get('/home/alice/one.txt')!, 'utf8'), 'one');
      const root = sources.get('/home/alice/project')!;
      assert.deepEqual(new Uint8Array(await readFile(join(root, 'raw'))), bytes);
      assert.equal((await lstat(join(root, 'raw'))).mode & 0o777, 0o600);
      assert.equal((await lstat(join(root, 'bin/go'))).mode & 0o777, 0o755);
      assert.equal(await readlink(join(root, 'go')), 'bin/go');
      assert.deepEqual(await readdir(join(root, 'empty')), []);
    }),
  );

  it(
    'what it has already need not come again, from whatever bundle',
    within(async ({ bundles }) => {
      const first = bundleOf({ '.': [fileOf('a', 'same'), fileOf('b', 'same')] });
      assert.deepEqual(await missingOf(bundles, first), [fileOf('a', 'same')].map(blobName));
      await send(bundles, first, ['same']);
      assert.deepEqual(await missingOf(bundles, first), []);
      const next = bundleOf({ '.': [fileOf('a', 'same'), fileOf('b', 'new')] });
      assert.deepEqual(await missingOf(bundles, next), [blobName(fileOf('b', 'new'))]);
    }),
  );

  it(
    'a run without a bundle has none, and one tenant never meets that of another',
    within(async ({ bundles }) => {
      assert.equal(await bundles.sourcesOf(key), null);
      const bundle = bundleOf({ '.': [fileOf('a', 'x')] });
      await send(bundles, bundle, ['x']);
      assert.equal((await bundles.put('other', idOf(bundle), bundle)).length, 1);
      await bundles.pin(key, { bundleId: idOf(bundle), baseDir: '/' });
      assert.equal(await bundles.sourcesOf({ ...key, tenantId: 'other' }), null);
      assert.deepEqual(
        (await bundles.pins()).map(({ tenantId, runId }) => ({ tenantId, runId })),
        [key],
      );
    }),
  );

  it(
    'the same bundle from ten sides at once is one',
    within(async ({ bundles }) => {
      const bundle = bundleOf({ '.': [fileOf('a', 'x')] });
      await Promise.all(Array.from({ length: 10 }, () => send(bundles, bundle, ['x'])));
      await bundles.pin(key, { bundleId: idOf(bundle), baseDir: '/' });
      const [root] = (await bundles.sourcesOf(key))!.values();
      assert.equal(await readFile(join(root!, 'a'), 'utf8'), 'x');
    }),
  );
}

function testRefuses(within: Within): void {
  const refused = { code: 'spec.bad-value' };

  it(
    'bytes that are not those of their name are not kept',
    within(async ({ bundles }) => {
      const bundle = bundleOf({ '.': [fileOf('a', 'right')] });
      const name = blobName(fileOf('a', 'right'));
      await assert.rejects(bundles.putBlob(TENANT, name, stream('wrong')), refused);
      await assert.rejects(bundles.putBlob(TENANT, name, broken()), /cut/);
      for (const bad of ['../x', name.replace('-644', '-4755'), 'x']) {
        await assert.rejects(bundles.putBlob(TENANT, bad, stream('')), refused, bad);
      }
      assert.deepEqual(await missingOf(bundles, bundle), [name]);
    }),
  );

  it(
    'a bundle that is not the one it is named is not kept, and one that is not there not pinned',
    within(async ({ bundles }) => {
      const bundle = bundleOf({ '.': [fileOf('a', 'x')] });
      const other = idOf(bundleOf({ '.': [] }));
      await assert.rejects(bundles.put(TENANT, other, bundle), refused);
      const pin = bundles.pin(key, { bundleId: idOf(bundle), baseDir: '/' });
      await assert.rejects(pin, { code: 'driver.workdir-unreadable' });
      assert.equal(await bundles.sourcesOf(key), null);
    }),
  );
}

function testSweeps(within: Within): void {
  it(
    'a bundle stays while a run needs it, and a while longer, and then goes with its blobs',
    within(async ({ bundles, advance }) => {
      const bundle = bundleOf({ '.': [fileOf('a', 'x')] });
      const isThere = async () => (await missingOf(bundles, bundle)).length === 0;
      await send(bundles, bundle, ['x']);
      await bundles.pin(key, { bundleId: idOf(bundle), baseDir: '/' });
      advance(48 * HOUR_MS);
      await bundles.sweep({ olderThanMs: 24 * HOUR_MS });
      const [root] = (await bundles.sourcesOf(key))!.values();
      assert.equal(await readFile(join(root!, 'a'), 'utf8'), 'x', 'pinned');
      await bundles.unpin(key);
      assert.equal(await bundles.sourcesOf(key), null);
      assert.ok(await isThere(), 'asked for again, it is young');
      await bundles.sweep({ olderThanMs: 24 * HOUR_MS });
      assert.ok(await isThere(), 'young');
      advance(48 * HOUR_MS);
      await bundles.sweep({ olderThanMs: 24 * HOUR_MS });
      assert.ok(!(await isThere()), 'old');
    }),
  );

  it(
    'a blob that is on its way is not swept, nor one that another bundle has',
    within(async ({ bundles, advance }) => {
      const shared = bundleOf({ '.': [fileOf('a', 'x')] });
      const own = bundleOf({ '.': [fileOf('a', 'x'), fileOf('b', 'y')] });
      await bundles.putBlob(TENANT, blobName(fileOf('a', 'x')), stream('x'));
      await bundles.sweep({ olderThanMs: HOUR_MS });
      assert.deepEqual(await missingOf(bundles, shared), []);
      await send(bundles, own, ['y']);
      await bundles.pin(key, { bundleId: idOf(own), baseDir: '/' });
      advance(2 * HOUR_MS);
      await bundles.sweep({ olderThanMs: HOUR_MS });
      assert.deepEqual(await missingOf(bundles, shared), [], 'of the other');
    }),
  );
}

type FileEntry = Extract<BundleEntry, { kind: 'file' }>;

function fileOf(path: string, content: string | Uint8Array, mode = 0o644): FileEntry {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { kind: 'file', path, mode, size: content.length, sha256 };
}

function bundleOf(sources: Readonly<Record<string, BundleEntry[]>>): Bundle {
  const list = Object.entries(sources).map(([path, entries]) => ({ path, entries }));
  return { schema: 'kedge.bundle/v1', task: '0'.repeat(64), sources: list };
}

function idOf(bundle: Bundle): string {
  return createHash('sha256').update(bundleText(bundle)).digest('hex');
}

async function missingOf(bundles: Bundles, bundle: Bundle): Promise<readonly string[]> {
  return bundles.put(TENANT, idOf(bundle), bundle);
}

/** Sends what is missing, found among the contents by its hash. */
async function send(
  bundles: Bundles,
  bundle: Bundle,
  contents: readonly (string | Uint8Array)[],
): Promise<void> {
  for (const name of await missingOf(bundles, bundle)) {
    const content = contents.find((one) => name.startsWith(fileOf('', one).sha256));
    await bundles.putBlob(TENANT, name, stream(content!));
  }
  assert.deepEqual(await missingOf(bundles, bundle), []);
}

/** Byte by byte, as a slow line would bring it. */
async function* stream(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  for (const byte of Buffer.from(content)) yield new Uint8Array([byte]);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield* stream('rig');
  await Promise.reject(new TypeError('cut'));
}
