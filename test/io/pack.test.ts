import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KedgeHome } from './kedge-home.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * The published package, as `npm pack` makes it, in a folder of its own with nothing but its
 * production dependencies beside it. They are linked from the checkout, for tests need no network.
 */
describe('the packed package, installed elsewhere', () => {
  let dir = '';
  let packed = '';
  let home: KedgeHome;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'kedge-pack-'));
    const npm = ['pack', '--silent', '--pack-destination', dir];
    execFileSync('npm', npm, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    const tarball = readdirSync(dir).find((name) => name.endsWith('.tgz'));
    execFileSync('tar', ['-xzf', join(dir, tarball!), '-C', dir]);
    packed = join(dir, 'node_modules', 'kedge');
    mkdirSync(dirname(packed), { recursive: true });
    cpSync(join(dir, 'package'), packed, { recursive: true });
    for (const name of productionDependencies()) link(name, join(dir, 'node_modules'));
    home = new KedgeHome(join(packed, 'bin', 'kedge.js'));
  });
  after(() => {
    home.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('holds what runs, its licence and its manual, and no sources or tests', () => {
    for (const name of ['bin/kedge.js', 'dist/main.js', 'LICENSE', 'README.md', 'catalog']) {
      assert.ok(existsSync(join(packed, name)), name);
    }
    const files = readdirSync(packed, { recursive: true, encoding: 'utf8' });
    const stray = files.filter((name) => /\.test\.|\.conformance\.|^src\//.test(name));
    assert.deepEqual(
      stray.filter((name) => !name.startsWith('examples/')),
      [],
    );
  });

  it('plans over the catalog, and proves the seed mix', async () => {
    const task = join(packed, 'examples', 'seed-mix', 'task.yaml');
    const { code, stdout, stderr } = await home.run(['plan', task, '-o', 'json']);
    assert.equal(code, 0, stderr);
    const plan = JSON.parse(stdout) as { cost_usd: number; gap: number };
    assert.deepEqual([plan.cost_usd, plan.gap], [5, 0]);
    const gpu = home.file('gpu.yaml', 'resources: {accelerators: H100:8}\n');
    assert.equal((await home.run(['plan', gpu])).code, 0);
  });

  it('runs a task through its own server', async () => {
    const task = home.file('hello.yaml', 'run: echo hello\n');
    const { code, stdout, stderr } = await home.run(['up', task]);
    assert.deepEqual([code, stdout], [0, 'hello\n'], stderr);
  });
});

/** Names from the lock file of all that is installed without dev dependencies. */
function productionDependencies(): readonly string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && dev !== true)
    .map(([path]) => path.replace('node_modules/', ''));
}

function link(name: string, modules: string): void {
  const source = join(ROOT, 'node_modules', name);
  if (!existsSync(source)) return;
  mkdirSync(dirname(join(modules, name)), { recursive: true });
  symlinkSync(source, join(modules, name));
}
