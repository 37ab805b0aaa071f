import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { findProgram } from '../shared/find-program.ts';
import { readRecord } from './durable-file.ts';
import { signal } from './end-processes.ts';
import { listSegments } from './log-segments.ts';
import { LogWriter } from './log-writer.ts';
import type { NodeDirectory } from './node-directory.ts';
import { outputMask } from './output-mask.ts';
import { takeAll } from './output-pipe.ts';
import { allPids, carries, NODE_MARK } from './process-table.ts';
import type { SpecRecord } from './records.ts';

/** What a keeper of a node's output carries, with the node's directory as its value. */
export const KEEPER_MARK = 'KEDGE_OUTPUT_OF';
const PIPE_FD = 3;

/**
 * Starts a process that only holds the reading end of a node's output: a system drops what is in a
 * pipe with the last who could read it, and a supervisor may be killed before it has.
 */
export function startKeeper(node: NodeDirectory, reader: number): { readonly end: () => void } {
  // Of the installation, but no part of the task.
  const { [NODE_MARK]: _, ...env } = process.env;
  const sleep = findProgram('sleep', process.env['PATH']) ?? 'sleep';
  const keeper = spawn(sleep, ['infinity'], {
    cwd: '/',
    env: { ...env, [KEEPER_MARK]: node.dir },
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', reader],
  });
  // Without one, as where there can be no more processes, the output is as safe as its supervisor.
  keeper.once('error', () => {});
  keeper.unref();
  return { end: () => void keeper.kill('SIGKILL') };
}

/**
 * Puts what a killed supervisor has not read into the log of its node, once nothing writes any
 * more, and ends the keeper. A disk that is full drops it.
 */
export async function rescueOutput(node: NodeDirectory): Promise<void> {
  for (const keeper of keepersOf(node.dir)) {
    // With it goes what would tell secrets from other words.
    const spec = await readRecord<SpecRecord>(node.specFile);
    if (spec !== null) await drain(keeper, { node, spec });
    signal(keeper, 'SIGKILL');
  }
}

async function drain(
  keeper: number,
  { node, spec }: { readonly node: NodeDirectory; readonly spec: SpecRecord },
): Promise<void> {
  const reader = openPipe(keeper);
  if (reader === null) return;
  try {
    const log = new LogWriter(node.logFile, { segments: await listSegments(node.logFile) });
    const mask = outputMask(spec).bytes;
    mask.resume();
    takeAll(reader, (bytes) => log.write(mask.take(bytes)));
    log.write(mask.end());
    log.end();
  } finally {
    closeSync(reader);
  }
}

/** Null when the keeper has just ended. Source: proc_pid_fd(5). */
function openPipe(keeper: number): number | null {
  try {
    const { O_RDONLY, O_NONBLOCK } = constants;
    return openSync(`/proc/${keeper}/fd/${PIPE_FD}`, O_RDONLY | O_NONBLOCK);
  } catch {
    return null;
  }
}

export function keepersOf(nodeDir: string): readonly number[] {
  return allPids().filter((pid) => carries(pid, `${KEEPER_MARK}=${nodeDir}`));
}
