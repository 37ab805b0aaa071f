import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { finished, KedgeHome } from './kedge-home.ts';

describe('kedge pull', () => {
  let home: KedgeHome;
  let to: string;
  let count = 0;
  before(async () => {
    home = new KedgeHome();
    const run = `mkdir -p out/deep; echo model >out/model; echo log >out/deep/log
      head -c 9000000 /dev/zero | tr '\\0' x >out/large; ln -s /etc/passwd out/link; echo own >own`;
    const text = `name: left\nartifacts: [{path: out/}]\nrun: |\n  ${run}\n`;
    const { code, stderr } = await home.run(['up', home.file('left.yaml', text)]);
    assert.equal(code, 0, stderr);
  });
  after(() => home.close());
  beforeEach(() => {
    to = join(home.dir, `pulled-${count++}`);
  });

  const pull = (...args: readonly string[]) => home.run(['pull', ...args, '--to', to]);
  const fails = async (code: string, ...args: readonly string[]): Promise<string> => {
    const { code: exit, stderr } = await home.run(['pull', ...args, '--to', to]);
    assert.notEqual(exit, 0);
    assert.match(stderr, new RegExp(`code: ${code.replace('.', '\\.')}`), stderr);
    return stderr;
  };
  const pulled = (): readonly string[] =>
    readdirSync(to, { recursive: true, encoding: 'utf8' }).toSorted();
  const isLarge = (path: string): boolean => readFileSync(path, 'utf8') === 'x'.repeat(9_000_000);
  const ALL = ['out', 'out/deep', 'out/deep/log', 'out/large', 'out/model'];

  it('brings all artifacts, and no link, and prints their paths', async () => {
    const { code, stdout, stderr } = await pull('left');
    assert.equal(code, 0, stderr);
    assert.deepEqual(pulled(), ALL);
    const paths = ['out/deep/log', 'out/large', 'out/model'].map((path) => `${join(to, path)}\n`);
    assert.equal(stdout, paths.join(''));
    assert.ok(isLarge(join(to, 'out/large')));
    assert.match(stderr, /3 files pulled/);
    const again = await pull('left');
    assert.match(again.stderr, /0 files pulled .*, 3 were there already/);
  });

  it('goes on where it was cut, and trusts no byte of what it finds', async () => {
    await pull('left', 'out/large');
    const [whole, part] = [join(to, 'out/large'), join(to, 'out/.large.kedge-part')];
    writeFileSync(part, 'x'.repeat(5_000_000));
    truncateSync(whole, 10);
    assert.equal((await pull('left', 'out/large')).code, 0);
    assert.ok(isLarge(whole));
    writeFileSync(part, `${'x'.repeat(4_999_999)}y`);
    writeFileSync(whole, 'y'.repeat(9_000_000));
    assert.equal((await pull('left', 'out/large')).code, 0);
    assert.ok(isLarge(whole));
    assert.deepEqual(pulled(), ['out', 'out/large']);
  });

  it('brings any other file of the working directory too, by its path', async () => {
    assert.equal((await pull('left', 'own')).code, 0);
    assert.equal(readFileSync(join(to, 'own'), 'utf8'), 'own\n');
  });

  it('brings files of a task that still runs', async () => {
    const text = 'name: busy\nrun: echo half >partial; echo begun; sleep 1000\n';
    const up = home.start(['up', home.file('busy.yaml', text)]);
    const end = finished(up);
    await once(up.stdout!, 'data');
    assert.equal((await pull('busy', 'partial')).code, 0);
    assert.equal(readFileSync(join(to, 'partial'), 'utf8'), 'half\n');
    await home.run(['stop', 'busy']);
    await end;
  });

  it('by default writes to a folder of the run, and to nothing else', async () => {
    const { stdout } = await home.run(['pull', 'left', 'out/model']);
    assert.match(stdout, /^left-[0-9a-f]{8}\/out\/model\n$/);
    assert.equal(readFileSync(join(home.dir, stdout.trim()), 'utf8'), 'model\n');
  });

  it('lists what there is, for people and for programs', async () => {
    const { stdout } = await home.run(['pull', 'left', '--list']);
    assert.match(stdout, /^SIZE +MODIFIED +FROM +RANK +PATH\n/);
    assert.match(stdout, /^6 B .* artifacts +0 +out\/model$/m);
    const { stdout: json } = await home.run(['pull', 'left', 'out/deep', '--list', '-o', 'json']);
    const [file] = JSON.parse(json) as Record<string, unknown>[];
    assert.equal(file?.['path'], 'out/deep/log');
    assert.match(String(file?.['sha256']), /^[0-9a-f]{64}$/);
    const { stdout: own } = await home.run(['pull', 'left', 'own', '-l', '-o', 'name']);
    assert.equal(own, 'own\n');
  });

  it('never writes through a link in the folder (fault 28)', async () => {
    const elsewhere = join(home.dir, 'elsewhere');
    mkdirSync(elsewhere, { recursive: true });
    mkdirSync(join(to, 'out'), { recursive: true });
    symlinkSync(elsewhere, join(to, 'out', 'deep'));
    await fails('state.read-only', 'left', 'out/deep/log');
    assert.deepEqual(readdirSync(elsewhere), []);
    rmSync(join(to, 'out', 'deep'));
    writeFileSync(join(home.dir, 'victim'), 'untouched');
    symlinkSync(join(home.dir, 'victim'), join(to, 'out', 'model'));
    assert.equal((await pull('left', 'out/model')).code, 0);
    assert.equal(readFileSync(join(home.dir, 'victim'), 'utf8'), 'untouched');
    assert.equal(readFileSync(join(to, 'out/model'), 'utf8'), 'model\n');
  });

  it('refuses a path that leads out (fault 30)', async () => {
    await fails('cli.usage', 'left', 'out/../../x');
    assert.ok(!existsSync(to));
  });

  it('says what to do where there is nothing', async () => {
    assert.match(await fails('files.not-found', 'left', 'none'), /kedge pull RUN --list/);
    assert.match(await fails('files.not-found', 'left', 'out/link'), /nothing at out\/link/);
    await home.run(['up', home.file('bare.yaml', 'name: bare\nrun: echo nothing\n')]);
    assert.match(await fails('files.not-found', 'bare'), /artifacts: \[\{path: out\/\}\]/);
  });

  it('keeps the artifacts of ranks and of tasks of one run apart', async () => {
    const text = `name: many
num_nodes: 2
artifacts: [{path: out}]
run: echo "$KEDGE_NODE_RANK" >out
---
name: second
artifacts: [{path: out, to: results}]
run: echo second >out
`;
    const { code, stderr } = await home.run(['up', home.file('many.yaml', text)]);
    assert.equal(code, 0, stderr);
    assert.equal((await pull('many')).code, 0);
    const files = pulled().filter((path) => path.endsWith('out'));
    assert.deepEqual(files, ['0-many/0/out', '0-many/1/out', '1-second/out']);
    assert.equal(readFileSync(join(to, '0-many/1/out'), 'utf8'), '1\n');
    assert.equal(readFileSync(join(home.dir, 'results/out'), 'utf8'), 'second\n');
  });

  it('brings what a run left that failed', async () => {
    const text = 'name: failed\nartifacts: [{path: out}]\nrun: echo so far >out; exit 3\n';
    assert.equal((await home.run(['up', home.file('failed.yaml', text)])).code, 3);
    assert.equal((await pull('failed')).code, 0);
    assert.equal(readFileSync(join(to, 'out'), 'utf8'), 'so far\n');
    const { stdout } = await home.run(['show', 'failed', '-o', 'json']);
    assert.match(stdout, /"type": "artifacts\.collected"/);
  });
});
