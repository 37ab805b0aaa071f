import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { containerFiles } from '../../src/adapters/drivers/docker/container-files.ts';
import {
  checkpointPlace as containerCheckpoint,
  nodeFolder,
} from '../../src/adapters/drivers/docker/node-folder.ts';
import { localFiles } from '../../src/adapters/drivers/local/local-files.ts';
import { checkpointPlace, nodeDirectory } from '../../src/adapters/drivers/local/node-directory.ts';
import { buildRef } from '../../src/ports/driver.conformance.ts';
import type { NodeRef } from '../../src/ports/driver.ts';
import {
  type NodeFilesHarness,
  nodeFilesConformance,
} from '../../src/ports/node-files.conformance.ts';
import type { FileRoot, NodeFiles } from '../../src/ports/node-files.ts';

const RACES = Number(process.env['KEDGE_RACES'] ?? 1000);

/** Where a task of a driver finds a root. */
type FolderOf = (dataDir: string, ref: NodeRef, root: FileRoot) => string;

function harness(make: (dataDir: string) => NodeFiles, folderOf: FolderOf) {
  const dataDir = mkdtempSync(join(tmpdir(), 'kedge-files-'));
  const own: NodeFilesHarness = {
    files: make(dataDir),
    write: async (ref, root, path, file) => {
      const whole = join(folderOf(dataDir, ref, root), path);
      mkdirSync(dirname(whole), { recursive: true });
      if (file instanceof Uint8Array) writeFileSync(whole, file);
      else symlinkSync(file.target, whole);
    },
    cleanup: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
  const whereIs = (ref: NodeRef, root: FileRoot): string => folderOf(dataDir, ref, root);
  return { ...own, folderOf: whereIs };
}

const localFolder: FolderOf = (dataDir, ref, root) =>
  root === 'work' ? nodeDirectory(dataDir, ref).workDir : checkpointPlace(dataDir, ref).folder;

/** As a container would see it, whose node was claimed. */
const containerFolder: FolderOf = (dataDir, ref, root) => {
  if (root === 'checkpoint') return containerCheckpoint(dataDir, ref).folder;
  const node = nodeFolder(dataDir, ref);
  mkdirSync(node.dir, { recursive: true });
  writeFileSync(node.claimFile, JSON.stringify({ ref, socket: '/run/x.sock', shared: 'shared-1' }));
  return node.shared('shared-1').workDir;
};

/** Puts a link in the place of a folder and back, as fast as it can, until it is killed. */
const SWAPPING = `
const { renameSync } = require('node:fs');
process.chdir(process.argv[1]);
for (;;) {
  renameSync('out', 'aside'); renameSync('link', 'out');
  renameSync('out', 'link'); renameSync('aside', 'out');
}`;

describe('a task that puts links in the way while its files are read (fault 28)', () => {
  it(`never makes anything else be read, ${RACES} times`, async (test) => {
    const place = harness(localFiles, localFolder);
    const dir = mkdtempSync(join(tmpdir(), 'kedge-race-'));
    const ref = buildRef({});
    mkdirSync(join(dir, 'deep'));
    writeFileSync(join(dir, 'deep', 'file'), 'secret');
    writeFileSync(join(dir, 'deep', 'other'), 'secret');
    await place.write(ref, 'work', 'out/deep/file', Buffer.from('own'));
    await place.write(ref, 'work', 'link', { target: dir });
    const work = place.folderOf(ref, 'work');
    const swapping = spawn(process.execPath, ['-e', SWAPPING, work], { stdio: 'ignore' });
    const seen = { own: 0, refused: 0 };
    try {
      for (let race = 0; race < RACES; race++) {
        const slice = { offset: 0, maxBytes: 100 };
        const bytes = await place.files.read(ref, 'work', 'out/deep/file', slice).catch(refused);
        assert.notEqual(bytes?.toString(), 'secret');
        seen[bytes === null ? 'refused' : 'own']++;
        const listed = await place.files.list(ref, 'work', { under: 'out/deep' });
        assert.ok(!listed.some(({ path }) => path.endsWith('other')));
      }
    } finally {
      swapping.kill('SIGKILL');
      await once(swapping, 'exit');
      await place.cleanup();
      rmSync(dir, { recursive: true, force: true });
    }
    test.diagnostic(`${seen.own} read, ${seen.refused} refused`);
    assert.ok(seen.own > 0 && seen.refused > 0, 'the race was one');
  });
});

function refused(error: { readonly code?: string }): null {
  assert.equal(error.code, 'files.not-found');
  return null;
}

nodeFilesConformance('local', async () => harness(localFiles, localFolder));
nodeFilesConformance('docker', async () => harness(containerFiles, containerFolder));
