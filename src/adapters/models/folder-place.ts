import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Interrupt } from '../../ports/model-source.ts';
import { DENOISER_FOLDERS } from './choose-files.ts';
import { type ModelPlace, type Slice, unreadable } from './model-place.ts';
import { throwIfAborted } from './throw-if-aborted.ts';

/** A pipe in a file's place holds nobody up. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

type Options = {
  /** Further folders in it whose files count. */
  readonly inner?: readonly string[];
  readonly signal: Interrupt | undefined;
};

/**
 * The files of a folder, and of those in it that a diffusers pipeline has. Links are followed: those
 * of a cache lead to its blobs.
 * Errors: `model.unreadable` for one that may not be read.
 */
export async function folderPlace(
  folder: string,
  { inner = [], signal }: Options,
): Promise<ModelPlace> {
  const folders = new Set(['.', ...DENOISER_FOLDERS, ...inner]);
  const names = [...folders].map(async (name) =>
    (await namesIn(join(folder, name))).map((one) => posix.join(name, one)),
  );
  return {
    names: (await Promise.all(names)).flat().toSorted(),
    shown: (name) => join(folder, name),
    readSlice: (name, slice) => readSlice(join(folder, name), slice, signal),
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (NOWHERE.has(codeOf(error))) return [];
    throw cannotRead(folder, error);
  }
}

async function readSlice(
  path: string,
  slice: Slice,
  signal: Interrupt | undefined,
): Promise<Uint8Array> {
  throwIfAborted(signal);
  let file: FileHandle | undefined;
  try {
    file = await open(path, FLAGS);
    const found = await file.stat();
    if (!found.isFile()) throw unreadable(path, 'it is no file');
    return await bytesOf(file, { ...slice, size: found.size });
  } catch (error) {
    throw cannotRead(path, error);
  } finally {
    await file?.close();
  }
}

async function bytesOf(
  file: FileHandle,
  { offset, length, size }: Slice & { readonly size: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

/** Answers of the system that say that there is no such path. */
export const NOWHERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ELOOP: 'its links lead in a circle',
  ENOENT: 'it is not there',
};

/** Error `model.unreadable` for what the system does not let us read; any other error as it is. */
export function cannotRead(path: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (code === '') return cause;
  return unreadable(path, WHY[code] ?? code, { cause, hint: 'make it readable for yourself' });
}

/** The system's word for what went wrong; empty for what is no error of the system. */
export function codeOf(error: unknown): string {
  const { code, errno } = error as NodeJS.ErrnoException;
  return errno === undefined ? '' : (code ?? '');
}
