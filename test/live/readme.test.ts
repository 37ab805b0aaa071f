import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

/**
 * Walks the README as a newcomer would: a fresh clone, then every command of its `sh` blocks as it
 * stands there, in order. Needs the package registry, for `npm ci`; run by `npm run test:readme`.
 */
const ROOT = join(import.meta.dirname, '..', '..');
const UP_SECONDS_MAX = 30;

describe('the README, from a fresh clone', () => {
  let dir = '';
  let clone = '';
  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kedge-readme-'));
    clone = join(dir, 'kedge');
    await shell(`git clone --quiet "${ROOT}" "${clone}"`, dir);
  });
  after(async () => {
    await shell('npx kedge server stop', clone);
    rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });

  for (const command of commandsOf(readFileSync(join(ROOT, 'README.md'), 'utf8'))) {
    it(command, async (test) => {
      for (const part of command.split(' && ')) {
        const { code, output, seconds } = await shell(part, clone);
        test.diagnostic(`${part}: ${seconds.toFixed(1)} s`);
        assert.equal(code, 0, output);
        if (part.startsWith('npx kedge up')) {
          assert.match(output, /^accuracy 0\.9\d+$/m);
          assert.match(output, /cost \$/);
          assert.ok(seconds <= UP_SECONDS_MAX, `up took ${seconds} s`);
        }
      }
    });
  }

  /** In the clone, with a home of its own, as a newcomer's machine has none yet. */
  async function shell(command: string, cwd: string) {
    const begun = performance.now();
    const env: NodeJS.ProcessEnv = { ...process.env, KEDGE_HOME: join(dir, 'home') };
    // What npm and the test runner have set for us would tell the clone that it is not alone.
    for (const name of Object.keys(env)) {
      if (/^npm_|^NODE_TEST|^NODE_OPTIONS$|^INIT_CWD$/.test(name)) delete env[name];
    }
    env['PATH'] = withoutModules(env['PATH'] ?? '');
    const child = spawn('bash', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output, seconds: (performance.now() - begun) / 1000 };
  }
});

/** The lines of the README's `sh` blocks, without prompts and comments. */
function commandsOf(readme: string): readonly string[] {
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, body]) => body!);
  return blocks
    .flatMap((body) => body.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter(Boolean);
}

/** Only the checkout's own way to Node 24 is tested, not ours. */
function withoutModules(path: string): string {
  return path
    .split(':')
    .filter((part) => !part.includes('node_modules'))
    .join(':');
}
