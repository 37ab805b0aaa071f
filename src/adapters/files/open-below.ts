import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { KedgeError } from '../../base/errors.ts';
import { codeOf } from '../drivers/local/durable-file.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
const FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

/** The names on a path within a root. Errors: `files.not-found` for one that leads out of it. */
export function namesOf(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (!path.startsWith('/') && !names.includes('..') && !path.includes('\0')) return names;
  throw new KedgeError('files.not-found', `${JSON.stringify(path)} is no path within a folder`);
}

/**
 * Opens a folder below a root name by name, each in the one that is open already, so that nobody
 * can put a link in the way meanwhile. Source: proc_pid_fd(5), which makes `openat` of it.
 */
export async function openFolder(root: string, names: readonly string[]): Promise<FileHandle> {
  let folder = await open(root, FOLDER);
  for (const name of names) {
    const inner = open(nameIn(folder, name), FOLDER);
    folder = await inner.finally(() => folder.close());
  }
  return folder;
}

/** Opens a file below a root, behind no link; a pipe in its place holds nobody up. */
export async function openBelow(root: string, path: string, flags: number): Promise<FileHandle> {
  const names = namesOf(path);
  const folder = await openFolder(root, names.slice(0, -1));
  try {
    return await open(nameIn(folder, names.at(-1) ?? '.'), flags | O_NOFOLLOW | O_NONBLOCK);
  } finally {
    await folder.close();
  }
}

/** A path to what lies in an open folder, wherever that folder may be by now. */
export function nameIn(folder: FileHandle, name: string): string {
  return `/proc/self/fd/${folder.fd}/${name}`;
}

/** True where there is nothing, or no folder or file that may be opened: a link, a socket. */
export function isNothing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(codeOf(error));
}

/** What keeps a file of a task from being read; any other error as it is. */
export function readError(error: unknown, path: string): unknown {
  if (error instanceof KedgeError) return error;
  if (isNothing(error)) {
    return new KedgeError('files.not-found', `there is no file ${JSON.stringify(path)}`, {
      hint: 'list what there is with `kedge pull RUN --list`',
    });
  }
  if (codeOf(error) === '') return error;
  return new KedgeError('files.unreadable', `cannot read ${path}: ${codeOf(error)}`, {
    cause: error,
    hint: 'let the task make it readable for others: chmod a+r',
  });
}
