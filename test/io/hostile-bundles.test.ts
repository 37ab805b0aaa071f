import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { fileBundles } from '../../src/adapters/bundles/file-bundles.ts';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import { copyInto } from '../../src/adapters/drivers/local/copy-tree.ts';
import { type Bundle, blobName, bundleSchema, bundleText } from '../../src/spec/bundle.ts';

/** 5,000 in the full test. */
const COUNT = Number(process.env['KEDGE_HOSTILE_BUNDLES'] ?? 150);

const CONTENT = 'what is unpacked';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const FILE = { mode: 0o644, size: CONTENT.length, sha256: sha256(CONTENT) };

/** Mostly names that are there, so that links meet folders and files; and what leads out. */
const name = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('a', 'b', 'c') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('..', '.', '', '/', '-rf', '~', '$(x)', 'a\0', '\\..\\'),
  },
);
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const upwards = fc.array(fc.constantFrom('..', '..', '.', 'a', 'b', ''), {
  minLength: 1,
  maxLength: 5,
});
const target = fc.oneof(
  upwards.map((names) => names.join('/')),
  path,
  fc.constantFrom('/etc/passwd', '/', '../canary', '../../canary', 'a/../../canary'),
);
const entry = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('folder' as const), path }) },
  path.map((at) => ({ kind: 'file' as const, path: at, ...FILE })),
  fc.record({ kind: fc.constant('link' as const), path, target }),
);
type Entry = Bundle['sources'][number]['entries'][number];

/** As they come, or with the folders that they need and each path once: then most can be unpacked. */
const entries = fc
  .tuple(fc.array(entry, { minLength: 1, maxLength: 7 }), fc.nat(3))
  .map(([all, care]) => (care === 0 ? all : tidied(all)));

function tidied(all: readonly Entry[]): Entry[] {
  const byPath = new Map<string, Entry>();
  for (const one of all) {
    const names = one.path.split('/');
    const parents = names.slice(0, -1).map((_, at) => names.slice(0, at + 1).join('/'));
    if (byPath.has(one.path)) continue;
    for (const parent of parents) {
      if (!byPath.has(parent)) byPath.set(parent, { kind: 'folder', path: parent });
    }
    byPath.set(one.path, one);
  }
  return [...byPath.values()];
}

describe(`${COUNT} hostile bundles (fault 27)`, () => {
  let dir: string;
  let canary: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'kedge-hostile-'));
    canary = join(dir, 'canary');
    writeFileSync(canary, 'canary');
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('write nothing outside, and leave no link that leads there', async (test) => {
    const home = join(dir, 'home');
    const bundles = fileBundles({ dir: join(home, 'bundles'), clock: systemClock() });
    const bytes = async function* () {
      yield Buffer.from(CONTENT);
    };
    await bundles.putBlob('default', blobName(FILE), bytes());
    let unpacked = 0;
    const law = fc.asyncProperty(entries, async (list) => {
      const sources = [{ path: '.', entries: list }];
      const wanted = { schema: 'kedge.bundle/v1', task: sha256(''), sources };
      const { data: bundle } = bundleSchema.safeParse(wanted);
      if (bundle === undefined) return;
      unpacked++;
      const root = await unpack(bundle);
      assert.deepEqual(linksOut(root), [], 'in the bundle');
      const copy = join(home, 'copy');
      // A link to nothing is refused there, for it might come to lead out.
      await copyInto(copy, { from: root, what: 'workdir', leaveOut: home }).catch(() => {});
      assert.deepEqual(linksOut(copy), [], 'in a copy of it');
      rmSync(copy, { recursive: true, force: true });
      assert.deepEqual(readdirSync(dir).toSorted(), ['canary', 'home']);
      assert.deepEqual(readdirSync(home), ['bundles']);
      assert.equal(readFileSync(canary, 'utf8'), 'canary');
    });
    const unpack = async (bundle: Bundle): Promise<string> => {
      const bundleId = sha256(bundleText(bundle));
      const key = { tenantId: 'default', runId: 'run_1' };
      assert.deepEqual(await bundles.put('default', bundleId, bundle), []);
      await bundles.pin(key, { bundleId, baseDir: '/' });
      return [...(await bundles.sourcesOf(key))!.values()][0]!;
    };
    await fc.assert(law, { numRuns: COUNT });
    test.diagnostic(`${unpacked} of ${COUNT} were unpacked, the others refused`);
    assert.ok(unpacked > COUNT / 10 && unpacked < COUNT, `${unpacked} of ${COUNT} were unpacked`);
  });

  it('with a link where a folder was expected are refused, whatever the order', () => {
    const link = { kind: 'link', path: 'a', target: 'b' };
    const inIt = { kind: 'file', path: 'a/x', ...FILE };
    const folder = { kind: 'folder', path: 'a' };
    for (const list of [
      [link, inIt],
      [inIt, link],
      [link, folder, inIt],
      [folder, link, inIt],
    ]) {
      const sources = [{ path: '.', entries: list }];
      const wanted = { schema: 'kedge.bundle/v1', task: sha256(''), sources };
      assert.ok(!bundleSchema.safeParse(wanted).success, JSON.stringify(list));
    }
  });
});

/** Links below a root that lead out of it, by what they say and by where they end. */
function linksOut(root: string, folder = root): readonly string[] {
  // A source may be one file.
  if (statSync(root, { throwIfNoEntry: false })?.isFile()) return [];
  mkdirSync(root, { recursive: true });
  const top = realpathSync(root);
  const isInside = (aim: string): boolean => aim === top || aim.startsWith(top + sep);
  return readdirSync(folder).flatMap((entryName) => {
    const at = join(folder, entryName);
    const found = lstatSync(at);
    if (found.isDirectory()) return linksOut(root, at);
    return found.isSymbolicLink() && !isInside(endOf(at)) ? [at] : [];
  });
}

/** Where a path ends after all its links; that of a link to nothing, where it points to. */
function endOf(at: string): string {
  try {
    return realpathSync(at);
  } catch {
    return resolve(realpathSync(dirname(at)), readlinkSync(at));
  }
}
