import assert from 'node:assert/strict';
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
import { maskContainerLog } from '../../src/adapters/drivers/docker/mask-container-log.ts';
import { folderAt } from '../../src/adapters/drivers/docker/node-folder.ts';
import { secretForms } from '../../src/base/redaction/secret-forms.ts';

const CANARY = 'canary-7f3a';
const STARS = '*'.repeat(CANARY.length);
const FORMS = secretForms([CANARY]);

describe('what is kept of the output of a container that has ended (fault 34)', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kedge-mask-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** Files that the container has left in its control folder. */
  function shared(files: Readonly<Record<string, string>>, name = 'shared-1'): string {
    const { controlDir } = folderAt(dir).shared(name);
    mkdirSync(controlDir, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(controlDir, file), text);
    return controlDir;
  }

  const textsIn = (folder: string): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );

  it('is masked in all its pieces, also across two of them, and keeps every offset', async () => {
    const folder = shared({
      'output.log': `a ${CANARY} b cana`,
      'output-20.log': `ry-7f3a c ${CANARY.slice(0, 5)}`,
      'output-100.log': `-7f3a d ${CANARY}\n`,
    });
    const masked = {
      'output.log': `a ${STARS} b ****`,
      'output-20.log': '******* c canar',
      'output-100.log': `-7f3a d ${STARS}\n`,
    };
    await maskContainerLog(folderAt(dir), FORMS);
    assert.deepEqual(textsIn(folder), masked);
    await maskContainerLog(folderAt(dir), FORMS);
    assert.deepEqual(textsIn(folder), masked);
  });

  it('is without the variables that a container never read, also of a create cut short', async () => {
    const folders = ['shared-1', 'shared-2'].map((name) =>
      shared({ envs: CANARY, run: 'x' }, name),
    );
    await maskContainerLog(folderAt(dir), FORMS);
    for (const folder of folders) assert.deepEqual(readdirSync(folder), ['run']);
  });

  it('is no file of somebody else that the container has put a link to', async () => {
    const foreign = join(dir, 'foreign');
    writeFileSync(foreign, CANARY);
    const folder = shared({ 'output.log': '' });
    rmSync(join(folder, 'output.log'));
    symlinkSync(foreign, join(folder, 'output.log'));
    await maskContainerLog(folderAt(dir), FORMS);
    assert.equal(readFileSync(foreign, 'utf8'), CANARY);
  });

  it('is nothing where nothing was ever started', async () => {
    await maskContainerLog(folderAt(join(dir, 'none')), FORMS);
    assert.ok(!existsSync(join(dir, 'none')));
  });
});
