import { KedgeError } from '../../../base/errors.ts';

/** What dockerode throws: an HTTP status with the engine's message, or a socket's error. */
type EngineFailure = {
  readonly statusCode?: number;
  readonly code?: string;
  readonly json?: { readonly message?: string; readonly cause?: string } | null;
  readonly message?: string;
};

export function statusOf(error: unknown): number | null {
  return (error as EngineFailure).statusCode ?? null;
}

export function noReply(socket: string, cause: unknown): KedgeError {
  const { code, message } = cause as EngineFailure;
  const why = typeof cause === 'string' ? cause : (code ?? message ?? String(cause));
  const hint =
    code === 'EACCES'
      ? 'get the right to use it, as by the group `docker`'
      : 'start the engine: Kedge asks again';
  const text = `the container engine at ${socket} does not answer: ${why}`;
  return new KedgeError('driver.no-reply', text, { cause, hint });
}

export function hanging(socket: string): KedgeError {
  const text = `the container engine at ${socket} does not answer: it takes connections and hangs`;
  const hint = 'restart it if it stays so: Kedge asks again';
  return new KedgeError('driver.no-reply', text, { hint });
}

/** The operational error behind a request that failed; `what` says what was asked. */
export function engineError(
  error: unknown,
  { what, socket }: { readonly what: string; readonly socket: string },
): unknown {
  if (error instanceof KedgeError) return error;
  const status = statusOf(error);
  if (status === null) return isOfSocket(error) ? noReply(socket, error) : error;
  const why = wordsOf(error);
  const message = `the container engine refused to ${what}: ${why}`;
  const parts = { cause: error, details: { status } };
  if (/no space left|disk quota/i.test(why)) {
    return new KedgeError('state.disk-full', message, { ...parts, hint: 'free some space' });
  }
  if (/executable file|exec format|no such file or directory/i.test(why)) {
    const hint = 'take an image for this machine that has /bin/sh';
    return new KedgeError('driver.no-such-command', message, { ...parts, hint });
  }
  if (status < 500) return new KedgeError('driver.unsupported', message, parts);
  return new KedgeError('launch.no-capacity', message, parts);
}

export function wordsOf(error: unknown): string {
  const { json, message } = error as EngineFailure;
  return json?.message ?? json?.cause ?? message ?? String(error);
}

/** Anything but a bug of ours: those have no system's code. */
function isOfSocket(error: unknown): boolean {
  const { code, message } = error as EngineFailure;
  return typeof code === 'string' || /socket|timed? ?out|aborted/i.test(message ?? '');
}
