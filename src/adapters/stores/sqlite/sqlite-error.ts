import { dirname, join } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import { fileError } from '../../files/file-error.ts';

/**
 * The operational error behind a failure of SQLite or of the file system; any other error, a
 * refusal of our own or a bug, as it is. Source of the numbers: sqlite.org/rescode.html, the
 * primary code in the low byte.
 */
export function sqliteError(cause: unknown, file: string): unknown {
  if (cause instanceof KedgeError) return cause;
  const { code, errcode } = cause as { code?: string; errcode?: number };
  if (code !== 'ERR_SQLITE_ERROR' || errcode === undefined) return fileError(cause, file);
  const details = { file, sqliteCode: errcode };
  switch (errcode & 0xff) {
    case 5: // SQLITE_BUSY
      return new KedgeError('server.already-running', `another Kedge server has ${file} open`, {
        cause,
        details,
        hint: 'see `kedge server status`',
      });
    case 3: // SQLITE_PERM
    case 8: // SQLITE_READONLY
    case 14: // SQLITE_CANTOPEN
      return new KedgeError('state.read-only', `cannot open ${file} for writing`, {
        cause,
        details,
        hint: 'give yourself the right to write there, or set KEDGE_HOME to another folder',
      });
    case 10: // SQLITE_IOERR
      return new KedgeError('state.disk-error', `the disk failed to read or write ${file}`, {
        cause,
        details,
        hint: "look into the system's log for errors of the disk, then start the server again",
      });
    case 13: // SQLITE_FULL
      return new KedgeError('state.disk-full', `no room to write ${file}: the disk is full`, {
        cause,
        details,
        hint: 'free some space; nothing that was acknowledged is lost',
      });
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
      return corrupt(file, { cause, what: (cause as Error).message });
    default:
      return cause;
  }
}

/** State that cannot be read: told with the way to go on, and never deleted by us. */
export function corrupt(
  file: string,
  { cause, what }: { readonly cause?: unknown; readonly what: string },
): KedgeError {
  // With its log, which would otherwise be replayed into a new database.
  const folder = join(dirname(file), 'damaged');
  const aside = `mkdir '${folder}' && mv '${file}'* '${folder}'`;
  return new KedgeError('state.corrupt', `${file} is damaged: ${what}`, {
    cause,
    details: { file },
    hint: `stop the server, then restore it from a backup, or set it aside to start anew: ${aside}`,
  });
}

/** The refusal to read what a later version wrote. */
export function newer(file: string, what: string): KedgeError {
  return new KedgeError('state.newer', `${file} was written by a newer Kedge: ${what}`, {
    hint: 'install the newer Kedge again, or set KEDGE_HOME to another folder',
    details: { file },
  });
}
