import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileBundles } from '../../src/adapters/bundles/file-bundles.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { freezeTask } from '../../src/cli/freeze/freeze-task.ts';
import { listSource } from '../../src/cli/freeze/list-source.ts';
import { hasChanged, hashInside, readInside } from '../../src/cli/freeze/read-inside.ts';
import { bundlesConformance } from '../../src/ports/bundles.conformance.ts';
import { readTasks } from '../../src/spec/read-tasks.ts';

bundlesConformance('bundles in a folder', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kedge-bundles-'));
  let late = 0;
  const clock = { now: () => asEpochMs(Date.now() + late), sleep: async () => {} };
  return {
    bundles: fileBundles({ dir: join(dir, 'bundles'), clock }),
    advance: (ms) => void (late += ms),
    cleanup: async () => rmSync(dir, { recursive: true, force: true }),
  };
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kedge-freeze-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Writes files below a folder, and returns it. */
function folder(name: string, texts: Readonly<Record<string, string>>): string {
  const root = join(dir, name);
  mkdirSync(root, { recursive: true });
  for (const [path, content] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

async function pathsOf(from: string, leaveOut: readonly string[] = []): Promise<string[]> {
  const { entries } = await listSource({ from, what: 'workdir', leaveOut });
  return entries.filter(({ kind }) => kind !== 'folder').map(({ path }) => path);
}

async function freeze(text: string, bytesMax = 1e9) {
  const tasks = readTasks(text, { file: 'task.yaml' });
  const options = { bytesMax, leaveOut: [], onProgress: () => {} };
  return freezeTask({ text, baseDir: dir, tasks }, options);
}

describe('what goes with a task', () => {
  it('is without .git, and what .gitignore and .kedgeignore list; the latter has the last word', async () => {
    const root = folder('p', {
      '.git/HEAD': '',
      '.gitignore': '*.log\nsecret/\n/models\n',
      '.kedgeignore': '*.bin\n!models\n',
      'a.log': '',
      'secret/key': '',
      'models/m': '',
      'sub/.gitignore': '!keep.log\n*.tmp\n',
      'sub/keep.log': '',
      'sub/x.tmp': '',
      'sub/y.bin': '',
      'x.tmp': '',
    });
    const own = ['.gitignore', '.kedgeignore', 'models/m', 'sub/.gitignore'];
    assert.deepEqual(await pathsOf(root), [...own, 'sub/keep.log', 'x.tmp']);
  });

  it('heeds no ignore file that is a link, as git does', async () => {
    const root = folder('p', { a: '', rules: 'a\n' });
    symlinkSync('rules', join(root, '.gitignore'));
    assert.deepEqual(await pathsOf(root), ['.gitignore', 'a', 'rules']);
  });

  it("is without Kedge's own folders, wherever they lie", async () => {
    const root = folder('p', { here: '', 'home/data/kedge.db': '' });
    assert.deepEqual(await pathsOf(root, [join(root, 'home/data')]), ['here']);
  });

  it('has links within it, told from where they are, and no link that leads out', async () => {
    const root = folder('p', { 'bin/hello': '' });
    symlinkSync(join(root, 'bin'), join(root, 'absolute'));
    symlinkSync('../bin/../bin/hello', join(root, 'bin/winding'));
    const { entries } = await listSource({ from: root, what: 'workdir', leaveOut: [] });
    const targets = entries.flatMap((entry) => (entry.kind === 'link' ? entry.target : []));
    assert.deepEqual(targets, ['bin', 'hello']);
    for (const target of ['/etc/passwd', '../nowhere', '..']) {
      symlinkSync(target, join(root, 'out'));
      await assert.rejects(pathsOf(root), { code: 'driver.workdir-unreadable' }, target);
      rmSync(join(root, 'out'));
    }
  });

  it('is nothing, and makes no bundle, where the task brings nothing', async () => {
    assert.equal(await freeze('run: true\n'), null);
  });

  it('makes the same bundle in whatever folder, and another with any change', async () => {
    const make = async (change = (): void => {}): Promise<string> => {
      rmSync(join(dir, 'w'), { recursive: true, force: true });
      folder('w', { b: '2', a: '1' });
      change();
      return (await freeze('workdir: w\nrun: true\n'))!.bundleId;
    };
    const id = await make();
    assert.equal(await make(), id);
    const changes = [
      () => writeFileSync(join(dir, 'w/a'), '3'),
      () => chmodSync(join(dir, 'w/a'), 0o755),
      () => mkdirSync(join(dir, 'w/empty')),
      () => symlinkSync('a', join(dir, 'w/link')),
    ];
    for (const change of changes) assert.notEqual(await make(change), id);
    assert.notEqual((await freeze('workdir: w\nrun: false\n'))!.bundleId, id);
  });

  it('is refused where it is too large, before it is read, naming the largest part', async () => {
    folder('w', { 'data/big': 'x'.repeat(5000), small: 'x' });
    const wanted = { code: 'input.too-large', message: /4\.9 KiB of it in w\/data$/ };
    await assert.rejects(freeze('workdir: w\nrun: true\n', 5000), wanted);
    assert.ok(await freeze('workdir: w\nrun: true\n', 5001));
  });
});

describe('a file that is read for a bundle', () => {
  it('and grows, shrinks or is written to meanwhile is noticed', async () => {
    const root = folder('p', { f: 'x'.repeat(3 * 1024 * 1024) });
    const writes = [
      () => writeFileSync(join(root, 'f'), 'more', { flag: 'a' }),
      () => writeFileSync(join(root, 'f'), 'less'),
      () => writeFileSync(join(root, 'f'), 'y'.repeat(3 * 1024 * 1024)),
    ];
    for (const write of writes) {
      writeFileSync(join(root, 'f'), 'x'.repeat(3 * 1024 * 1024));
      const bytes = readInside({ root, path: 'f' });
      await bytes.next();
      write();
      await assert.rejects(Readable.from(bytes).toArray(), hasChanged);
    }
  });

  it('is never one that a link has put in its place (fault 28)', async () => {
    const root = folder('p', { 'd/f': 'mine', other: '' });
    const outside = folder('outside', { f: 'canary' });
    const place = { root, path: 'd/f' };
    const { size } = await hashInside(place, () => {});
    assert.equal(size, 4);
    for (const swap of [() => symlinkSync(outside, join(root, 'd')), () => linkFile(outside)]) {
      rmSync(join(root, 'd'), { recursive: true, force: true });
      swap();
      await assert.rejects(
        hashInside(place, () => {}),
        hasChanged,
      );
    }
    function linkFile(to: string): void {
      mkdirSync(join(root, 'd'));
      symlinkSync(join(to, 'f'), join(root, 'd/f'));
    }
  });

  it('is mine or none in a thousand races with a folder that becomes a link (fault 28)', async () => {
    const root = folder('p', { 'd/f': 'mine' });
    const outside = folder('outside', { f: 'canary' });
    const mine = (await hashInside({ root, path: 'd/f' }, () => {})).sha256;
    let [read, refused] = [0, 0];
    for (let round = 0; round < 1000; round++) {
      const reading = hashInside({ root, path: 'd/f' }, () => {});
      if (round % 3 === 0) await Promise.resolve();
      renameSync(join(root, 'd'), join(root, 'kept'));
      symlinkSync(outside, join(root, 'd'));
      try {
        assert.equal((await reading).sha256, mine, 'it has read what lies outside');
        read++;
      } catch (error) {
        assert.ok(hasChanged(error), String(error));
        refused++;
      }
      rmSync(join(root, 'd'));
      renameSync(join(root, 'kept'), join(root, 'd'));
    }
    assert.equal(read + refused, 1000);
    assert.ok(existsSync(join(root, 'd/f')) && readFileSync(join(root, 'd/f'), 'utf8') === 'mine');
  });
});
