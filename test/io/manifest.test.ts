import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { lintReportSchema } from '../../src/spec/lint.ts';
import { fromWire } from '../../src/spec/wire.ts';
import { KedgeHome } from './kedge-home.ts';

const EXAMPLE = join(
  import.meta.dirname,
  '..',
  '..',
  'examples',
  'broken-manifests',
  'serving.yaml',
);
const BROKEN = readFileSync(EXAMPLE, 'utf8');
const FAULTS = [
  'manifest.mutable-image',
  'manifest.misplaced-field',
  'manifest.dangling-mount',
  'manifest.missing-separator',
  'manifest.missing-separator',
  'manifest.wrong-api-version',
  'manifest.mutable-image',
  'manifest.dangling-mount',
];

describe('kedge manifest', () => {
  let home: KedgeHome;
  before(() => {
    home = new KedgeHome();
  });
  after(() => home.close());

  it('lint diagnoses the example fault by fault, within 80 columns, and exits 1', async () => {
    const { code, stdout } = await home.run(['manifest', 'lint', EXAMPLE]);
    assert.equal(code, 1);
    assert.deepEqual(
      [...stdout.matchAll(/: (manifest\.\S+)$/gm)].map(([, found]) => found),
      FAULTS,
    );
    assert.match(stdout, /serving\.yaml:19:3: error: manifest\.misplaced-field/);
    const words = stdout.split('\n').filter((line) => line.startsWith('  '));
    assert.ok(words.every((line) => line.length <= 80));
  });

  it('lint prints kedge.lint/v1', async () => {
    const { stdout } = await home.run(['manifest', 'lint', EXAMPLE, '-o', 'json']);
    const report = lintReportSchema.parse(fromWire(JSON.parse(stdout)));
    assert.deepEqual(
      report.files[0]!.findings.map((finding) => finding.code),
      FAULTS,
    );
    assert.deepEqual([report.errors, report.warnings, report.target], [6, 2, '1.36']);
  });

  it('fix shows a diff and writes nothing, until it is told to', async () => {
    const file = home.file('serving.yaml', BROKEN);
    chmodSync(file, 0o640);
    const shown = await home.run(['manifest', 'fix', 'serving.yaml']);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^--- serving\.yaml\n\+\+\+ serving\.yaml\n@@ /);
    assert.match(shown.stdout, /^\+apiVersion: apps\/v1 {15}# deployments are in apps\/v1$/m);
    assert.equal(readFileSync(file, 'utf8'), BROKEN);
    const written = await home.run(['manifest', 'fix', '--write', 'serving.yaml']);
    assert.equal(written.code, 0);
    assert.equal(written.stdout, shown.stdout);
    assert.equal(statSync(file).mode & 0o777, 0o640);
    const again = await home.run(['manifest', 'fix', '--write', 'serving.yaml']);
    assert.equal(again.stdout, '', 'nothing is left to repair');
    const linted = await home.run(['manifest', 'lint', 'serving.yaml']);
    assert.equal(linted.code, 0, 'warnings alone');
    assert.ok(readdirSync(home.dir).every((name) => !name.endsWith('.tmp')));
  });

  it('fix writes through a link, which stays one', async () => {
    const file = home.file('real.yaml', BROKEN);
    symlinkSync(file, join(home.dir, 'link.yaml'));
    await home.run(['manifest', 'fix', '--write', 'link.yaml']);
    assert.notEqual(readFileSync(file, 'utf8'), BROKEN);
  });

  it('fix exits 1 where errors are left, and says which', async () => {
    home.file('left.yaml', BROKEN.replace('  containers:\n', '  autoHeal: true\n  containers:\n'));
    const { code, stderr } = await home.run(['manifest', 'fix', 'left.yaml']);
    assert.equal(code, 1);
    assert.match(stderr, /manifest\.unknown-field\n {2}there is no field "autoHeal" in "spec"/);
  });

  it('answers what cannot be read with exit 2', async () => {
    home.file('large.yaml', '#'.repeat(2 ** 20 + 1));
    mkdirSync(join(home.dir, 'folder'));
    for (const [name, said] of [
      ['none.yaml', 'input.not-found'],
      ['folder', 'input.unreadable'],
      ['large.yaml', 'input.too-large'],
    ] as const) {
      const { code, stderr } = await home.run(['manifest', 'lint', name]);
      assert.equal(code, 2, name);
      assert.match(stderr, new RegExp(said.replace('.', '\\.')));
    }
    const { code, stderr } = await home.run(['manifest', 'lint', EXAMPLE, '--target', 'newest']);
    assert.equal(code, 2);
    assert.match(stderr, /newest is no version of Kubernetes/);
  });
});
