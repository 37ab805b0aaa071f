import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readConfig } from '../../src/app/config.ts';
import { KedgeError } from '../../src/base/errors.ts';

describe('config.yaml', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kedge-config-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const read = (text: string) => {
    writeFileSync(join(dir, 'config.yaml'), text);
    return readConfig(dir);
  };

  it('bounds what of this machine is handed out, sizes as people write them', async () => {
    const { local } = await read('local: {cpus: 10, memory: 32GiB}\n');
    assert.deepEqual([local.cpus, local.memoryGib], [10, 32]);
    assert.equal((await read('local: {memory: 16}\n')).local.memoryGib, 16);
    assert.equal((await read('local: {memory: 2.5}\n')).local.memoryGib, 2.5);
  });

  it('hands out all of the machine where nothing is said', async () => {
    const { local } = await read('');
    assert.deepEqual([local.cpus, local.memoryGib, local.usdPerHour], [null, null, null]);
  });

  it('means the same where there is no file as where there is an empty one', async () => {
    assert.deepEqual(await readConfig(join(dir, 'nowhere')), await read(''));
  });

  it('names what it does not understand', async () => {
    for (const [text, words] of [
      ['local: {cpus: many}\n', /local\.cpus: /],
      ['local: {cpus: -1}\n', /local\.cpus: /],
      ['local: {memory: much}\n', /local\.memory: "much" is no size, as 32GB/],
      ['locale: {}\n', /config\.yaml: .*locale/],
    ] as const) {
      await assert.rejects(read(text), (error) => {
        return (
          error instanceof KedgeError &&
          error.code === 'spec.bad-value' &&
          words.test(error.message)
        );
      });
    }
  });
});
