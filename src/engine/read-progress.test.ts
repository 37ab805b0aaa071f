import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import type { Driver, NodeRef } from '../ports/driver.ts';
import { type LogCursor, readProgress } from './read-progress.ts';

setFlagsFromString('--enable-experimental-regexp-engine');

const REF: NodeRef = {
  tenantId: 'default',
  runId: 'run_1',
  allocation: 0,
  attempt: 1,
  rank: 0,
  token: 't',
};
const regex = '(\\d+)%';

/** A node's output, and how much of it was read. */
class Log {
  text = '';
  readBytes = 0;
  cursor: LogCursor | null = null;

  async read(): Promise<number | null> {
    const driver: Pick<Driver, 'readLog'> = {
      readLog: async (_ref, { offset, maxBytes }) => {
        const bytes = new TextEncoder().encode(this.text).subarray(offset, offset + maxBytes);
        this.readBytes += bytes.length;
        return { bytes, nextOffset: offset + bytes.length, ended: false };
      },
    };
    const { cursor, text } = this;
    const logBytes = new TextEncoder().encode(text).length;
    const read = await readProgress(driver as Driver, REF, { regex, cursor, logBytes });
    this.cursor = read.cursor;
    return read.done;
  }
}

describe('the progress in the output of a node', () => {
  it('is that of its last line that tells it, and of nothing that was read before', async () => {
    const log = new Log();
    log.text = 'begin\n10%\n20%\nloss 3\n';
    assert.equal(await log.read(), 0.2);
    log.text += 'loss 2\n';
    assert.equal(await log.read(), null);
    log.text += '30%\n';
    assert.equal(await log.read(), 0.3);
    assert.equal(log.readBytes, log.text.length);
  });

  it('is not that of a line that is still being written, and then of all of it', async () => {
    const log = new Log();
    log.text = '10%\n2';
    assert.equal(await log.read(), 0.1);
    log.text += '5%\n';
    assert.equal(await log.read(), 0.25);
  });

  it('is that of a bar which is drawn over itself', async () => {
    const log = new Log();
    log.text = '\r  1%|▏     | 1/100\r  2%|▏     | 2/100\r';
    assert.equal(await log.read(), 0.02);
  });

  it('of a flood is read from its end, and no more of it than 64 KiB (fault 15)', async () => {
    const log = new Log();
    log.text = `1%\n${'x'.repeat(300)}\n`.repeat(10_000);
    log.text += '77%\n';
    assert.equal(await log.read(), 0.77);
    assert.equal(log.readBytes, 64 * 1024);
  });

  it('of a line without an end is none, and keeps no more than a line of it', async () => {
    const log = new Log();
    log.text = '5% '.repeat(10_000);
    assert.equal(await log.read(), null);
    assert.ok(log.cursor!.rest.length <= 4096);
  });
});
