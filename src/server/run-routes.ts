import { Hono } from 'hono';
import { z } from 'zod';
import { KedgeError } from '../base/errors.ts';
import { asEpochMs } from '../base/time.ts';
import { readBill } from '../core/monitor/bill.ts';
import type { NodeRef } from '../ports/driver.ts';
import type { RunKey, StoredRun } from '../ports/store.ts';
import {
  LOG_ENDED_HEADER,
  LOG_SLICE_BYTES_MAX,
  launchRequestSchema,
  NEXT_OFFSET_HEADER,
  WAIT_MS_MAX,
} from '../spec/api.ts';
import type { RunEvent } from '../spec/event.ts';
import { lineOf } from '../spec/place-of-attempt.ts';
import type { Run, RunNode } from '../spec/run.ts';
import { fromWire, toWire } from '../spec/wire.ts';
import { launchRun } from './launch-run.ts';
import { json, keyOf, parse, tenantOf } from './request.ts';
import type { ServerParts } from './server-parts.ts';

const POLL_MS = 50;
const EVENTS_AT_ONCE = 1000;

/** Everything under `/v1/tenants/{tenant}/runs`. */
export function runRoutes(parts: ServerParts): Hono {
  const { store } = parts;
  const app = new Hono();

  app.get('/', async (context) => {
    const { after, limit } = parse(pageQuery, context.req.query());
    const runs = await store.pageRuns(tenantOf(context), { after: after ?? null, limit });
    return context.json({ runs: toWire(runs) });
  });

  app.put('/:run', async (context) => {
    const key = keyOf(context);
    const request = parse(launchRequestSchema, fromWire(await json(context)));
    const run = await launchRun(parts, key, request);
    parts.nudge();
    return context.json(toWire(run), 201);
  });

  app.get('/:run', async (context) => {
    const { run, request } = await store.readRun(keyOf(context));
    return context.json({ run: toWire(run), plan: toWire(request.plan) });
  });

  app.post('/:run/stop', async (context) => {
    const key = keyOf(context);
    const { run } = await store.readRun(key);
    if (run.state === 'ended' || run.stopRequested) return context.json(toWire(run));
    const stopped = await store.append(key, 'user', [{ type: 'run.stop-requested', data: {} }]);
    parts.nudge();
    return context.json(toWire(stopped), 202);
  });

  app.get('/:run/events', async (context) => {
    const { after } = parse(eventsQuery, context.req.query());
    const events = await store.pageEvents(keyOf(context), after, EVENTS_AT_ONCE);
    return context.json({ events: toWire(events) });
  });

  app.get('/:run/bill', async (context) => {
    const key = keyOf(context);
    return context.json(toWire(await billOf(parts, key, await store.readRun(key))));
  });

  app.get('/:run/logs', async (context) => {
    const query = parse(logQuery, context.req.query());
    const { signal } = context.req.raw;
    const slice = await readLog(parts, { key: keyOf(context), query, signal });
    const headers = {
      'content-type': 'application/octet-stream',
      [NEXT_OFFSET_HEADER]: String(slice.nextOffset),
      [LOG_ENDED_HEADER]: String(slice.ended),
    };
    return context.body(slice.bytes as Uint8Array<ArrayBuffer>, 200, headers);
  });

  return app;
}

const whole = z.coerce.number().int().min(0);
const pageQuery = z.object({
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});
const eventsQuery = z.object({ after: whole.default(0) });
const logQuery = z.object({
  allocation: whole.default(0),
  attempt: whole.default(1),
  rank: whole.default(0),
  offset: whole.default(0),
  wait_ms: whole.max(WAIT_MS_MAX).default(0),
});
type LogCall = {
  readonly key: RunKey;
  readonly query: z.infer<typeof logQuery>;
  /** Aborts when whoever asked has gone. */
  readonly signal: AbortSignal;
};

/** Waits up to wait_ms for output, so that following is prompt without hammering the server. */
async function readLog(parts: ServerParts, { key, query, signal }: LogCall) {
  const { run, request } = await parts.store.readRun(key);
  const node = findNode(run, query);
  const { provider } = lineOf(run, request.plan, node);
  const driver = parts.drivers.get(provider);
  if (driver === undefined) {
    throw new KedgeError(
      'driver.no-such-place',
      `no driver of this server reads logs of ${provider}`,
    );
  }
  const { allocation, attempt, rank, token } = node;
  const ref: NodeRef = { ...key, allocation, attempt, rank, token };
  const until = parts.clock.now() + query.wait_ms;
  for (;;) {
    const options = { offset: query.offset, maxBytes: LOG_SLICE_BYTES_MAX };
    const slice = await driver.readLog(ref, options);
    const isOver = parts.clock.now() >= until || signal.aborted;
    if (slice.bytes.length > 0 || slice.ended || isOver) return slice;
    await parts.clock.sleep(POLL_MS);
  }
}

function findNode(run: Run, query: LogCall['query']): RunNode {
  const found = run.nodes.find(
    (node) =>
      node.allocation === query.allocation &&
      node.attempt === query.attempt &&
      node.rank === query.rank,
  );
  if (found !== undefined) return found;
  const where = `allocation ${query.allocation}, attempt ${query.attempt}, rank ${query.rank}`;
  throw new KedgeError('run.not-found', `${run.runId} has no node at ${where}`);
}

async function billOf({ store }: ServerParts, key: RunKey, { run, request }: StoredRun) {
  const events: RunEvent[] = [];
  for (;;) {
    const page = await store.pageEvents(key, events.at(-1)?.seq ?? 0, EVENTS_AT_ONCE);
    events.push(...page);
    if (page.length < EVENTS_AT_ONCE) break;
  }
  const { plan } = request;
  return readBill(events, {
    runId: run.runId,
    now: run.endedAt ?? asEpochMs(await store.now()),
    plannedMicros: plan.costMicros,
    estimated: plan.allocations.some((allocation) => allocation.estimated),
  });
}
