import { KedgeError } from '../base/errors.ts';
import type { Problem } from '../spec/api.ts';

/** An operational error as RFC 9457 problem details; a bug tells nothing of its inside. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof KedgeError)) {
    const detail = 'an error of Kedge itself; the server log has more';
    return { type: 'about:blank', title: 'bug', status: 500, detail, code: 'bug' };
  }
  const { code, message, hint, details, kind } = error;
  return {
    type: `urn:kedge:error:${code}`,
    title: code,
    status: kind.http,
    detail: message,
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(Object.keys(details).length === 0 ? {} : { details: { ...details } }),
  };
}
