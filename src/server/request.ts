import type { Context } from 'hono';
import type { z } from 'zod';
import { KedgeError } from '../base/errors.ts';
import type { RunKey } from '../ports/store.ts';

/** Ids are made by clients: only what Kedge itself would make is let in. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export function tenantOf(context: Context): string {
  return checkedName(context.req.param('tenant') ?? '', 'tenant');
}

/** Of the run that the path names. Errors: `run.not-found`. */
export function keyOf(context: Context): RunKey {
  const runId = checkedName(context.req.param('run') ?? '', 'run');
  return { tenantId: tenantOf(context), runId };
}

/** Errors: `run.not-found`. */
export function checkedName(name: string, what: string): string {
  if (NAME.test(name)) return name;
  throw new KedgeError('run.not-found', `${JSON.stringify(name)} is no id of a ${what}`);
}

/** The body of a request. Errors: `spec.syntax`. */
export async function json(context: Context): Promise<unknown> {
  try {
    return await context.req.json();
  } catch (cause) {
    throw new KedgeError('spec.syntax', 'the body of the request is not JSON', { cause });
  }
}

/** Errors: `spec.bad-value`, naming the first field that is not as it should be. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const first = result.error.issues[0];
  const where = first?.path.map(String).join('.') ?? '';
  throw new KedgeError('spec.bad-value', `${where}: ${first?.message ?? 'not as expected'}`, {
    hint: 'the CLI and the server may be of different versions; see `kedge server status`',
  });
}
