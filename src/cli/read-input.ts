import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { KedgeError } from '../base/errors.ts';
import type { Context } from './context.ts';

/** What an input file is to its reader. */
export type InputKind = {
  /** As `a task file`. */
  readonly what: string;
  readonly bytesMax: number;
  /** What helps where the file is too large, and where it is not there. */
  readonly tooLargeHint?: string;
  readonly notFoundHint: string;
};

/**
 * The text of a file that the user names, as `file` on the command line. Errors:
 * `input.not-found`, `input.unreadable`, `input.too-large`.
 */
export async function readInput({ cwd }: Context, file: string, kind: InputKind): Promise<string> {
  const path = resolve(cwd, file);
  try {
    const { size } = await stat(path);
    if (size > kind.bytesMax) throw tooLarge(file, size, kind);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof KedgeError) throw error;
    throw unreadable(file, error as NodeJS.ErrnoException, kind);
  }
}

function tooLarge(file: string, size: number, { what, bytesMax, tooLargeHint }: InputKind) {
  const message = `${file} has ${size} bytes; ${what} has at most ${bytesMax}`;
  return new KedgeError(
    'input.too-large',
    message,
    tooLargeHint === undefined ? {} : { hint: tooLargeHint },
  );
}

function unreadable(file: string, cause: NodeJS.ErrnoException, { notFoundHint }: InputKind) {
  if (cause.code === 'ENOENT') {
    return new KedgeError('input.not-found', `there is no file ${file}`, {
      cause,
      hint: notFoundHint,
    });
  }
  const why = cause.code === 'EISDIR' ? 'it is a folder' : (cause.code ?? cause.message);
  return new KedgeError('input.unreadable', `cannot read ${file}: ${why}`, { cause });
}
