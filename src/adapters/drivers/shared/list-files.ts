import type { Stats } from 'node:fs';
import { type FileHandle, lstat, readdir, readlink } from 'node:fs/promises';
import { KedgeError } from '../../../base/errors.ts';
import { asEpochMs } from '../../../base/time.ts';
import { FILE_ENTRIES_MAX, type FileEntry } from '../../../ports/node-files.ts';
import { isNothing, nameIn, namesOf, openFolder, readError } from '../../files/open-below.ts';

/** A folder is held open for each. */
const DEPTH_MAX = 128;
/** Looked at together. */
const LOOKS_MAX = 64;
const PERMISSIONS = 0o777;

/**
 * What lies below a root, or below a path in it, in the order of the names; no link is followed.
 * What goes while it is listed is left out. Errors: `files.unreadable`, `input.too-large`.
 */
export async function listFiles(root: string, under = ''): Promise<readonly FileEntry[]> {
  const names = namesOf(under);
  const entries: FileEntry[] = [];
  let above: FileHandle;
  try {
    above = await openFolder(root, names.slice(0, -1));
  } catch (error) {
    if (isNothing(error)) return [];
    throw readError(error, under);
  }
  try {
    if (names.length === 0) await listFolder(entries, above, []);
    else await listEntry(entries, above, names);
    return entries;
  } finally {
    await above.close();
  }
}

async function listFolder(
  entries: FileEntry[],
  folder: FileHandle,
  path: readonly string[],
): Promise<void> {
  if (path.length > DEPTH_MAX) throw tooLarge(`folders are nested deeper than ${DEPTH_MAX}`);
  const names = (await reading(path, () => readdir(nameIn(folder, '')))).toSorted(byCodeUnits);
  for (let at = 0; at < names.length; at += LOOKS_MAX) {
    const some = names.slice(at, at + LOOKS_MAX);
    const found = await Promise.all(some.map((name) => look(folder, [...path, name])));
    for (const [index, name] of some.entries()) {
      await addEntry(entries, folder, { path: [...path, name], found: found[index]! });
    }
  }
}

async function listEntry(
  entries: FileEntry[],
  folder: FileHandle,
  path: readonly string[],
): Promise<void> {
  await addEntry(entries, folder, { path, found: await look(folder, path) });
}

type Found = { readonly path: readonly string[]; readonly found: Stats | null };

async function addEntry(
  entries: FileEntry[],
  folder: FileHandle,
  { path, found }: Found,
): Promise<void> {
  if (found === null) return;
  if (entries.length >= FILE_ENTRIES_MAX) {
    throw tooLarge(`there are more than ${FILE_ENTRIES_MAX} files`);
  }
  const [at, name, mode] = [path.join('/'), path.at(-1)!, found.mode & PERMISSIONS];
  if (found.isFile()) {
    const modifiedAt = asEpochMs(Math.floor(found.mtimeMs));
    entries.push({ kind: 'file', path: at, mode, size: found.size, modifiedAt });
  } else if (found.isSymbolicLink()) {
    const target = await reading(path, () => readlink(nameIn(folder, name))).catch(nothing);
    if (target !== null) entries.push({ kind: 'link', path: at, target });
  } else if (found.isDirectory()) {
    const inner = await reading(path, () => openFolder(nameIn(folder, name), [])).catch(nothing);
    if (inner === null) return;
    entries.push({ kind: 'folder', path: at, mode });
    await listFolder(entries, inner, path).finally(() => inner.close());
  }
}

/** Null for what has gone meanwhile. */
async function look(folder: FileHandle, path: readonly string[]): Promise<Stats | null> {
  const name = path.at(-1)!;
  const found = await reading(path, () => lstat(nameIn(folder, name))).catch(nothing);
  if (found !== null || !name.includes('\uFFFD')) return found;
  const shown = JSON.stringify(path.join('/'));
  throw new KedgeError('files.unreadable', `the name of the file ${shown} is not UTF-8`, {
    hint: 'give it another name in the task',
  });
}

async function reading<Result>(
  path: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw readError(error, path.join('/'));
  }
}

function nothing(error: unknown): null {
  if (error instanceof KedgeError && error.code === 'files.not-found') return null;
  throw error;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function tooLarge(what: string): KedgeError {
  return new KedgeError('input.too-large', `too much to list: ${what}`, {
    hint: 'pack it into fewer files, as a tar archive',
  });
}
