import { constants } from 'node:fs';
import { KedgeError } from '../../base/errors.ts';
import { openBelow, readError } from './open-below.ts';

/**
 * Bytes of a file below a folder, from an offset on, fewer only at its end; no link is followed.
 * Errors: `files.not-found`, `files.unreadable`.
 */
export async function readSlice(
  root: string,
  path: string,
  { offset, maxBytes }: { readonly offset: number; readonly maxBytes: number },
): Promise<Uint8Array> {
  try {
    const file = await openBelow(root, path, constants.O_RDONLY);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw notFound(path);
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(maxBytes, found.size - offset)));
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw readError(error, path);
  }
}

function notFound(path: string): KedgeError {
  return new KedgeError('files.not-found', `there is no file ${JSON.stringify(path)}`);
}
