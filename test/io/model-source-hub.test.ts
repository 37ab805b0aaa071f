import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { hubModels } from '../../src/adapters/models/hub-models.ts';
import type { KedgeError } from '../../src/base/errors.ts';
import {
  absent,
  CONFIG,
  found,
  gguf,
  modelSourceConformance,
  refused,
  safetensors,
} from '../../src/ports/model-source.conformance.ts';
import type { ModelSource } from '../../src/ports/model-source.ts';
import { COMMIT, FakeHub, refuse } from './model-source-hub.ts';

const OTHER = '1111111111111111111111111111111111111111';
const FILES = { 'config.json': JSON.stringify(CONFIG), 'model.safetensors': safetensors() };

modelSourceConformance('Hugging Face hub', async () => {
  const hub = await new FakeHub().start();
  let models = 0;
  return {
    source: hubModels({ env: { HF_ENDPOINT: hub.url } }),
    publish: async (files) => hub.put(`owner/model-${models++}`, files),
    missing: 'owner/none',
    cleanup: () => hub.stop(),
  };
});

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

describe('a revision on the hub', () => {
  it('is settled first, and then only its files are asked for', async () => {
    hub.put('o/m', FILES);
    const { origin } = await found(sourceWith(), 'o/m');
    const location = `${hub.url}/o/m/tree/${COMMIT}`;
    assert.deepEqual(origin, { source: 'Hugging Face hub', location, revision: COMMIT });
    const [first, ...others] = hub.asks.map(({ path }) => path);
    assert.equal(first, '/api/models/o/m/revision/main?expand=sha&expand=siblings');
    for (const path of others) assert.ok(path.includes(`/${COMMIT}/`), path);
  });

  it('may be a tag, a commit, a pull request or a branch with a slash', async () => {
    const revisions = { v1: OTHER, [OTHER]: OTHER, 'refs/pr/2': OTHER, 'a/b': OTHER };
    hub.put('o/m', FILES, { revisions });
    for (const revision of ['v1', OTHER, 'refs/pr/2', 'a%2Fb'])
      assert.equal((await found(sourceWith(), `o/m@${revision}`)).origin.revision, OTHER);
    const named = await found(sourceWith(), 'o/m@v1/config.json');
    assert.equal(named.origin.location, `${hub.url}/o/m/blob/${OTHER}/config.json`);
  });

  it('that does not exist is told apart from a model that does not', async () => {
    hub.put('o/m', FILES);
    const { why } = await absent(sourceWith(), 'o/m@v9');
    assert.match(why ?? '', /has no revision "v9" of o\/m/);
    const missing = await absent(sourceWith(), 'o/none');
    assert.match(missing.why ?? '', /does not have o\/none, or only for those with a token/);
    const known = await absent(sourceWith({ HF_TOKEN: 'hf_good' }), 'o/none');
    assert.match(known.why ?? '', /does not have o\/none, or not for HF_TOKEN/);
  });
});

describe('of the weights on the hub', () => {
  it('no byte is asked for beyond the header', async () => {
    const file = safetensors(undefined, { weights: 5_000_000 });
    hub.put('o/m', { 'model.safetensors': file });
    await found(sourceWith(), 'o/m');
    const ranges = hub.asks
      .filter(({ path }) => path.startsWith('/store'))
      .map(({ range }) => range);
    assert.deepEqual(ranges, ['bytes=0-7', `bytes=8-${file.length - 5_000_000 - 1}`]);
  });

  it('a store that sends whole files is left when the header is there', async () => {
    hub.honoursRanges = false;
    const file = safetensors(undefined, { weights: 1_000_000 });
    hub.put('o/m', { 'model.safetensors': file, 'config.json': FILES['config.json'] });
    const { weights } = await found(sourceWith(), 'o/m');
    assert.ok(weights?.kind === 'safetensors');
    assert.deepEqual([...weights.header], [...file.subarray(0, file.length - 1_000_000)]);
    const words = gguf({ words: 300, width: 5000 });
    hub.put('o/q', { 'm.gguf': words.file });
    const quantized = (await found(sourceWith(), 'o/q')).weights;
    assert.ok(quantized?.kind === 'gguf' && quantized.header.length === words.header);
  });

  it('a range that begins elsewhere than it was asked to is refused', async () => {
    hub.put('o/m', { 'model.safetensors': safetensors() });
    for (const start of ['bytes 4-11/99', 'bytes */99', 'nonsense']) {
      hub.instead = ({ path }, response) => {
        if (!path.startsWith('/store')) return false;
        response.writeHead(206, { 'content-range': start }).end('12345678');
        return true;
      };
      assert.match((await refused(sourceWith(), 'o/m')).message, /byte 0 was asked for/);
    }
  });
});

