import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { copyInto } from '../../src/adapters/drivers/local/copy-tree.ts';
import { KedgeError } from '../../src/base/errors.ts';
import { freezeTask } from '../../src/cli/freeze/freeze-task.ts';
import { readInside } from '../../src/cli/freeze/read-inside.ts';
import { readTasks } from '../../src/spec/read-tasks.ts';
import { CANARY, escapesIn, RacingFolder } from './racing-folder.ts';

/** 10,000 in the full test. */
const RACES = Number(process.env['KEDGE_RACES'] ?? 300);

describe(`${RACES} races with somebody who swaps folders and files for links (fault 28)`, () => {
  let dir: string;
  let folder: RacingFolder;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kedge-race-'));
    folder = new RacingFolder(dir);
  });
  afterEach(async () => {
    await folder.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Does the work again and again; gives how often it was done and how often it was refused. */
  async function race(work: () => Promise<void>): Promise<{ done: number; refused: number }> {
    let done = 0;
    for (let round = 0; round < RACES; round++) {
      try {
        await work();
        done++;
      } catch (error) {
        assert.ok(error instanceof KedgeError, String(error));
      }
    }
    return { done, refused: RACES - done };
  }

  it('a copy of the folder holds nothing that lies elsewhere', async (test) => {
    const to = join(dir, 'copy');
    const outcome = await race(async () => {
      try {
        await copyInto(to, { from: folder.root, what: 'workdir', leaveOut: dir });
      } finally {
        // Of a copy that was refused, too, nothing may have come.
        assert.deepEqual(escapesIn(to), []);
        rmSync(to, { recursive: true, force: true });
      }
    });
    test.diagnostic(`${JSON.stringify(outcome)}, ${folder.swaps} swaps`);
    assert.ok(outcome.done > 0 && outcome.refused > 0, 'there was no race');
  });

  it('neither does a bundle of it, nor what is sent of it', async (test) => {
    const text = 'workdir: project\nrun: true\n';
    const tasks = readTasks(text, { file: 'task.yaml' });
    const outcome = await race(async () => {
      const options = { bytesMax: 1e9, leaveOut: [], onProgress: () => {} };
      const frozen = await freezeTask({ text, baseDir: dir, tasks }, options);
      assert.ok(!JSON.stringify(frozen!.bundle).includes(CANARY));
      for (const place of frozen!.blobs.values()) {
        for await (const bytes of readInside(place)) assert.equal(String(bytes), 'mine');
      }
    });
    test.diagnostic(`${JSON.stringify(outcome)}, ${folder.swaps} swaps`);
    assert.ok(outcome.done > 0 && outcome.refused > 0, 'there was no race');
  });

  it('and the plain way would have been beaten, so that this can fail', async () => {
    let escapes = 0;
    for (let round = 0; round < 20_000 && escapes === 0; round++) {
      const read = await readFile(join(folder.root, 'd/f'), 'utf8').catch(() => '');
      if (read === CANARY) escapes++;
    }
    assert.ok(escapes > 0);
  });
});
