import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { KedgeError } from '../../../base/errors.ts';
import { asEpochMs, type EpochMs } from '../../../base/time.ts';
import { codeOf } from '../local/durable-file.ts';
import type { SharedFolder } from './node-folder.ts';

/** What the first process of a container has told. */
export type Marks = {
  readonly startedAt: EpochMs | null;
  /** The command that ended last, and its code. */
  readonly exit: ExitMark | null;
};

export type ExitMark = {
  readonly step: string;
  readonly code: number;
  readonly at: EpochMs;
  /** Something in the container was killed because it had passed its memory limit. */
  readonly memory: boolean;
  /** The container was asked to end, by us or by somebody else. */
  readonly asked: boolean;
};

/** `setup 6`, `run 0`, `run 137 oom`, `run 143 asked`. */
const EXIT = /^(setup|run) (\d{1,3})( oom)?( asked)?\n$/;
const EXIT_BYTES_MAX = 32;

/** Errors: `state.corrupt`. */
export async function readMarks(shared: SharedFolder): Promise<Marks> {
  const startedAt = await timeOf(shared.startedMark);
  return { startedAt, exit: startedAt === null ? null : await readExit(shared.exitFile) };
}

async function timeOf(path: string): Promise<EpochMs | null> {
  try {
    return asEpochMs(Math.floor((await lstat(path)).mtimeMs));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw new KedgeError('state.corrupt', `cannot look at ${path}: ${codeOf(error)}`);
  }
}

/** A task may write into the folder too: what is not our words, a link or a pipe tells nothing. */
async function readExit(path: string): Promise<Marks['exit']> {
  const file = await openShared(path);
  if (file === null) return null;
  try {
    const bytes = Buffer.alloc(EXIT_BYTES_MAX);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const words = EXIT.exec(bytes.toString('latin1', 0, bytesRead));
    if (words === null) return null;
    const at = asEpochMs(Math.floor((await file.stat()).mtimeMs));
    const [memory, asked] = [words[3] !== undefined, words[4] !== undefined];
    return { step: words[1]!, code: Number(words[2]), at, memory, asked };
  } finally {
    await file.close();
  }
}

/**
 * Opens a file that a container may have put there: a link could lead to any file of this
 * machine, and a pipe would hold us up. Null for those, and when there is none.
 */
export async function openShared(path: string) {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    return null;
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes(codeOf(error))) return null;
    throw new KedgeError('state.corrupt', `cannot read ${path}: ${codeOf(error)}`);
  }
}
