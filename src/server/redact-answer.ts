import type { Context } from 'hono';
import { secretForms } from '../base/redaction/secret-forms.ts';
import type { Secrets } from '../ports/secrets.ts';
import { redactError } from './redact-error.ts';

/** Everything about one run lies below its path. */
const RUN_PATH = /^\/v1\/tenants\/([a-z0-9_-]+)\/runs\/([a-z0-9_-]+)(?:\/|$)/;

/**
 * What went wrong with a request about a run, without that run's secrets: neither those that are
 * kept nor those that were on their way.
 */
export async function redactAnswer(
  failure: unknown,
  { context, secrets }: { readonly context: Context; readonly secrets: Secrets },
): Promise<unknown> {
  const [, tenantId, runId] = RUN_PATH.exec(context.req.path) ?? [];
  if (tenantId === undefined || runId === undefined) return failure;
  const kept = await secrets.get({ tenantId, runId }).catch(() => ({}));
  const values = [...Object.values(kept), ...(await sentValues(context))];
  return redactError(failure, secretForms(values));
}

/** Of the body of a launch, which has been read by then. */
async function sentValues({ req }: Context): Promise<readonly string[]> {
  if (req.method !== 'PUT') return [];
  const body: unknown = await req.json().catch(() => null);
  const sent = (body as { secrets?: unknown } | null)?.secrets;
  return Object.values(sent ?? {}).filter((value) => typeof value === 'string');
}
