import { Hono } from 'hono';
import { bundleIdSchema, bundleSchema } from '../spec/bundle.ts';
import { fromWire } from '../spec/wire.ts';
import { json, parse, tenantOf } from './request.ts';
import type { ServerParts } from './server-parts.ts';

/**
 * `PUT …/bundles/{bundle}` with the list of what is in it answers which blobs are missing;
 * `PUT …/bundles/blobs/{blob}` takes the bytes of one; once none is missing the bundle is there.
 */
export function bundleRoutes({ bundles }: ServerParts): Hono {
  const app = new Hono();

  app.put('/blobs/:blob', async (context) => {
    const { body } = context.req.raw;
    await bundles.putBlob(tenantOf(context), context.req.param('blob'), body ?? nothing());
    return context.body(null, 204);
  });

  app.put('/:bundle', async (context) => {
    const bundleId = parse(bundleIdSchema, context.req.param('bundle'));
    const bundle = parse(bundleSchema, fromWire(await json(context)));
    const missing = await bundles.put(tenantOf(context), bundleId, bundle);
    return context.json({ missing });
  });

  return app;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
