import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { goObstacle } from '../../tools/cluster/go-toolchain.ts';

const TOOLS = join(import.meta.dirname, '../../tools/cluster');
const skip = (process.platform === 'linux' ? goObstacle() : 'Kubernetes runs on Linux') ?? false;

describe("the build of a cluster's components", { skip }, () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'kedge-build-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('leaves nothing half made in the cache when it fails', () => {
    const cache = join(dir, 'cache');
    const env = { ...process.env, KEDGE_CLUSTER_CACHE: cache, GOPROXY: 'off' };
    const built = spawnSync(process.execPath, [join(TOOLS, 'build.ts')], { env, encoding: 'utf8' });
    assert.notEqual(built.status, 0);
    assert.match(built.stderr, /module lookup disabled by GOPROXY=off/);
    assert.deepEqual(readdirSync(cache), ['.lock']);
  });

  it('goes on in one process at a time', async () => {
    const log = join(dir, 'log');
    const script = `
      import { appendFileSync } from 'node:fs';
      import { withLock } from ${JSON.stringify(join(TOOLS, 'build-lock.ts'))};
      withLock(${JSON.stringify(dir)}, () => {
        appendFileSync(${JSON.stringify(log)}, 'begin ');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
        appendFileSync(${JSON.stringify(log)}, 'end ');
      });`;
    const run = () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    await Promise.all([run(), run(), run()]);
    assert.equal(readFileSync(log, 'utf8'), 'begin end '.repeat(3));
  });
});
