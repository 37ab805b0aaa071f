import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundledFeed } from '../../src/adapters/feeds/bundled-feed.ts';
import { offersFrom } from '../../src/core/catalog/offers-from.ts';
import { skyCatalogs } from './skypilot-csv.ts';

export const SKYPILOT_VERSION = '0.14.1';
/** Of SkyPilot's catalog files: sky/skylet/constants.py, CATALOG_SCHEMA_VERSION. */
const CATALOG_SCHEMA = 'v8';

/** Outside the checkout, and named after what is in it: nothing there ever goes stale. */
const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
const folder = join(cache, 'kedge', 'peers', `skypilot-${SKYPILOT_VERSION}`);
const python = join(folder, 'bin', 'python');
const runtime = join(folder, 'runtime');
/** Written last: a folder without it is half made. */
const made = join(folder, 'kedge-made');

export type PeerCommand = {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** How to run SkyPilot's optimizer once in a new process, as skypilot.py says; null when it is not installed. */
export function skypilotCommand(args: readonly string[]): PeerCommand | null {
  if (!existsSync(made)) return null;
  return {
    file: python,
    args: [join(import.meta.dirname, 'skypilot.py'), ...args],
    // No usage reports, and nothing of the user's own SkyPilot is read or written.
    env: { HOME: runtime, SKY_RUNTIME_DIR: runtime, SKYPILOT_DISABLE_USAGE_COLLECTION: '1' },
  };
}

/** Installs SkyPilot in a virtual environment of its own, once. */
export function installSkypilot(): void {
  if (existsSync(made)) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  execFileSync(python, [...pip, `skypilot==${SKYPILOT_VERSION}`], { stdio: 'inherit' });
  writeFileSync(made, '');
}

/** Writes today's bundled catalog in SkyPilot's schema; the number of its price rows. */
export async function writeSkyCatalogs(): Promise<number> {
  const files = skyCatalogs(offersFrom(await bundledFeed().load()));
  const catalogs = join(runtime, '.sky', 'catalogs', CATALOG_SCHEMA);
  rmSync(catalogs, { recursive: true, force: true });
  let rows = 0;
  for (const [name, text] of Object.entries(files)) {
    const file = join(catalogs, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (name.endsWith('/vms.csv')) rows += text.split('\n').length - 2;
  }
  return rows;
}
