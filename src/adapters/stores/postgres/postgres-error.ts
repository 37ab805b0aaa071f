import { KedgeError } from '../../../base/errors.ts';
import type { StateErrors } from '../sql/sql-dialect.ts';

/** Errors about the database of that name, which has no password in it. */
export function postgresErrors(name: string): StateErrors {
  return {
    operational: (cause) => operational(cause, name),
    corrupt: ({ what, cause }) => corrupt(name, { what, cause }),
    newer: (what) =>
      new KedgeError('state.newer', `${name} was written by a newer Kedge: ${what}`, {
        hint: 'install the newer Kedge again, or set DATABASE_URL to another database',
        details: { database: name },
      }),
  };
}

/** The database does not answer now, and may later; what was asked may have been done or not. */
export function unavailable(name: string, why: string, cause?: unknown): KedgeError {
  return new KedgeError('state.unavailable', `the database ${name} does not answer: ${why}`, {
    cause,
    details: { database: name },
    hint: 'see that it runs; nothing that was acknowledged is lost, and a server goes on by itself',
  });
}

/** The database answers, and will not have us. */
export function refused(name: string, why: string, cause?: unknown): KedgeError {
  return new KedgeError('state.database-refused', `the database ${name} refuses us: ${why}`, {
    cause,
    details: { database: name },
    hint: 'correct DATABASE_URL, or the rights of its user (it makes and owns the schema kedge)',
  });
}

function corrupt(name: string, { what, cause }: { what: string; cause: unknown }): KedgeError {
  return new KedgeError('state.corrupt', `the database ${name} is damaged: ${what}`, {
    cause,
    details: { database: name },
    hint: 'stop every server that uses it, then restore it from a backup',
  });
}

type Failure = { readonly code?: unknown; readonly message?: string };

function operational(cause: unknown, name: string): unknown {
  if (cause instanceof KedgeError) return cause;
  const { code, message = '' } = cause as Failure;
  if (typeof code !== 'string') return withoutCode(cause, { name, message });
  if (NETWORK.has(code)) return unavailable(name, code, cause);
  if (/CERT|^ERR_(TLS|SSL)/.test(code)) return refused(name, message, cause);
  return /^[0-9A-Z]{5}$/.test(code) ? stateError(code, { name, message, cause }) : cause;
}

/** What pg and its pool say in words alone. */
function withoutCode(
  cause: unknown,
  { name, message }: { readonly name: string; readonly message: string },
): unknown {
  if (LOST.test(message)) return unavailable(name, message, cause);
  return NOT_US.test(message) ? refused(name, message, cause) : cause;
}

/** Of the network and of sockets that are files. Source: nodejs.org/api/errors.html. */
const NETWORK: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** A connection that broke, or that took too long to get. */
const LOST = /^(Connection terminated|timeout exceeded|Client (has|was)|.*discarded)/;
/** No password where one is asked for, or no encryption where one is wanted. */
const NOT_US = /^(SASL:|The server does not support SSL)/;

/** Source of the codes: postgresql.org/docs/current/errcodes-appendix.html. */
function stateError(
  code: string,
  { name, message, cause }: { name: string; message: string; cause: unknown },
): unknown {
  const details = { database: name, postgresCode: code };
  switch (code) {
    case '53100': // disk_full
      return new KedgeError('state.disk-full', `no room to write ${name}: ${message}`, {
        cause,
        details,
        hint: "free some space on the database's disk; nothing that was acknowledged is lost",
      });
    case '58030': // io_error
      return new KedgeError('state.disk-error', `the disk of ${name} failed: ${message}`, {
        cause,
        details,
        hint: "look into the database's log for errors of its disk",
      });
    case '25006': // read_only_sql_transaction
      return new KedgeError('state.read-only', `${name} takes no writes: ${message}`, {
        cause,
        details,
        hint: 'set DATABASE_URL to a primary that may be written to',
      });
    case '42501': // insufficient_privilege
    case '3D000': // invalid_catalog_name
      return refused(name, message, cause);
    default:
      return byClass(code, { name, message, cause });
  }
}

/** The first two letters of a code are its class. */
function byClass(
  code: string,
  { name, message, cause }: { name: string; message: string; cause: unknown },
): unknown {
  switch (code.slice(0, 2)) {
    case '08': // connection exception
    case '40': // transaction rollback: a deadlock, a conflict
    case '53': // insufficient resources: connections, memory
    case '55': // object not in the state that is needed: locked for too long
    case '57': // operator intervention: shut down, starting, canceled by a time limit
      return unavailable(name, message, cause);
    case '28': // invalid authorization
      return refused(name, message, cause);
    case 'XX': // internal error: data corrupted
      return code === 'XX000' ? cause : corrupt(name, { what: message, cause });
    default:
      return cause;
  }
}
