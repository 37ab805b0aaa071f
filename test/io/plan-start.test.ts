import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KedgeHome } from './kedge-home.ts';

/** Appends the address of each module that its process loads to the file LOADED. */
const TELL_MODULES = `
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    appendFileSync(process.env.LOADED, url + '\\n');
    return next(url, context);
  },
});`;

describe('the start of kedge plan', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
  });
  after(() => home.close());

  async function loadedBy(...args: string[]): Promise<readonly string[]> {
    const loaded = join(home.dir, 'loaded');
    const { code, stderr } = await home.run(args, {
      DOCKER_HOST: `unix://${home.dir}/no.sock`,
      LOADED: loaded,
      NODE_OPTIONS: `--import=${home.file('tell-modules.mjs', TELL_MODULES)}`,
    });
    assert.equal(code, 0, stderr);
    return readFileSync(loaded, 'utf8').trimEnd().split('\n');
  }

  it('loads no package but those that read its arguments and its task', async () => {
    const modules = await loadedBy(
      'plan',
      home.file('h100.yaml', 'resources: {accelerators: H100:8}'),
    );
    const packages = modules.map((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]);
    const found = new Set(packages.filter((name) => name !== undefined));
    assert.deepEqual([...found].toSorted(), ['commander', 'yaml']);
    const ofNodes = modules.filter((url) =>
      /\/(engine|server)\/|\/(local|container)-nodes\b/.test(url),
    );
    assert.deepEqual(ofNodes, [], 'nothing that runs nodes');
    const ofModels = modules.filter((url) =>
      /\/demand\/(accelerators|calibration|memory|models|training)\//.test(url),
    );
    assert.deepEqual(ofModels, [], 'nothing that estimates models, since the task has none');
  });
});
