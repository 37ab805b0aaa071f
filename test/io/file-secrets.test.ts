import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileSecrets } from '../../src/adapters/secrets/file-secrets.ts';
import { AssertionFailure } from '../../src/base/assert.ts';
import { KedgeError } from '../../src/base/errors.ts';
import type { SecretKey } from '../../src/ports/secrets.ts';

const root = mkdtempSync(join(tmpdir(), 'kedge-secrets-'));
after(() => rmSync(root, { recursive: true, force: true }));

const key: SecretKey = { tenantId: 'default', runId: 'run_1' };

let folders = 0;
function newDir(): string {
  return join(root, String(++folders), 'secrets');
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it should have been refused'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof KedgeError, String(error));
  return error.code;
}

test('values come back as they were put, byte for byte', async () => {
  const secrets = fileSecrets(newDir());
  const values = { TOKEN: 'a"b\\c\n$(rm -rf)', ünï: '🔑', __proto__x: '' };
  await secrets.put(key, values);
  assert.deepEqual(await secrets.get(key), values);
});

test('putting again replaces everything that was there', async () => {
  const secrets = fileSecrets(newDir());
  await secrets.put(key, { OLD: '1', BOTH: '1' });
  await secrets.put(key, { BOTH: '2' });
  assert.deepEqual(await secrets.get(key), { BOTH: '2' });
});

test('a run without secrets has none, and removing them twice is no error', async () => {
  const secrets = fileSecrets(newDir());
  assert.deepEqual(await secrets.get(key), {});
  await secrets.put(key, { TOKEN: 'x' });
  await secrets.remove(key);
  await secrets.remove(key);
  assert.deepEqual(await secrets.get(key), {});
});

test('two tenants with the same run id never meet', async () => {
  const secrets = fileSecrets(newDir());
  await secrets.put({ tenantId: 'alice', runId: 'run_1' }, { TOKEN: 'alice' });
  assert.deepEqual(await secrets.get({ tenantId: 'bob', runId: 'run_1' }), {});
});

test('only its user can read the files and their folder, and no half-written file stays', async () => {
  const dir = newDir();
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  await fileSecrets(dir).put(key, { TOKEN: 'x' });
  assert.equal(statSync(dir).mode & 0o777, 0o700);
  const files = readdirSync(dir);
  assert.equal(files.length, 1);
  assert.equal(statSync(join(dir, files[0]!)).mode & 0o777, 0o600);
});

test('an id that could lead out of the folder is a bug, and never becomes a path', async () => {
  const secrets = fileSecrets(newDir());
  const outside = { tenantId: 'default', runId: '../../run' };
  await assert.rejects(secrets.put(outside, {}), AssertionFailure);
  await assert.rejects(secrets.get(outside), AssertionFailure);
  await assert.rejects(secrets.remove(outside), AssertionFailure);
});

test('a folder that cannot be made is told by its code', async () => {
  const file = newDir();
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, 'in the way');
  assert.equal(await codeOf(fileSecrets(join(file, 'x')).put(key, {})), 'state.read-only');
  assert.equal(await codeOf(fileSecrets(file).put(key, {})), 'state.read-only');
});

test('a damaged file is an error that does not repeat what the file holds', async () => {
  const dir = newDir();
  const secrets = fileSecrets(dir);
  await secrets.put(key, { TOKEN: 'x' });
  writeFileSync(join(dir, readdirSync(dir)[0]!), '{"TOKEN": "hunter2"');
  await assert.rejects(secrets.get(key), (error) => {
    assert.ok(error instanceof KedgeError);
    assert.equal(error.code, 'state.corrupt');
    assert.ok(!`${error.stack}${String(error.cause)}`.includes('hunter2'));
    return true;
  });
});

test('what a killed server has left is listed, and goes with the rest of its run (fault 34)', async () => {
  const dir = newDir();
  const secrets = fileSecrets(dir);
  const [ended, cut] = ['run_ended', 'run_cut'].map((runId) => ({ tenantId: 'default', runId }));
  await secrets.put(ended!, { TOKEN: 'canary' });
  // Killed between the writing of a file and its name.
  writeFileSync(join(dir, 'default.run_cut.json.0a1b.tmp'), '{"TOKEN": "canary"}');
  const listed = await secrets.keys();
  assert.deepEqual(listed.map(({ runId }) => runId).toSorted(), ['run_cut', 'run_ended']);
  assert.ok(listed.every(({ at }) => Math.abs(Date.now() - at) < 60_000));
  for (const one of listed) await secrets.remove(one);
  assert.deepEqual(readdirSync(dir), []);
  assert.deepEqual(await secrets.get(cut!), {});
});

test('a first attempt to keep them that was killed goes with those that were kept after it', async () => {
  const dir = newDir();
  const secrets = fileSecrets(dir);
  await secrets.put(key, { TOKEN: 'canary' });
  writeFileSync(join(dir, 'default.run_1.json.0a1b.tmp'), '{"TOKEN": "canary"}');
  writeFileSync(join(dir, 'default.run_10.json.0a1b.tmp'), '{"TOKEN": "of another"}');
  await secrets.remove(key);
  assert.deepEqual(readdirSync(dir), ['default.run_10.json.0a1b.tmp']);
});
