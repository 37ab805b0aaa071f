import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';

const SCRIPT = join(import.meta.dirname, 'train.mjs');
const scratch = mkdtempSync(join(tmpdir(), 'kedge-digits-'));

type Env = Readonly<Record<string, string>>;
type Ended = {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
};
type Manifest = { readonly file: string; readonly sha256: string; readonly step: number };

describe('the digits example', { concurrency: 2 }, () => {
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it('ends its log with an accuracy that textbooks expect', async () => {
    const { code, lines } = await train(newDirectory(), { EPOCHS: '15' });
    assert.equal(code, 0);
    assert.match(lines.at(-1)!, /^accuracy 0\.\d{4}$/);
    assert.ok(accuracyIn(lines) >= 0.96, lines.at(-1));
    assert.equal(lines.filter((line) => line.startsWith('epoch ')).length, 15);
  });

  it('ends with the same weights whether or not it was killed on the way', async () => {
    const killed = newDirectory();
    await train(killed, { EPOCHS: '1000' }, { signal: 'SIGKILL', atLine: /^epoch 2 / });
    const epochs = String(readManifest(killed).step + 2);

    const resumed = await train(killed, { EPOCHS: epochs });
    const straight = newDirectory();
    const uninterrupted = await train(straight, { EPOCHS: epochs });

    assert.match(resumed.lines.join('\n'), /^resumed from epoch \d+$/m);
    assert.equal(resumed.lines.at(-1), uninterrupted.lines.at(-1));
    assert.equal(readManifest(killed).sha256, readManifest(straight).sha256);
  });

  it('leaves a damaged checkpoint for the one before, and ends with the same weights', async () => {
    const directory = newDirectory();
    await train(directory, { EPOCHS: '3' });
    const undamaged = readManifest(directory);
    flipLastByte(join(directory, undamaged.file));

    const { code, lines } = await train(directory, { EPOCHS: '3' });
    assert.equal(code, 0);
    assert.ok(lines.some((line) => line.startsWith('ignored epoch-000003.bin: its SHA-256')));
    assert.ok(lines.includes('resumed from epoch 2'));
    assert.equal(readManifest(directory).sha256, undamaged.sha256);
  });

  it('tells of a write that was cut short, and keeps only the last two checkpoints', async () => {
    const directory = newDirectory();
    await train(directory, { EPOCHS: '3' });
    writeFileSync(join(directory, 'epoch-000004.bin.tmp'), 'half of it');

    const { lines } = await train(directory, { EPOCHS: '4' });
    assert.ok(lines.some((line) => line.startsWith('ignored epoch-000004.bin.tmp: ')));
    assert.ok(lines.includes('resumed from epoch 3'));
    assert.deepEqual(readdirSync(directory).sort(), [
      'epoch-000003.bin',
      'epoch-000004.bin',
      'manifest.json',
    ]);
  });

  it('only tells the accuracy again when its training is finished', async () => {
    const directory = newDirectory();
    const first = await train(directory, { EPOCHS: '2' });
    const second = await train(directory, { EPOCHS: '2' });
    assert.deepEqual(second.lines.slice(1), ['resumed from epoch 2', first.lines.at(-1)]);
  });

  it('keeps its last epoch and exits with 143 on SIGTERM', async () => {
    const directory = newDirectory();
    const stop = { signal: 'SIGTERM', atLine: /^epoch 1 / } as const;
    const { code, lines } = await train(directory, { EPOCHS: '1000' }, stop);
    assert.equal(code, 143);
    assert.equal(lines.at(-1), `stopped by SIGTERM after epoch ${readManifest(directory).step}`);
  });

  it('exits with 2 and says why when EPOCHS or SEED is no whole number in range', async () => {
    for (const env of [{ EPOCHS: 'many' }, { EPOCHS: '0' }, { SEED: '1.5' }] as Env[]) {
      const directory = newDirectory();
      const { code, errors } = await train(directory, env);
      assert.equal(code, 2);
      assert.match(errors, /^train\.mjs: (EPOCHS|SEED) must be a whole number from \d+ to \d+/);
      assert.equal(existsSync(directory), false);
    }
  });

  it('will not overwrite the checkpoints of another SEED', async () => {
    const directory = newDirectory();
    await train(directory, { EPOCHS: '1', SEED: '7' });
    const { code, errors } = await train(directory, { EPOCHS: '1', SEED: '8' });
    assert.equal(code, 2);
    assert.match(errors, /SEED is 8, but the checkpoints .* are of SEED 7/);
  });
});

let directories = 0;

/** A path where nothing is yet. */
function newDirectory(): string {
  directories += 1;
  return join(scratch, String(directories));
}

/** Runs the script to its end, or signals it once it prints the given line. */
async function train(
  directory: string,
  env: Env,
  stop?: { readonly signal: NodeJS.Signals; readonly atLine: RegExp },
): Promise<Ended> {
  const child: ChildProcess = spawn(process.execPath, [SCRIPT], {
    cwd: scratch,
    env: { ...env, KEDGE_CHECKPOINT_DIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let errors = '';
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line);
    if (stop?.atLine.test(line)) child.kill(stop.signal);
  });
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const [code] = await once(child, 'close');
  return { code, lines, errors };
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
}

function accuracyIn(lines: readonly string[]): number {
  return Number(lines.at(-1)!.split(' ')[1]);
}

function flipLastByte(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 0xff;
  writeFileSync(file, bytes);
}
