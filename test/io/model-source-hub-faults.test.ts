import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { hubModels } from '../../src/adapters/models/hub-models.ts';
import type { KedgeError } from '../../src/base/errors.ts';
import {
  absent,
  CONFIG,
  found,
  refused,
  safetensors,
} from '../../src/ports/model-source.conformance.ts';
import type { ModelSource } from '../../src/ports/model-source.ts';
import { FakeHub, refuse } from './model-source-hub.ts';

const FILES = { 'config.json': JSON.stringify(CONFIG), 'model.safetensors': safetensors() };

let hub: FakeHub;
beforeEach(async () => {
  hub = await new FakeHub().start();
});
afterEach(() => hub.stop());

type Limits = Omit<Parameters<typeof hubModels>[0], 'env'>;

function sourceWith(env: Record<string, string> = {}, limits: Limits = {}): ModelSource {
  return hubModels({ env: { HF_ENDPOINT: hub.url, ...env }, ...limits });
}

/** All that anybody may come to see of an error. */
function shownOf(error: KedgeError): string {
  const { message, hint, details } = error;
  return JSON.stringify({ message, hint, details });
}

describe('a hub that cannot be asked', () => {
  it('is not asked where the environment forbids it', async () => {
    for (const [name, value] of Object.entries({
      HF_HUB_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: 'yes',
    })) {
      const { why, isOutOfReach } = await absent(sourceWith({ [name]: value }), 'o/m');
      assert.ok(why?.endsWith(`was not asked, as ${name} is set`), `${why}`);
      assert.ok(isOutOfReach);
    }
    assert.deepEqual(hub.asks, []);
    hub.put('o/m', FILES);
    await found(sourceWith({ HF_HUB_OFFLINE: '0' }), 'o/m');
  });

  it('because nothing listens there, is a reason and no error', async () => {
    const { url } = hub;
    await hub.stop();
    const source = hubModels({ env: { HF_ENDPOINT: url } });
    const { why, isOutOfReach } = await absent(source, 'o/m');
    assert.match(why ?? '', /^127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)$/);
    assert.ok(isOutOfReach);
    await hub.start();
  });

  it('because it is silent, is waited for shortly', async () => {
    hub.instead = () => true;
    const { why, isOutOfReach } = await absent(sourceWith({}, { firstAnswerMs: 20 }), 'o/m');
    assert.match(why ?? '', /did not answer in time/);
    assert.ok(isOutOfReach);
  });

  it('because it is overloaded, says so', async () => {
    for (const status of [429, 500, 503]) {
      hub.instead = (_, response) => {
        refuse(response, status, null);
        return true;
      };
      const { why, isOutOfReach } = await absent(sourceWith(), 'o/m');
      assert.match(why ?? '', new RegExp(`answers ${status}`));
      assert.ok(isOutOfReach);
    }
  });

  it('because it hangs up in the middle of a file, is a reason too', async () => {
    hub.put('o/m', FILES);
    hub.instead = ({ path }, response) => {
      if (!path.endsWith('config.json')) return false;
      response.writeHead(200, { 'content-length': '999' });
      response.write('{"hidden', () => response.destroy());
      return true;
    };
    const { isOutOfReach } = await absent(sourceWith(), 'o/m');
    assert.ok(isOutOfReach);
  });

  it('or is none, is told by the variable that names it, without a password', async () => {
    for (const endpoint of ['huggingface.co', 'ftp://x', 'https://me:secret@hub.test', '%']) {
      const error = await refused(hubModels({ env: { HF_ENDPOINT: endpoint } }), 'o/m');
      assert.equal(error.code, 'spec.bad-value');
      assert.match(error.message, /^HF_ENDPOINT is no http URL/);
      assert.doesNotMatch(shownOf(error), /secret/);
    }
  });
});

describe('time and size on the hub', () => {
  it('weights that never end leave the config.json, with a note', async () => {
    hub.put('o/m', FILES);
    hub.instead = ({ path }, response) => {
      if (!path.startsWith('/store')) return false;
      response.writeHead(206, { 'content-range': 'bytes 0-7/99' }).write('1');
      return true;
    };
    const { config, weights, notes } = await found(sourceWith({}, { inAllMs: 250 }), 'o/m');
    assert.deepEqual([config, weights], [CONFIG, null]);
    assert.match(notes.join(), /were not counted: 127\.0\.0\.1:\d+ did not answer in time/);
  });

  it('a file that never ends is left once it is too large', async () => {
    hub.put('o/m', FILES);
    let sent = 0;
    const closed = new Promise<void>((resolve) => {
      hub.instead = ({ path }, response) => {
        if (!path.endsWith('config.json')) return false;
        response.on('close', resolve);
        const chunk = Buffer.alloc(64 * 1024, ' ');
        const send = (): void => {
          while (response.write(chunk)) sent += chunk.length;
          response.once('drain', send);
        };
        send();
        return true;
      };
    });
    assert.match((await refused(sourceWith(), 'o/m')).message, /over 1048576 bytes/);
    await closed;
    assert.ok(sent < 16e6, `${sent} bytes were sent`);
  });

  it('who stops waiting stops the transfer, and is told their own reason', async () => {
    hub.put('o/m', FILES);
    const waiting = new AbortController();
    const hungUp = new Promise<void>((resolve) => {
      hub.instead = ({ path }, response) => {
        if (!path.startsWith('/store')) return false;
        response.on('close', resolve);
        waiting.abort(new RangeError('enough'));
        return true;
      };
    });
    const { signal } = waiting;
    await assert.rejects(sourceWith().read('o/m', { signal }), /RangeError: enough/);
    await hungUp;
  });

  it('an error in one file stops the transfer of the others', async () => {
    hub.put('o/m', FILES);
    const stored = Promise.withResolvers<void>();
    const hungUp = Promise.withResolvers<void>();
    hub.instead = ({ path }, response) => {
      if (path.startsWith('/store')) {
        response.on('close', hungUp.resolve);
        stored.resolve();
        return true;
      }
      if (!path.endsWith('config.json')) return false;
      void stored.promise.then(() => response.end('no JSON'));
      return true;
    };
    assert.match((await refused(sourceWith(), 'o/m')).message, /it is no JSON/);
    await hungUp.promise;
  });
});
