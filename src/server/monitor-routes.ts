import { Hono } from 'hono';
import { z } from 'zod';
import { asEpochMs, type EpochMs } from '../base/time.ts';
import { nodeKey } from '../core/launch/launch-view.ts';
import { expectedEnd } from '../core/monitor/progress.ts';
import { nodeCost } from '../core/monitor/run-cost.ts';
import type { RunKey } from '../ports/store.ts';
import { lineOf } from '../spec/place-of-attempt.ts';
import type { Plan } from '../spec/plan.ts';
import type { Run, RunNode } from '../spec/run.ts';
import type { NodeSeries } from '../spec/sample.ts';
import { type NodeNow, type Progress, packSamples } from '../spec/top.ts';
import { toWire } from '../spec/wire.ts';
import { keyOf, parse, tenantOf } from './request.ts';
import type { ServerParts } from './server-parts.ts';

const topQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });

/** `GET …/{run}/samples`, of one run: what its nodes have used over their lives. */
export function sampleRoutes({ store, watch }: ServerParts): Hono {
  const app = new Hono();
  app.get('/:run/samples', async (context) => {
    const key = keyOf(context);
    const { run } = await store.readRun(key);
    const now = await store.now();
    const all = await watch.seriesOf(key);
    const nodes = all.map((series) => ({
      series,
      progress: progressOf(series, { now, hasEnded: hasEnded(run, series) }),
    }));
    return context.json(toWire(packSamples({ nodes })));
  });
  return app;
}

/** `GET …/top`: the nodes that live now, of the newest runs first. */
export function topRoutes({ store, watch }: ServerParts): Hono {
  const app = new Hono();
  app.get('/', async (context) => {
    const { limit } = parse(topQuery, context.req.query());
    const tenantId = tenantOf(context);
    const runs = await store.busyRuns(tenantId, limit);
    const now = await store.now();
    const nodes: NodeNow[] = [];
    for (const { runId } of runs) {
      const key: RunKey = { tenantId, runId };
      const [{ run, request }, all] = await Promise.all([store.readRun(key), watch.seriesOf(key)]);
      const seriesByNode = new Map(all.map((series) => [nodeKey(series), series]));
      for (const node of run.nodes.filter(({ state }) => state !== 'ended')) {
        const series = seriesByNode.get(nodeKey(node)) ?? null;
        nodes.push(nodeNow({ run, plan: request.plan, node, series, now }));
      }
    }
    return context.json(toWire({ nodes }));
  });
  return app;
}

function hasEnded(run: Run, series: NodeSeries): boolean {
  const node = run.nodes.find((one) => nodeKey(one) === nodeKey(series));
  return node === undefined || node.state === 'ended';
}

/** What has ended comes no further. */
function progressOf(
  { progress }: NodeSeries,
  { now, hasEnded: isOver }: { readonly now: EpochMs; readonly hasEnded: boolean },
): Progress | null {
  const told = expectedEnd(progress, now);
  return told === null || !isOver ? told : { ...told, endsAt: null, lowAt: null, highAt: null };
}

function nodeNow(of: {
  readonly run: Run;
  readonly plan: Plan;
  readonly node: RunNode;
  readonly series: NodeSeries | null;
  readonly now: number;
}): NodeNow {
  const { run, plan, node, series, now } = of;
  const at = asEpochMs(now);
  const { allocation, attempt, rank, state, startedAt } = node;
  const line = lineOf(run, plan, node);
  const point = series?.rings.recent.points.at(-1);
  const alarms = run.alarms.filter((alarm) => {
    return alarm.allocation === allocation && (alarm.attempt ?? attempt) === attempt;
  });
  return {
    runId: run.runId,
    name: run.name,
    taskName: line.taskName,
    place: line.place,
    allocation,
    attempt,
    rank,
    state,
    startedAt,
    sampledAt: series?.lastAt ?? null,
    cpuCores: point?.cpuMean ?? null,
    cpuLimitCores: series?.cpuLimitCores ?? null,
    memoryBytes: point?.memoryMean ?? null,
    memoryLimitBytes: series?.memoryLimitBytes ?? null,
    gpu: point?.gpuMean ?? null,
    gpuCount: series?.gpuCount ?? 0,
    diskRead: point?.diskRead ?? null,
    diskWrite: point?.diskWrite ?? null,
    netRx: point?.netRx ?? null,
    netTx: point?.netTx ?? null,
    progress: series === null ? null : expectedEnd(series.progress, at),
    costMicros: nodeCost(run, plan, { node, at }),
    alarms: alarms
      .filter((alarm) => (alarm.rank ?? rank) === rank)
      .map(({ kind, reason }) => ({ kind, reason })),
  };
}
