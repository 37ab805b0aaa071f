import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  buildNodeSpec,
  ended,
  INSTALLATION,
  readAll,
  text,
} from '../../src/ports/driver.conformance.ts';
import type { NodeSpec } from '../../src/ports/driver.ts';
import { LocalPlace } from './local-place.ts';

let place: LocalPlace;
beforeEach(() => {
  place = new LocalPlace();
});
afterEach(() => place.cleanup());

/** What a task prints, once it has ended well. */
async function outputOf(spec: NodeSpec, driver = place.driver): Promise<string> {
  await driver.create(spec);
  const end = await ended(place, spec.ref);
  assert.equal(end.exitCode, 0, end.reason);
  return text(await readAll(driver, spec.ref, 65_536));
}

/** Writes files below a new folder, and returns it. */
function folder(name: string, texts: Readonly<Record<string, string>>): string {
  const root = join(place.dir, name);
  mkdirSync(root, { recursive: true });
  for (const [path, content] of Object.entries(texts)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

describe('the working directory of a task', () => {
  it('is a copy, whatever its name: what the task changes stays there', async () => {
    const workdir = folder("we'ird $(touch pwned) `name`; rm -rf x", { 'a.txt': 'original' });
    const run = 'echo changed > a.txt; cat a.txt; ls';
    const output = await outputOf(buildNodeSpec({ run, workdir }));
    assert.equal(output, 'changed\na.txt\n');
    assert.equal(readFileSync(join(workdir, 'a.txt'), 'utf8'), 'original');
  });

  it('keeps links within it, and programs executable', async () => {
    const workdir = folder('project', { 'bin/hello': '#!/bin/sh\necho hello\n' });
    symlinkSync('bin/hello', join(workdir, 'relative'));
    symlinkSync(join(workdir, 'bin'), join(workdir, 'absolute'));
    await import('node:fs/promises').then(({ chmod }) => chmod(join(workdir, 'bin/hello'), 0o755));
    const run = './relative; ./absolute/hello; readlink absolute';
    assert.equal(await outputOf(buildNodeSpec({ run, workdir })), 'hello\nhello\nbin\n');
  });

  it('may hold the data folder itself, which is not copied into itself', async () => {
    const spec = buildNodeSpec({ run: 'ls', workdir: place.dir });
    writeFileSync(join(place.dir, 'here'), '');
    assert.equal(await outputOf(spec), 'here\n');
  });

  it('takes file mounts, files and folders, over what is there', async () => {
    const workdir = folder('project', { 'conf/a': 'old' });
    const more = folder('more', { a: 'new', b: 'b' });
    const fileMounts = { conf: more, 'deep/er/c': join(more, 'b') };
    const spec = buildNodeSpec({ run: 'cat conf/a conf/b deep/er/c', workdir, fileMounts });
    assert.equal(await outputOf(spec), 'newbb');
  });

  const refusals: Readonly<Record<string, () => Partial<NodeSpec>>> = {
    'is not there': () => ({ workdir: join(place.dir, 'nowhere') }),
    'is a file': () => ({ workdir: join(folder('project', { file: '' }), 'file') }),
    'has a link that leads out of it': () => {
      const workdir = folder('project', {});
      symlinkSync('/etc/passwd', join(workdir, 'passwd'));
      return { workdir };
    },
    'has a dangling link that leads out of it': () => {
      const workdir = folder('project', {});
      symlinkSync('../nowhere', join(workdir, 'dangling'));
      return { workdir };
    },
    'has a file mount that is not there': () => ({ fileMounts: { a: '/nowhere/at/all' } }),
  };
  for (const [what, parts] of Object.entries(refusals)) {
    it(`that ${what} is refused, and leaves nothing behind`, async () => {
      const spec = buildNodeSpec({ run: 'true', ...parts() });
      await assert.rejects(place.driver.create(spec), { code: 'driver.workdir-unreadable' });
      assert.deepEqual(await place.driver.observe([spec.ref]), [{ state: 'absent' }]);
      assert.deepEqual(readdirSync(dirname(place.node(spec.ref).dir)), []);
    });
  }

  for (const to of ['/etc/kedge', '../outside', '~/home', 'a/../../b']) {
    it(`a file mount to ${to} is refused: this machine is the user's`, async () => {
      const fileMounts = { [to]: folder('more', { a: '' }) };
      const spec = buildNodeSpec({ run: 'true', fileMounts });
      await assert.rejects(place.driver.create(spec), { code: 'driver.unsupported' });
    });
  }
});

describe('the environment of a task', () => {
  it("has the task's variables to the letter, and none of Kedge's secrets", async () => {
    const value = 'a "b" $(c) `d` \'e\'\n=f';
    const env = { ...process.env, SECRET_CANARY: 'canary', LANG: 'C.UTF-8' };
    const spec = buildNodeSpec({ run: 'env -0', envs: { VALUE: value, HOME: '/mine' } });
    const variables = new Set((await outputOf(spec, place.another(env))).split('\0'));
    assert.ok(variables.has(`VALUE=${value}`));
    assert.ok(variables.has('HOME=/mine'));
    assert.ok(variables.has('LANG=C.UTF-8'));
    assert.ok(variables.has(`KEDGE_RUN_ID=${spec.ref.runId}`));
    assert.ok(![...variables].some((variable) => variable.includes('canary')));
  });

  it('has the Node that runs Kedge', async () => {
    const run = 'node -p process.version';
    assert.equal(await outputOf(buildNodeSpec({ run })), `${process.version}\n`);
  });

  it('names a checkpoint folder that outlives the attempt, where the task wants one', async () => {
    const run = 'cat "$KEDGE_CHECKPOINT_DIR/step" || echo 7 > "$KEDGE_CHECKPOINT_DIR/step"';
    const attempt = (n: number) => buildNodeSpec({ run, attempt: n, checkpoint: { path: null } });
    await outputOf(attempt(1));
    assert.equal(await outputOf(attempt(2)), '7\n');
    const without = buildNodeSpec({ run: 'echo "[$KEDGE_CHECKPOINT_DIR]"', attempt: 3 });
    assert.equal(await outputOf(without), '[]\n');
  });
});

describe('the directory of a node', () => {
  it("is its owner's alone, and its secrets are gone when it has ended", async () => {
    const spec = buildNodeSpec({ run: 'echo up; sleep 600', envs: { TOKEN: 'canary' } });
    await place.driver.create(spec);
    const { dir, specFile, nodeFile, logFile } = place.node(spec.ref);
    await place.waitFor(spec.ref, () => existsSync(logFile));
    const modeOf = (path: string): number => statSync(path).mode & 0o777;
    assert.deepEqual([place.dataDir, dir].map(modeOf), [0o700, 0o700]);
    assert.deepEqual([specFile, nodeFile, logFile].map(modeOf), [0o600, 0o600, 0o600]);
    await place.driver.stop(spec.ref, { graceMs: 0 });
    await ended(place, spec.ref);
    // The supervisor's last act, just after the end is told.
    await place.waitFor(spec.ref, () => !existsSync(specFile));
    for (const name of readdirSync(dir).filter((entry) => !['bin', 'work'].includes(entry))) {
      assert.ok(!readFileSync(join(dir, name), 'utf8').includes('canary'), name);
    }
  });

  for (const runId of ['a;touch x', '../../up', 'a/b', '', '$(x)', 'a b', 'ü']) {
    it(`cannot be named ${JSON.stringify(runId)}`, async () => {
      const spec = buildNodeSpec({ run: 'true' });
      const ref = { ...spec.ref, runId };
      await assert.rejects(place.driver.create({ ...spec, ref }), { code: 'driver.unsupported' });
      const [seen] = await place.driver.observe([ref]);
      assert.equal(seen?.state, 'unknown');
    });
  }

  it('left half-made by a create that was cut short is finished by the next one', async () => {
    const spec = buildNodeSpec({ run: 'ls', workdir: folder('project', { a: '' }) });
    const { dir } = place.node(spec.ref);
    const stale = join(dirname(dir), '.draft-0-1-0-1-1-0');
    mkdirSync(stale, { recursive: true });
    mkdirSync(dir);
    assert.equal(await outputOf(spec), 'a\n');
    assert.ok(!existsSync(stale));
    assert.equal((await place.driver.list(INSTALLATION)).length, 1);
  });

  it('that cannot be read is unknown, and does not hide the other nodes', async () => {
    const [broken, fine] = [0, 1].map((rank) => buildNodeSpec({ run: 'true', rank }));
    for (const spec of [broken!, fine!]) {
      await place.driver.create(spec);
      await ended(place, spec.ref);
    }
    writeFileSync(place.node(broken!.ref).exitFile, '{"how":');
    const seen = await place.driver.observe([broken!.ref, fine!.ref]);
    assert.deepEqual(
      seen.map(({ state }) => state),
      ['unknown', 'ended'],
    );
  });
});
