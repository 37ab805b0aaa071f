import { readFileSync } from 'node:fs';

/** One line of the audit log, as far as tests look at it. */
export type AuditEvent = {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly responseStatus?: { readonly code: number };
};

/** The requests of one user so far, in the order in which they were answered. */
export function readAudit(file: string, user: string): readonly AuditEvent[] {
  const whole = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const events = whole.map((line) => JSON.parse(line) as AuditEvent);
  return events.filter((event) => event.user.username === user);
}
