import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { KedgeError } from '../base/errors.ts';
import { type Health, VERSION_HEADER } from '../spec/api.ts';
import { toWire } from '../spec/wire.ts';
import { artifactRoutes } from './artifact-routes.ts';
import { requireToken } from './auth.ts';
import { bundleRoutes } from './bundle-routes.ts';
import { execRoutes } from './exec-routes.ts';
import { sampleRoutes, topRoutes } from './monitor-routes.ts';
import { moveRoutes } from './move-routes.ts';
import { problemOf } from './problem.ts';
import { positionRoutes, queueRoutes } from './queue-routes.ts';
import { redactAnswer } from './redact-answer.ts';
import { runRoutes } from './run-routes.ts';
import type { ServerParts } from './server-parts.ts';

const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** A list of as many files as a bundle may have. */
const BUNDLE_BYTES_MAX = 64 * 1024 * 1024;

/** The HTTP API: every answer is JSON in wire form, but for logs, which are bytes. */
export function serverApp(parts: ServerParts): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header(VERSION_HEADER, parts.version);
  });
  app.use(requireToken(parts.token));
  app.use('/v1/server/*', limit(BODY_BYTES_MAX));
  app.use('/v1/tenants/:tenant/runs/*', limit(BODY_BYTES_MAX));
  app.use('/v1/tenants/:tenant/bundles/:bundle', limit(BUNDLE_BYTES_MAX));
  app.get('/v1/health', async (context) => context.json(toWire(await health(parts))));
  app.post('/v1/server/stop', (context) => {
    parts.shutDown();
    return context.json({ stopping: true }, 202);
  });
  app.route('/v1/tenants/:tenant/runs', runRoutes(parts));
  app.route('/v1/tenants/:tenant/runs', queueRoutes(parts));
  app.route('/v1/tenants/:tenant/queue', positionRoutes(parts));
  app.route('/v1/tenants/:tenant/runs', moveRoutes(parts));
  app.route('/v1/tenants/:tenant/runs', execRoutes(parts));
  app.route('/v1/tenants/:tenant/runs', artifactRoutes(parts));
  app.route('/v1/tenants/:tenant/runs', sampleRoutes(parts));
  app.route('/v1/tenants/:tenant/top', topRoutes(parts));
  // Files are as large as they are: they go to the disk as they come.
  app.route('/v1/tenants/:tenant/bundles', bundleRoutes(parts));
  app.notFound((context) => answer(context, notFound(context.req.path)));
  app.onError(async (raw, context) => {
    const error = await redactAnswer(raw, { context, secrets: parts.secrets });
    // Whoever hangs up in the middle of a file makes its reading fail.
    const isOurs = !(error instanceof KedgeError) && !context.req.raw.signal.aborted;
    if (isOurs) parts.reportBug(error);
    return answer(context, error);
  });
  return app;
}

async function health({ store, version, startedAt }: ServerParts): Promise<Health> {
  const installationId = await store.installationId();
  const activeRuns = await store.countActive();
  const schema = 'kedge.health/v1';
  return { schema, version, pid: process.pid, installationId, startedAt, activeRuns };
}

function answer(context: Context, error: unknown): Response {
  const problem = problemOf(error);
  const headers = { 'content-type': 'application/problem+json' };
  return context.body(JSON.stringify(problem), problem.status as 500, headers);
}

function limit(maxSize: number): MiddlewareHandler {
  const onError = (): never => {
    throw new KedgeError('input.too-large', `the request is larger than ${maxSize} bytes`);
  };
  return bodyLimit({ maxSize, onError });
}

function notFound(path: string): KedgeError {
  return new KedgeError('run.not-found', `there is nothing at ${path}`, {
    hint: 'the CLI and the server may be of different versions; see `kedge server status`',
  });
}
