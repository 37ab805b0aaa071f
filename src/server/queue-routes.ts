import { Hono } from 'hono';
import { z } from 'zod';
import { asEpochMs, type EpochMs } from '../base/time.ts';
import { readBill } from '../core/monitor/bill.ts';
import { explainRun } from '../core/monitor/explain-run.ts';
import { spanByProgress } from '../core/monitor/run-outlook.ts';
import { isSame, waitingReason } from '../core/queue/decide-place.ts';
import { type ExpectedStart, expectedStart } from '../core/queue/expected-start.ts';
import { allPools } from '../engine/pools.ts';
import { readEvents } from '../engine/read-events.ts';
import type { RunKey } from '../ports/store.ts';
import type { Holder, QueueEntry } from '../ports/store-queue.ts';
import type { Queue, QueuePositions, QueueWait, Why } from '../spec/queue.ts';
import type { PoolCapacity } from '../spec/reservation.ts';
import { toWire } from '../spec/wire.ts';
import { keyOf, parse, tenantOf } from './request.ts';
import type { ServerParts } from './server-parts.ts';

/** Of a line this much is played through; of what is longer the rest is reckoned from it. */
const PLAYED_MAX = 1000;
/** Of those ahead. */
const TOLD_MAX = 5;

/** Under `/v1/tenants/{tenant}/runs/{run}`: what a run waits for, and why it is as it is. */
export function queueRoutes(parts: ServerParts): Hono {
  const app = new Hono();
  app.get('/:run/queue', async (context) => {
    const key = keyOf(context);
    const schema = 'kedge.queue/v1';
    const queue: Queue = { schema, runId: key.runId, waits: [...(await waitsOf(parts, key))] };
    return context.json(toWire(queue));
  });
  app.get('/:run/why', async (context) => {
    const key = keyOf(context);
    const sentences = [...(await whyOf(parts, key))];
    const why: Why = { schema: 'kedge.why/v1', runId: key.runId, sentences };
    return context.json(toWire(why));
  });
  return app;
}

const rangeQuery = z.object({ from: z.string(), to: z.string() });

/** Under `/v1/tenants/{tenant}/queue`: the places of runs from one id to another. */
export function positionRoutes({ store }: ServerParts): Hono {
  const app = new Hono();
  app.get('/', async (context) => {
    const range = parse(rangeQuery, context.req.query());
    const positions = [...(await store.queuePositions({ tenantId: tenantOf(context), ...range }))];
    const answer: QueuePositions = { schema: 'kedge.queue-positions/v1', positions };
    return context.json(toWire(answer));
  });
  return app;
}

async function waitsOf(parts: ServerParts, key: RunKey): Promise<readonly QueueWait[]> {
  const entries = await parts.store.readQueue(key, PLAYED_MAX);
  if (entries.length === 0) return [];
  const pools = await allPools(parts.drivers);
  return entries.map((entry) => {
    return waitOf(withProgress(parts, entry), pools.get(entry.state.pool) ?? gone(entry));
  });
}

/** What runs tells better than its plan how long it goes on. */
function withProgress({ watch }: ServerParts, entry: QueueEntry): QueueEntry {
  const { now, held } = entry.state;
  const told = held.map((holder): Holder => {
    const series = watch.liveSeries(holder, holder);
    const span = spanByProgress(series, { heldAt: holder.heldAt, now });
    return span === null ? holder : { ...holder, span };
  });
  return { ...entry, state: { ...entry.state, held: told } };
}

/** Nothing tells any more how much it has: what is held of it now is all that is known. */
function gone({ own, state: { pool } }: QueueEntry): PoolCapacity {
  return { pool, name: pool, has: own.amounts };
}

function waitOf(entry: QueueEntry, capacity: PoolCapacity): QueueWait {
  const { own, state, position, length } = entry;
  const { allocation, attempt, priority, amounts: needs } = own;
  const before = state.waiting.findIndex((one) => isSame(one, own));
  const ahead = (before === -1 ? state.waiting : state.waiting.slice(0, before))
    .filter(({ tenantId }) => tenantId === own.tenantId)
    .slice(0, TOLD_MAX)
    .map((one) => ({ runId: one.runId, priority: one.priority }));
  const reason = waitingReason(own, state, capacity);
  const start = expectedStart(entry, capacity.has);
  const { pool, now } = state;
  const expected = start && momentsOf(start, now);
  const place = { allocation, attempt, pool, needs, reason, priority, position, length };
  return { ...place, ahead, expectedStart: expected };
}

function momentsOf({ waitsMs, rough }: ExpectedStart, now: EpochMs) {
  const { lowMs, midMs, highMs } = waitsMs;
  const [lowAt, midAt, highAt] = [lowMs, midMs, highMs].map((ms) => asEpochMs(now + ms));
  return { lowAt: lowAt!, midAt: midAt!, highAt: highAt!, rough };
}

async function whyOf(parts: ServerParts, key: RunKey): Promise<Why['sentences']> {
  const { store } = parts;
  const { run, request } = await store.readRun(key);
  const { plan } = request;
  const now = await store.now();
  const bill = readBill(await readEvents(store, key), {
    runId: run.runId,
    now: run.endedAt ?? now,
    plannedMicros: plan.costMicros,
    estimated: plan.allocations.some(({ estimated }) => estimated),
  });
  const waits = run.state === 'ended' ? [] : await waitsOf(parts, key);
  return [...explainRun({ run, plan, bill, waits, now })];
}
