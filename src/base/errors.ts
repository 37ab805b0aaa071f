import { assert } from './assert.ts';

/** When trying again can help: not at all, here after a while, or at another place. */
export type Retry = 'never' | 'later' | 'elsewhere';

/** What one error code means to the three who read it: HTTP, the shell, the engine. */
export type ErrorKind = {
  readonly http: number;
  readonly exit: number;
  readonly retry: Retry;
};

const usage: ErrorKind = { http: 400, exit: 2, retry: 'never' };
const failed: ErrorKind = { http: 500, exit: 1, retry: 'never' };
const infeasible: ErrorKind = { http: 422, exit: 1, retry: 'never' };
const missing: ErrorKind = { http: 404, exit: 1, retry: 'never' };
const conflict: ErrorKind = { http: 409, exit: 1, retry: 'never' };
const later: ErrorKind = { http: 503, exit: 1, retry: 'later' };
const elsewhere: ErrorKind = { http: 503, exit: 1, retry: 'elsewhere' };
const denied: ErrorKind = { http: 401, exit: 4, retry: 'never' };
/** Another party turns us away: to our own clients that is no 401. */
const deniedThere: ErrorKind = { http: 422, exit: 4, retry: 'never' };

/**
 * Every code that Kedge can answer with, one line each. docs/errors.md has an entry for each,
 * which a test demands.
 */
export const ERROR_KINDS = {
  'auth.denied': denied,
  'catalog.corrupt': failed,
  'cli.usage': usage,
  'driver.no-reply': later,
  'driver.no-such-command': failed,
  'driver.no-such-place': usage,
  'driver.unsupported': usage,
  'driver.workdir-unreadable': failed,
  'files.not-found': missing,
  'files.unreadable': failed,
  'input.not-found': usage,
  'input.too-large': usage,
  'input.unreadable': usage,
  'launch.no-capacity': elsewhere,
  'launch.nothing-launchable': infeasible,
  'model.denied': deniedThere,
  'model.not-found': usage,
  'model.unreachable': later,
  'model.unreadable': usage,
  'move.not-open': conflict,
  'move.source-changed': conflict,
  'move.wrong-bytes': later,
  'move.refused': conflict,
  'plan.infeasible': infeasible,
  'plan.needs-hours': infeasible,
  'plan.needs-prompt': usage,
  'pool.failed': failed,
  'route.infeasible': infeasible,
  'run.ambiguous': conflict,
  'run.not-found': missing,
  'run.not-running': conflict,
  'server.already-running': conflict,
  'server.failed': failed,
  'server.not-running': later,
  'server.port-in-use': failed,
  'server.start-failed': failed,
  'server.version-mismatch': conflict,
  'solver.failed': failed,
  'solver.timeout': later,
  'spec.bad-value': usage,
  'spec.duplicate-key': usage,
  'spec.invalid': usage,
  'spec.key-not-honored': usage,
  'spec.syntax': usage,
  'spec.too-complex': usage,
  'spec.unknown-key': usage,
  'spec.unsupported-kind': usage,
  'state.corrupt': failed,
  'state.database-refused': failed,
  'state.disk-error': failed,
  'state.disk-full': later,
  'state.illegal-transition': conflict,
  'state.newer': failed,
  'state.read-only': failed,
  'state.stale-lease': conflict,
  'state.unavailable': later,
  'trace.invalid': usage,
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

/** Facts about one error that programs read; JSON values only. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export type ErrorParts = {
  /** What to do about it, one imperative sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
};

/**
 * The one class of operational errors: bad input, a full disk, a place out of reach. The message
 * says what happened, where and why; the hint says what helps.
 */
export class KedgeError extends Error {
  override readonly name = 'KedgeError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, parts: ErrorParts = {}) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause });
    assert(code in ERROR_KINDS, `unknown error code ${code}`);
    this.code = code;
    this.hint = parts.hint;
    this.details = parts.details ?? {};
  }

  get kind(): ErrorKind {
    return ERROR_KINDS[this.code];
  }

  get retry(): Retry {
    return this.kind.retry;
  }
}

/** True for a code that this version knows, as when an error comes over the wire. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_KINDS, code);
}
