import { createHash } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { type FileHandle, open, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { KedgeError } from '../../base/errors.ts';

export type FilePlace = {
  /** Real path of the source. */
  readonly root: string;
  /** Relative to it. */
  readonly path: string;
};

export type FrozenFile = {
  readonly sha256: string;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
};

const CHUNK_BYTES = 1024 * 1024;
const HAS_PROC = existsSync('/proc/self/fd');

/**
 * Reads a file that lies in a source, and nothing else: where /proc tells where an open file
 * lies, one that was reached through a link that somebody has put in its way is refused. Errors:
 * `input.unreadable`, also when it changes while it is read.
 */
export async function hashInside(
  place: FilePlace,
  onBytes: (count: number) => void,
): Promise<FrozenFile> {
  const hash = createHash('sha256');
  let file: FrozenFile | undefined;
  for await (const chunk of readInside(place, (found) => (file = found))) {
    hash.update(chunk);
    onBytes(chunk.length);
  }
  return { ...file!, sha256: hash.digest('hex') };
}

/** The bytes of a file that lies in a source, as `hashInside` reads them. */
export async function* readInside(
  place: FilePlace,
  onFile: (file: Omit<FrozenFile, 'sha256'> & { readonly sha256: '' }) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const handle = await openInside(place);
  try {
    const before = await handle.stat();
    if (!before.isFile()) throw changed(place);
    onFile({ sha256: '', size: before.size, mode: before.mode & 0o777 });
    let position = 0;
    for (;;) {
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, before.size - position + 1));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      if (position > before.size) throw changed(place);
      yield buffer.subarray(0, bytesRead);
    }
    const after = await handle.stat();
    if (position !== before.size || after.mtimeMs !== before.mtimeMs) throw changed(place);
  } finally {
    await handle.close();
  }
}

async function openInside(place: FilePlace): Promise<FileHandle> {
  const whole = join(place.root, place.path);
  // O_NONBLOCK: a pipe in its place would keep us waiting for a writer.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let handle: FileHandle;
  try {
    handle = await open(whole, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') throw changed(place);
    throw new KedgeError('input.unreadable', `cannot read ${whole}: ${code}`, {
      cause,
      hint: 'give yourself the right to read it, or list it in .kedgeignore',
    });
  }
  if (!HAS_PROC || (await readlink(`/proc/self/fd/${handle.fd}`)) === whole) return handle;
  await handle.close();
  throw changed(place);
}

/** What `hasChanged` knows again. */
function changed({ root, path }: FilePlace): KedgeError {
  return new KedgeError('input.unreadable', `${join(root, path)} changed while it was read`, {
    hint: 'wait until it is written, or list it in .kedgeignore',
    details: { changed: true },
  });
}

/** True where reading again may help: something has been written meanwhile. */
export function hasChanged(error: unknown): boolean {
  return error instanceof KedgeError && error.details['changed'] === true;
}
