import { type ErrorCode, KedgeError } from '../../base/errors.ts';

/** What the system's refusal to write means to the user, and what helps. */
const MEANINGS: Readonly<Record<string, readonly [ErrorCode, string, string]>> = {
  ENOSPC: ['state.disk-full', 'the disk is full', 'free some space and try again'],
  EDQUOT: ['state.disk-full', 'the disk quota is used up', 'free some space and try again'],
  EACCES: ['state.read-only', 'permission denied', 'give yourself the right to write there'],
  EPERM: ['state.read-only', 'not permitted', 'give yourself the right to write there'],
  EROFS: ['state.read-only', 'it is mounted read-only', 'set KEDGE_HOME to a writable folder'],
  ENOTDIR: ['state.read-only', 'a part of it is no folder', 'set KEDGE_HOME to a writable folder'],
  EEXIST: ['state.read-only', 'a file is in its way', 'set KEDGE_HOME to a writable folder'],
  EISDIR: ['state.read-only', 'a folder is in its way', 'set KEDGE_HOME to a writable folder'],
};

/** The operational error behind a failed write of Kedge's own state; any other error as it is. */
export function fileError(cause: unknown, path: string): unknown {
  const meaning = MEANINGS[(cause as { code?: string }).code ?? ''];
  if (meaning === undefined) return cause;
  const [code, why, hint] = meaning;
  return new KedgeError(code, `cannot write ${path}: ${why}`, { cause, hint, details: { path } });
}

/** Does what writes to a path of Kedge's own state, and tells what keeps it from that. */
export async function writing<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, path);
  }
}
