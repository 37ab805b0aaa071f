import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Hono } from 'hono';
import type { Secrets } from '../ports/secrets.ts';
import { redactAnswer } from './redact-answer.ts';

const [KEPT, SENT] = ['canary-kept', 'canary-sent'];

/** Fails by a bug that tells what it has seen; gives what is told of that. */
async function told(path: string, init: RequestInit = {}): Promise<string> {
  const get = async ({ runId }: { runId: string }): Promise<Record<string, string>> =>
    runId === 'run_1' ? { A: KEPT } : {};
  const app = new Hono();
  app.all('*', async (context) => {
    const body = await context.req.text();
    throw new TypeError(`cannot read ${KEPT} of ${body}`);
  });
  app.onError(async (error, context) => {
    const seen = await redactAnswer(error, { context, secrets: { get } as unknown as Secrets });
    assert.equal(seen, error);
    return context.text(`${error.message}\n${error.stack}`);
  });
  return (await app.request(path, init)).text();
}

describe('a bug while a request is answered (fault 34)', () => {
  it('is logged without the secrets of the run, kept or on their way', async () => {
    const body = JSON.stringify({ secrets: { B: SENT }, name: 'x' });
    const put = await told('/v1/tenants/default/runs/run_1', { method: 'PUT', body });
    assert.match(put, /^cannot read \*\*\* of \{"secrets":\{"B":"\*\*\*"\},"name":"x"\}\n/);
    assert.ok(!put.includes('canary'));
    assert.ok(!(await told('/v1/tenants/default/runs/run_1/logs?x=1')).includes('canary'));
  });

  it('is logged as it is where it is about no run', async () => {
    const put = await told('/v1/tenants/default/bundles/blobs/x', { method: 'PUT', body: '{' });
    assert.match(put, /^cannot read canary-kept of \{\n/);
  });

  it('is logged also where the body of a launch is no JSON', async () => {
    const put = await told('/v1/tenants/default/runs/run_1', { method: 'PUT', body: '{' });
    assert.match(put, /^cannot read \*\*\* of \{\n/);
  });
});