describe('a model on the hub that is not for everybody', () => {
  beforeEach(() => void hub.put('meta/gated', FILES, { gated: true }));

  it('is told apart from a missing one, with what opens it', async () => {
    const error = await refused(sourceWith(), 'meta/gated');
    assert.equal(error.code, 'model.denied');
    assert.match(error.message, /meta\/gated is gated/);
    assert.ok(error.hint?.includes(`${hub.url}/meta/gated and set HF_TOKEN`), error.hint);
  });

  it('is read with the token that opens it', async () => {
    const source = sourceWith({ HF_TOKEN: ' hf_good\n' });
    assert.deepEqual((await found(source, 'meta/gated')).config, CONFIG);
    assert.ok(hub.asks.every(({ authorization }) => authorization === 'Bearer hf_good'));
  });

  it('never has a token shown that does not open it', async () => {
    for (const token of ['hf_bad', 'hf bad', 'hf_bäd', 'hf_bad\nx']) {
      const error = await refused(sourceWith({ HF_TOKEN: token }), 'meta/gated');
      assert.equal(error.code, 'model.denied');
      assert.match(error.hint ?? '', /HF_TOKEN|token/);
      assert.doesNotMatch(shownOf(error) + String(error.cause), /b[aä]d/);
    }
  });

  it('is not what a wrong token is mistaken for', async () => {
    hub.instead = (_, response) => {
      refuse(response, 401, null, 'Invalid credentials in Authorization header');
      return true;
    };
    const error = await refused(sourceWith({ HF_TOKEN: 'hf_bad' }), 'o/m');
    assert.equal(error.code, 'model.denied');
    assert.match(error.message, /does not know the token in HF_TOKEN/);
  });

  it('may be closed for other reasons', async () => {
    hub.instead = (_, response) => {
      refuse(response, 403, null, 'Access to this resource is disabled.');
      return true;
    };
    const error = await refused(sourceWith(), 'o/m');
    assert.deepEqual([error.code, error.kind.exit], ['model.denied', 4]);
    assert.match(error.message, /refuses access to o\/m \(403\)/);
  });
});

describe('a redirect of the hub', () => {
  it('to the new name of a model is followed', async () => {
    hub.put('new/m', FILES);
    hub.instead = ({ path }, response) => {
      if (!path.includes('old/m')) return false;
      response.writeHead(307, { location: path.replace('old/m', 'new/m') }).end();
      return true;
    };
    assert.deepEqual((await found(sourceWith(), 'old/m')).config, CONFIG);
  });

  it('to the store of another takes no token along', async () => {
    const asked: [host: string, authorization: string | null][] = [];
    const files = { sha: COMMIT, siblings: [{ rfilename: 'model.safetensors' }] };
    const fake: typeof fetch = async (input, init) => {
      const url = new URL(String(input));
      const headers = new Headers(init?.headers);
      asked.push([url.host, headers.get('authorization')]);
      if (url.pathname.startsWith('/api')) return Response.json(files);
      if (url.host === 'hub.test')
        return new Response(null, { status: 302, headers: { location: 'https://cdn.test/x?s' } });
      return new Response(safetensors() as Uint8Array<ArrayBuffer>);
    };
    const env = { HF_ENDPOINT: 'https://hub.test', HF_TOKEN: 'hf_good' };
    assert.equal(
      (await found(hubModels({ env, fetch: fake }), 'o/m')).weights?.kind,
      'safetensors',
    );
    for (const [host, authorization] of asked)
      assert.equal(authorization, host === 'hub.test' ? 'Bearer hf_good' : null);
    assert.ok(asked.some(([host]) => host === 'cdn.test'));
  });

  it('to plain http elsewhere, to other schemes or to a password is not followed', async () => {
    const elsewhere = await new FakeHub().start();
    hub.put('o/m', FILES);
    for (const location of [elsewhere.url, 'file:///etc/passwd', 'https://a:b@x.test', 'http://']) {
      hub.instead = (_, response) => {
        response.writeHead(302, { location }).end();
        return true;
      };
      const error = await refused(sourceWith(), 'o/m');
      assert.equal(error.code, 'model.unreadable');
      assert.match(error.message, /redirected to where it is not safe/);
    }
    assert.deepEqual(elsewhere.asks, []);
    await elsewhere.stop();
  });

  it('that never ends is left', async () => {
    hub.instead = ({ path }, response) => {
      response.writeHead(302, { location: `${path}x` }).end();
      return true;
    };
    assert.match((await refused(sourceWith(), 'o/m')).message, /redirected more than 5 times/);
    assert.equal(hub.asks.length, 6);
  });
});

describe('a token', () => {
  it('goes over no line that others can read', async () => {
    const seen: (string | null)[] = [];
    const fake: typeof fetch = async (_, init) => {
      seen.push(new Headers(init?.headers).get('authorization'));
      return new Response(null, { status: 404 });
    };
    const env = { HF_ENDPOINT: 'http://mirror.test', HF_TOKEN: 'hf_good' };
    await absent(hubModels({ env, fetch: fake }), 'o/m');
    assert.deepEqual(seen, [null]);
  });
});

describe('a hub behind another', () => {
  it('may have its models below a path', async () => {
    hub.put('o/m', FILES);
    hub.instead = ({ path }, response) => {
      if (!path.startsWith('/mirror/hf/')) return false;
      response.writeHead(307, { location: path.slice('/mirror/hf'.length) }).end();
      return true;
    };
    const { origin } = await found(sourceWith({ HF_ENDPOINT: `${hub.url}/mirror/hf/` }), 'o/m');
    assert.equal(origin.location, `${hub.url}/mirror/hf/o/m/tree/${COMMIT}`);
  });

  it('that answers with something else is not taken for one', async () => {
    const answers = ['<html>log in</html>', '{}', '[]', 'null', '{"sha": "main", "siblings": []}'];
    for (const answer of answers) {
      hub.instead = (_, response) => {
        response.end(answer);
        return true;
      };
      const error = await refused(sourceWith(), 'o/m');
      assert.equal(error.code, 'model.unreadable');
      assert.match(error.message, /it tells no commit and files/);
    }
  });

  it('cannot name files that lead elsewhere', async () => {
    const siblings = [{ rfilename: '../../api/config.json' }, { rfilename: '/x.gguf' }, null, {}];
    hub.instead = (_, response) => {
      response.end(JSON.stringify({ sha: COMMIT, siblings }));
      return true;
    };
    assert.match((await absent(sourceWith(), 'o/m')).why ?? '', /holds no config\.json/);
    assert.equal(hub.asks.length, 1);
  });
});
