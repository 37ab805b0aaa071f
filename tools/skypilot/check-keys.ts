import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The keys of SkyPilot's task files by where they stand, with the version that has them. */
export type SkyPilotKeys = {
  readonly version: string;
  readonly task: readonly string[];
  readonly resources: readonly string[];
  readonly header: readonly string[];
};

/** The committed list, which the tests compare with the tables of keys. */
export function committedKeys(): SkyPilotKeys {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'keys.json'), 'utf8')) as SkyPilotKeys;
}

/** `npm run test:skypilot`: the committed list is what the package on PyPI carries. */
function main(): void {
  const { version, ...committed } = committedKeys();
  const published = publishedKeys(version);
  if (JSON.stringify(published) === JSON.stringify(committed)) {
    process.stdout.write(`tools/skypilot/keys.json has the keys of SkyPilot ${version}\n`);
    return;
  }
  process.stderr.write(`SkyPilot ${version} has other keys than tools/skypilot/keys.json:\n`);
  process.stderr.write(`${JSON.stringify({ version, ...published }, null, 2)}\n`);
  process.exitCode = 1;
}

/** Downloads the package alone, without what it depends on, and reads its schema. */
function publishedKeys(version: string): Omit<SkyPilotKeys, 'version'> {
  const folder = mkdtempSync(join(tmpdir(), 'kedge-skypilot-'));
  try {
    const pip = ['-m', 'pip', 'download', '--no-deps', '--quiet', '--dest', folder];
    execFileSync('python3', [...pip, `skypilot==${version}`], { stdio: 'inherit' });
    const wheel = join(folder, readdirSync(folder).find((name) => name.endsWith('.whl'))!);
    const script = join(import.meta.dirname, 'list_keys.py');
    return JSON.parse(execFileSync('python3', [script, wheel], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) main();
