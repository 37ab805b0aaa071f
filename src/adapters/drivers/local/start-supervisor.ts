import { spawn } from 'node:child_process';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { KedgeError } from '../../../base/errors.ts';
import { fileError } from '../../files/file-error.ts';
import { readRecord } from './durable-file.ts';
import type { NodeDirectory } from './node-directory.ts';
import { NODE_MARK } from './process-table.ts';

/** Beside this file, in the sources and in the build. */
const SUPERVISOR = fileURLToPath(
  new URL(`./supervisor${extname(import.meta.url)}`, import.meta.url),
);

/**
 * Starts a supervisor in a session of its own, and waits until the node is claimed, by it or by
 * one that was faster. It needs nothing of us after that.
 * Errors: `state.disk-full`, `state.read-only`, `launch.no-capacity`.
 */
export async function startSupervisor(
  node: NodeDirectory,
  options: {
    readonly nodeBin: string;
    /** Of the supervisor, and of its task before the task's own variables. */
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const child = spawn(options.nodeBin, [SUPERVISOR, node.dir], {
    cwd: node.dir,
    env: { ...options.env, [NODE_MARK]: node.dir },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  try {
    const told = await Promise.race([textOf(child.stdio[3] as Readable), failed]);
    child.unref();
    if (told !== '') return taken(node, (JSON.parse(told) as { code?: string }).code);
  } catch (cause) {
    throw noSupervisor(node, cause);
  }
  // It died without a word. Another may have claimed the node and have ended it already.
  if ((await readRecord(node.supervisorFile)) === null) throw noSupervisor(node, undefined);
}

function taken(node: NodeDirectory, code: string | undefined): void {
  if (code === undefined) return;
  const error = fileError({ code }, node.supervisorFile);
  throw error instanceof KedgeError ? error : noSupervisor(node, code);
}

function noSupervisor(node: NodeDirectory, cause: unknown): KedgeError {
  if (cause instanceof KedgeError) return cause;
  const why = cause === undefined ? 'it ended at once' : String(cause);
  return new KedgeError('launch.no-capacity', `no supervisor can start for ${node.dir}: ${why}`, {
    cause,
    hint: 'this machine may be out of memory or of processes',
  });
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
