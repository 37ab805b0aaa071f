import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { KedgeHome } from './kedge-home.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'kedge.js');

describe('kedge offers, as a process', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
  });
  after(() => home.close());

  it('lists the bundled catalog without a configuration, a server or a network', async () => {
    const { code, stdout, stderr } = await home.run(['offers', '-a', 'H100:8', '--limit', '3']);
    assert.equal(code, 0, stderr);
    assert.equal(stdout.split('\n').length, 1 + 3 + 1);
    assert.match(stdout, /H100:8/);
    assert.deepEqual(home.serverPids(), []);
  });

  it('this machine is an offer: its cores and memory, at a price above nothing', async () => {
    const { stdout } = await home.run(['offers', '--provider', 'local', '-o', 'json']);
    const [own] = JSON.parse(stdout);
    assert.equal(own.provider, 'local');
    assert.ok(own.vcpus > 0 && own.memory_gib > 0 && own.price_usd_per_hour > 0);
    assert.match(own.source, /energy/, 'an estimate says so');
  });

  it('all of it goes through a pipe', async () => {
    const { code, stdout } = await home.run(['offers', '--all', '-o', 'name']);
    assert.equal(code, 0);
    const ids = stdout.trimEnd().split('\n');
    assert.ok(ids.length > 40_000);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('a reader that has seen enough is no failure', async () => {
    const pipeline = `"$NODE" "$BIN" offers --all -o json | head -n 1; exit "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', pipeline], {
      env: { ...process.env, NODE: process.execPath, BIN, KEDGE_HOME: join(home.dir, 'home') },
    });
    assert.equal(stdout, '[\n');
    assert.doesNotMatch(stderr, /EPIPE|error/i);
  });
});
