import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { KedgeError } from '../base/errors.ts';

/** Names under which a browser of this machine may reach a loopback server; no others. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/**
 * Lets through who knows the token. The Host check keeps a web page that has its own name
 * resolved to loopback (DNS rebinding) from ever speaking to the server.
 */
export function requireToken(token: string): MiddlewareHandler {
  const expected = digest(token);
  return async (context, next) => {
    if (!LOOPBACK_HOST.test(context.req.header('host') ?? '')) throw denied('an unknown host name');
    const given = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
    if (!timingSafeEqual(digest(given), expected)) throw denied('a wrong or missing token');
    return next();
  };
}

function denied(what: string): KedgeError {
  return new KedgeError('auth.denied', `the server refused ${what}`, {
    hint: 'the token lies in the file `token` of the state folder; `kedge server status` names it',
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
