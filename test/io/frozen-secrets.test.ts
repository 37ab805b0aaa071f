import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { freezeTask } from '../../src/cli/freeze/freeze-task.ts';
import { hideSecrets } from '../../src/spec/hide-secrets.ts';
import { readTasks } from '../../src/spec/read-tasks.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'kedge-frozen-')));
after(() => rmSync(dir, { recursive: true, force: true }));

describe('a task file that lies in the folder which goes along (fault 34)', () => {
  it('goes without the values of its secrets, by whatever name; other files as they are', async () => {
    const file = 'task.yaml';
    const text = 'workdir: .\nfile_mounts: {conf: ./sub/task.yaml}\nsecrets: {A: canary}\nrun: x\n';
    mkdirSync(join(dir, 'sub'));
    writeFileSync(join(dir, 'sub', file), text);
    symlinkSync(`sub/${file}`, join(dir, file));
    writeFileSync(join(dir, '.env'), 'A=canary');
    const hidden = hideSecrets(text, { file }).text;
    const frozen = await freezeTask(
      { text: hidden, baseDir: dir, tasks: readTasks(text, { file }) },
      { bytesMax: 1e9, leaveOut: [], blanked: join(dir, 'sub', file), onProgress: () => {} },
    );
    const files = frozen!.bundle.sources.flatMap(({ entries }) => entries);
    const hashes = files.flatMap((entry) =>
      entry.kind === 'file' ? [entry.path, entry.sha256] : [],
    );
    const of = (content: string): string => createHash('sha256').update(content).digest('hex');
    assert.deepEqual(hashes, ['.', of(hidden), '.env', of('A=canary'), `sub/${file}`, of(hidden)]);
    const sent = [...frozen!.blobs.values()].map((blob) => blob.text ?? blob.path);
    assert.deepEqual(sent.toSorted(), ['.env', hidden].toSorted());
    assert.equal(frozen!.bundle.task, of(hidden));
  });
});
