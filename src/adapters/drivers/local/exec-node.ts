import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../../ports/clock.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import type { ExecPart, ExecRequest } from '../../../ports/exec.ts';
import { notRunning } from '../shared/not-running.ts';
import { readRecord } from './durable-file.ts';
import { signal } from './end-processes.ts';
import type { NodeDirectory } from './node-directory.ts';
import { observeNode } from './observe-node.ts';
import type { SpecRecord, SupervisorRecord } from './records.ts';

/** Source: bash(1), EXIT STATUS. */
const CANNOT_EXECUTE = 126;
const NOT_FOUND = 127;
const SIGNAL_BASE = 128;
/** Between the two ways to ask a command to end. */
const GRACE_MS = 2000;
/** What a command has started may hold its output open for good. */
const LINGER_MS = 500;
const LOOK_MS = 500;

/**
 * Runs a command as a process group of its own, with the mark of the node: it ends with the node
 * at the latest, whoever has started it. Errors: `run.not-running`.
 */
export async function* execInNode(
  node: NodeDirectory,
  options: { readonly ref: NodeRef; readonly request: ExecRequest; readonly clock: Clock },
): AsyncGenerator<ExecPart> {
  const { ref, request, clock } = options;
  const env = await environmentOf(node, { ref, clock });
  const [program = '', ...args] = request.command;
  const child = spawn(program, args, {
    cwd: node.workDir,
    env,
    stdio: [request.stdin === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = endOf(child);
  const watch = endsWith(child, { node, request });
  // A command that ends without having read all makes no error.
  if (request.stdin !== null) {
    void pipeline(Readable.from(request.stdin), child.stdin!).catch(() => {});
  }
  try {
    yield* outputOf(child, { ended, clock });
    const { code, error } = await ended;
    if (error !== undefined) yield { stream: 'stderr', bytes: wordsOf(program, error) };
    yield { exitCode: code };
  } finally {
    watch.stop();
    child.stdout?.destroy();
    child.stderr?.destroy();
    if (child.exitCode === null && child.signalCode === null) endGroup(child);
  }
}

/** Of the task: what its supervisor has, and what it adds for the task. */
async function environmentOf(
  node: NodeDirectory,
  { ref, clock }: { readonly ref: NodeRef; readonly clock: Clock },
): Promise<Record<string, string>> {
  const seen = await observeNode(node, { ref, clock });
  if (seen.state !== 'running') throw notRunning(ref, seen);
  const owner = await readRecord<SupervisorRecord>(node.supervisorFile);
  const spec = await readRecord<SpecRecord>(node.specFile);
  const text = await readFile(`/proc/${owner?.process?.pid}/environ`, 'utf8').catch(() => null);
  if (spec === null || text === null) throw notRunning(ref, null);
  const inherited = text.split('\0').filter((entry) => entry.includes('='));
  const entries = inherited.map((entry) => {
    const at = entry.indexOf('=');
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
  return { ...Object.fromEntries(entries), ...spec.envs };
}

type End = { readonly code: number; readonly error?: NodeJS.ErrnoException };

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ code: error.code === 'ENOENT' ? NOT_FOUND : CANNOT_EXECUTE, error });
    });
    child.once('exit', (code, by) => {
      resolve({ code: code ?? SIGNAL_BASE + (by === null ? 0 : constants.signals[by]) });
    });
  });
}

function wordsOf(program: string, { code, message }: NodeJS.ErrnoException): Uint8Array {
  const why = code === 'ENOENT' ? 'command not found' : (code ?? message);
  return new TextEncoder().encode(`kedge: ${program}: ${why}\n`);
}

/** Both streams in the order in which they come, no faster than they are taken. */
async function* outputOf(
  child: ChildProcess,
  { ended, clock }: { readonly ended: Promise<End>; readonly clock: Clock },
): AsyncGenerator<ExecPart> {
  const parts = new PassThrough({ objectMode: true, highWaterMark: 16 });
  const pass = async (stream: 'stdout' | 'stderr', source: Readable): Promise<void> => {
    for await (const bytes of source) {
      if (!parts.write({ stream, bytes })) await once(parts, 'drain');
    }
  };
  const passed = Promise.allSettled([pass('stdout', child.stdout!), pass('stderr', child.stderr!)]);
  const lingered = ended.then(() => clock.sleep(LINGER_MS));
  void Promise.race([passed, lingered]).then(() => parts.end());
  for await (const part of parts) yield part as ExecPart;
}

/** Ends a command that nobody waits for any more, or whose node is asked to end. */
function endsWith(
  child: ChildProcess,
  { node, request }: { readonly node: NodeDirectory; readonly request: ExecRequest },
): { readonly stop: () => void } {
  const end = (): void => endGroup(child);
  const look = setInterval(() => {
    if (existsSync(node.stopFile) || existsSync(node.exitFile)) end();
  }, LOOK_MS);
  request.signal.addEventListener('abort', end, { once: true });
  if (request.signal.aborted) end();
  return {
    stop: () => {
      clearInterval(look);
      request.signal.removeEventListener('abort', end);
    },
  };
}

/** Its group, too: what a shell has started would go on without it. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  signal(-pid, 'SIGTERM');
  setTimeout(() => signal(-pid, 'SIGKILL'), GRACE_MS).unref();
}
