import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';

/**
 * Creates a record that nobody can create a second time; false when it exists. It is whole and on
 * the disk before its name appears, so no crash leaves half of one.
 */
export async function claimRecord(path: string, record: unknown): Promise<boolean> {
  const draft = await writeDraft(path, record);
  try {
    // Unlike rename, link refuses a name that is taken.
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

/** Writes a record in place of the old one; a crash leaves either, whole. */
export async function replaceRecord(path: string, record: unknown): Promise<void> {
  const draft = await writeDraft(path, record);
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** Reads a record of ours; null when there is none. Errors: `state.corrupt`. */
export async function readRecord<Record>(path: string): Promise<Record | null> {
  let text: string;
  try {
    // O_NONBLOCK: a task may have put a pipe in its place, which would keep us waiting.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    text = await file.readFile('utf8').finally(() => file.close());
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new KedgeError('state.corrupt', `cannot read ${path}: ${code}`, { cause: error });
  }
  try {
    return JSON.parse(text) as Record;
  } catch (cause) {
    throw new KedgeError('state.corrupt', `${path} is no JSON`, { cause });
  }
}

/** Puts a folder's names on the disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  await folder.sync().finally(() => folder.close());
}

/** The system's name for what went wrong, as `ENOSPC`; empty for other errors. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** No space, or none left of the user's quota: it may come back. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(codeOf(error));
}

async function writeDraft(path: string, record: unknown): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(`${JSON.stringify(record)}\n`);
    await file.sync();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return draft;
}
