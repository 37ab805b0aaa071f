import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KedgeError } from '../base/errors.ts';
import type { Client } from '../sdk/client.ts';
import type { PulledFile } from '../spec/artifact.ts';

const READ_BYTES = 1024 * 1024;
/** A file that changes at the server while it is pulled is begun anew so many times. */
const TRIES_MAX = 3;

export type PullTarget = {
  readonly client: Client;
  readonly runId: string;
  /** Real path of the folder that nothing is written outside of. */
  readonly root: string;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
};

/**
 * Brings one file to a path in the folder; true when it was not there already. What an earlier
 * pull has begun (`.NAME.kedge-part`) is gone on with, and the file gets its name only when its
 * SHA-256 is that of the server. Errors: `move.wrong-bytes`, `state.read-only`, `state.disk-full`.
 */
export async function pullFile(
  target: PullTarget,
  file: PulledFile,
  path: string,
): Promise<boolean> {
  const folder = await folderFor(target, path);
  const whole = join(folder, basename(path));
  const part = join(folder, `.${basename(path)}.kedge-part`);
  for (let attempt = 1; ; attempt++) {
    const wanted =
      file.sha256 !== null && attempt === 1
        ? { size: file.size, sha256: file.sha256 }
        : await target.client.fileHash(target.runId, file);
    if ((await hashOfFile(whole, wanted.size)) === wanted.sha256) return false;
    const hash = await download(target, file, { part, size: wanted.size });
    if (hash === wanted.sha256) {
      await rename(part, whole).catch((error) => refuse(error, whole));
      return true;
    }
    await rm(part, { force: true });
    if (attempt >= TRIES_MAX) throw changing(file);
  }
}

/** Makes the folders above a path; none of them may be a link, which could lead anywhere. */
async function folderFor({ root }: PullTarget, path: string): Promise<string> {
  const folder = dirname(join(root, path));
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    return refuse(error, folder);
  }
  if ((await realpath(folder)) === folder) return folder;
  throw new KedgeError('state.read-only', `${folder} is reached through a link`, {
    hint: 'remove the link, or pull to another folder with --to',
  });
}

/** Gives the SHA-256 of all that is in the part by the end. */
async function download(
  target: PullTarget,
  file: PulledFile,
  { part, size }: { readonly part: string; readonly size: number },
): Promise<string> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
  const handle = await open(part, O_RDWR | O_CREAT | O_NOFOLLOW, 0o666).catch((error) =>
    refuse(error, part),
  );
  try {
    const hash = createHash('sha256');
    let offset = await hashAll(handle, hash);
    target.onBytes(Math.min(offset, size));
    while (offset < size) {
      target.signal.throwIfAborted();
      const bytes = await target.client.fileBytes(target.runId, file, offset);
      if (bytes.length === 0) break;
      hash.update(bytes);
      await handle.write(bytes, 0, bytes.length, offset).catch((error) => refuse(error, part));
      offset += bytes.length;
      target.onBytes(bytes.length);
    }
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

/** Null for what is no file, or has another size. */
async function hashOfFile(path: string, size: number): Promise<string | null> {
  const found = await lstat(path).catch(() => null);
  if (found === null || !found.isFile() || found.size !== size) return null;
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const hash = createHash('sha256');
    await hashAll(handle, hash);
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

async function hashAll(handle: FileHandle, hash: Hash): Promise<number> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let position = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return position;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

function refuse(error: unknown, path: string): never {
  const { code } = error as NodeJS.ErrnoException;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const what = isFull ? 'state.disk-full' : 'state.read-only';
  throw new KedgeError(what, `cannot write ${path}: ${code}`, {
    cause: error,
    hint: isFull ? 'free some space; the pull goes on where it was' : 'pull elsewhere with --to',
  });
}

function changing({ path }: PulledFile): KedgeError {
  return new KedgeError('move.wrong-bytes', `${path} changes while it is pulled`, {
    hint: 'pull it again when the task writes to it no longer',
  });
}
