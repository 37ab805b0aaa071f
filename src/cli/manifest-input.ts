import { randomUUID } from 'node:crypto';
import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { KedgeError } from '../base/errors.ts';
import { LIMITS } from '../spec/reading/limits.ts';
import type { Context } from './context.ts';
import { readInput } from './read-input.ts';

const MANIFEST = {
  what: 'a manifest',
  bytesMax: LIMITS.bytes,
  tooLargeHint: 'put its objects into several files',
  notFoundHint: 'name a file of Kubernetes manifests; examples/broken-manifests has some',
};

/** Reads a file of manifests. Errors: `input.not-found`, `input.unreadable`, `input.too-large`. */
export async function readManifestInput(
  context: Context,
  file: string,
): Promise<{ readonly file: string; readonly text: string }> {
  return { file, text: await readInput(context, file, MANIFEST) };
}

/**
 * Puts a text in the place of a file, whole or not at all; a link to it stays one, and so do its
 * permissions. Errors: `state.read-only`, `state.disk-full`.
 */
export async function replaceFile({ cwd }: Context, file: string, text: string): Promise<void> {
  const path = await realpath(resolve(cwd, file));
  const made = `${path}.${randomUUID()}.tmp`;
  try {
    const { mode } = await stat(path);
    await writeFile(made, text, { flag: 'wx' });
    await chmod(made, mode);
    await rename(made, path);
  } catch (cause) {
    await rm(made, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new KedgeError(
      isFull ? 'state.disk-full' : 'state.read-only',
      `cannot write ${file}: ${code}`,
      { cause, hint: isFull ? 'free some space' : 'give yourself the right to write there' },
    );
  }
}
