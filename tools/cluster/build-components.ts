import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../src/base/assert.ts';
import { withLock } from './build-lock.ts';
import {
  COMPONENTS,
  type Component,
  clusterCacheDir,
  componentDir,
  GO_VERSION,
  isBuilt,
} from './components.ts';

const DRAFT = '.draft-';

/** Tells how the build goes, a line at a time. */
export type Report = (line: string) => void;

/**
 * Builds what is missing, one process at a time; a component appears in the cache whole or not at
 * all. What only the build needed, gigabytes of modules and objects, is removed after it.
 */
export function buildComponents(report: Report): void {
  if (COMPONENTS.every(isBuilt)) return;
  withLock(clusterCacheDir(), () => {
    removeDrafts();
    const missing = COMPONENTS.filter((component) => !isBuilt(component));
    if (missing.length === 0) return;
    const scratch = mkdtempSync(join(clusterCacheDir(), DRAFT));
    try {
      for (const component of missing) {
        const begun = performance.now();
        build(component, scratch);
        const seconds = Math.round((performance.now() - begun) / 1000);
        report(`${component.name} ${component.version}: ${seconds} s`);
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
}

/** Of builds that were killed: we hold the lock, so nobody works in them. */
function removeDrafts(): void {
  for (const name of readdirSync(clusterCacheDir())) {
    if (name.startsWith(DRAFT)) {
      rmSync(join(clusterCacheDir(), name), { recursive: true, force: true });
    }
  }
}

function build(component: Component, scratch: string): void {
  const env = goEnvironment(scratch);
  const work = join(scratch, component.name);
  const draft = join(work, 'draft');
  mkdirSync(draft, { recursive: true });
  const source = downloadModule(component, work, env);
  for (const { to, from } of component.copies ?? []) {
    const parts = from.map((path) => readFileSync(join(source.Dir, path), 'utf8').trim());
    writeFileSync(join(draft, to), `${parts.join('\n---\n')}\n`);
  }
  if (component.packages.length > 0 || component.main !== undefined) {
    writeWrapper(component, readFileSync(source.GoMod, 'utf8'), work);
    const targets = component.main === undefined ? component.packages : ['.'];
    const output = join(draft, component.main?.program ?? '/');
    execFileSync('go', ['build', ...buildFlags(component), '-o', output, ...targets], {
      cwd: work,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  renameSync(draft, componentDir(component));
}

/** Own caches, which one can remove; static programs, which run whatever else is installed. */
function goEnvironment(scratch: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CGO_ENABLED: '0',
    GOCACHE: join(scratch, 'objects'),
    GOMODCACHE: join(scratch, 'modules'),
    GOFLAGS: '-mod=mod -modcacherw',
    GOTOOLCHAIN: 'auto',
    GOWORK: 'off',
    TMPDIR: scratch,
  };
}

type ModuleFiles = { readonly Dir: string; readonly GoMod: string };

function downloadModule(component: Component, work: string, env: NodeJS.ProcessEnv): ModuleFiles {
  const module = `${component.module}@${component.version}`;
  writeFileSync(join(work, 'go.mod'), `module kedge-cluster\n\ngo ${GO_VERSION}\n`);
  const said = execFileSync('go', ['mod', 'download', '-json', module], {
    cwd: work,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const files = JSON.parse(said) as ModuleFiles;
  assert(existsSync(files.Dir), `${module} was downloaded`);
  return files;
}

/**
 * A module that requires the component's: `go install` refuses modules with replacements or
 * exclusions, and Kubernetes maps its staging modules to folders that its published module lacks.
 */
function writeWrapper(component: Component, goMod: string, work: string): void {
  const { module, version, stagingVersion, main } = component;
  const staged = [...goMod.matchAll(/^\s+(\S+) v0\.0\.0$/gm)].map((match) => match[1]);
  const replacements = staged.map((name) => `replace ${name} => ${name} ${stagingVersion}`);
  const lines = ['module kedge-cluster', `go ${GO_VERSION}`, `require ${module} ${version}`];
  writeFileSync(
    join(work, 'go.mod'),
    `${[...lines, ...(stagingVersion === undefined ? [] : replacements)].join('\n\n')}\n`,
  );
  if (main !== undefined) writeFileSync(join(work, 'main.go'), main.source);
}

function buildFlags({ tags = [], stamps = {} }: Component): readonly string[] {
  const settings = Object.entries(stamps).map(([name, value]) => `-X ${name}=${value}`);
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags', ['-s -w', ...settings].join(' ')];
  return tags.length === 0 ? flags : [...flags, '-tags', tags.join(',')];
}
