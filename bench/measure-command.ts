import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

export type Command = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Beside the environment of the bench itself. */
  readonly env: Readonly<Record<string, string>>;
};

/** Loaded into a measured Node; it tells the peak of its memory when it ends. */
const TELL_MEMORY = pathToFileURL(join(import.meta.dirname, 'tell-memory.mjs')).href;
const STDERR_CHARS_MAX = 500;

/** Wall milliseconds from the start of a new process to its end, output read and dropped. */
export async function wallMs(command: Command): Promise<number> {
  const before = performance.now();
  await run(command);
  return performance.now() - before;
}

/** Peak resident memory in MiB of a Node program; its own run, for the telling costs time. */
export async function peakMib(command: Command): Promise<number> {
  const args = ['--import', TELL_MEMORY, ...command.args];
  return Number(await run({ ...command, args }));
}

/** Runs to the end; what it has said on file descriptor 3. */
async function run({ file, args, cwd, env }: Command): Promise<string> {
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [code, said, stderr] = await Promise.all([
    ended,
    text(child.stdio[3] as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    text(child.stdout as NodeJS.ReadableStream),
  ]);
  if (code === 0) return said;
  const message = `${[file, ...args].join(' ')} ended with ${code}`;
  throw new Error(`${message}: ${stderr.slice(0, STDERR_CHARS_MAX)}`);
}
