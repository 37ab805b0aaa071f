import { KedgeError } from '../base/errors.ts';
import { type EpochMs, MINUTE_MS, SECOND_MS } from '../base/time.ts';
import { type LaunchView, nodeKey, nodeRef, taskOf } from '../core/launch/launch-view.ts';
import { alarmEvents } from '../core/monitor/alarms.ts';
import { judgeRun } from '../core/monitor/judge-run.ts';
import { addSample, baseline, beginSeries } from '../core/monitor/node-series.ts';
import type { Driver, SampleRequest } from '../ports/driver.ts';
import type { Claim, RunKey, Store } from '../ports/store.ts';
import type { NewEvent } from '../spec/event.ts';
import { lineOf } from '../spec/place-of-attempt.ts';
import type { RunNode } from '../spec/run.ts';
import type { NodeSeries, Sample } from '../spec/sample.ts';
import { type LogCursor, readProgress } from './read-progress.ts';

/** Looks come more often where somebody waits; samples need not. */
const SAMPLE_MS_MIN = 2 * SECOND_MS;
/** So much may be lost when the server is killed; the older a run, the larger what is written. */
const FLUSH_MS_MIN = 20 * SECOND_MS;
const FLUSH_MS_MAX = 2 * MINUTE_MS;
const FLUSH_SHARE = 1 / 20;
/** Not looked at for so long, a run has gone to another server, or has ended there. */
const FORGET_MS = 10 * MINUTE_MS;

type Watched = {
  series: NodeSeries;
  /** What the next rates are taken from; null after a restart. */
  last: Sample | null;
  cursor: LogCursor | null;
  /** Not in the store yet. */
  isNew: boolean;
};

type WatchedRun = {
  readonly nodes: Map<string, Watched>;
  lookedAt: EpochMs;
  flushedAt: EpochMs;
};

export type WatchParts = {
  readonly store: Pick<Store, 'readSamples' | 'writeSamples'>;
  readonly drivers: ReadonlyMap<string, Driver>;
};

/**
 * Samples the nodes of a run when the engine looks at it, so that what is sampled grows with what
 * one engine holds, and not with what there is. The latest is in memory, the rest in the store.
 */
export class NodeWatch {
  readonly #parts: WatchParts;
  readonly #runs = new Map<string, WatchedRun>();

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** What the look tells about alarms, as events; samples that are missing never fail it. */
  async look(claim: Claim, view: LaunchView): Promise<readonly NewEvent[]> {
    if (!view.run.nodes.some((node) => isWatched(view, node))) return this.#leave(claim, view);
    const run = await this.#runOf(claim, view.now);
    run.lookedAt = view.now;
    await this.#sample(run, view);
    await this.#flush(claim, { run, view, force: false });
    const series = new Map([...run.nodes].map(([key, node]) => [key, node.series]));
    return alarmEvents(view.run.alarms, judgeRun(view, series));
  }

  /** Of all nodes of a run that were ever sampled, the latest that is known. */
  async seriesOf(key: RunKey): Promise<readonly NodeSeries[]> {
    const stored = await this.#parts.store.readSamples(key);
    const all = new Map(stored.map((series) => [nodeKey(series), series]));
    for (const [name, { series }] of this.#runs.get(nameOf(key))?.nodes ?? []) {
      const known = all.get(name);
      if (known === undefined || known.lastAt <= series.lastAt) all.set(name, series);
    }
    return [...all.values()];
  }

  /** Of one attempt, what is in memory: nothing where another server looks after it. */
  liveSeries(key: RunKey, id: { allocation: number; attempt: number }): readonly NodeSeries[] {
    const nodes = [...(this.#runs.get(nameOf(key))?.nodes.values() ?? [])];
    return nodes
      .map(({ series }) => series)
      .filter(({ allocation, attempt }) => allocation === id.allocation && attempt === id.attempt);
  }

  /** Nothing of it runs now: what was seen last is kept. */
  async #leave(claim: Claim, view: LaunchView): Promise<readonly NewEvent[]> {
    const run = this.#runs.get(nameOf(claim));
    if (run !== undefined) await this.#flush(claim, { run, view, force: true });
    if (view.run.nodes.every(({ state }) => state === 'ended')) this.#runs.delete(nameOf(claim));
    return [];
  }

  async #runOf(key: RunKey, now: EpochMs): Promise<WatchedRun> {
    const known = this.#runs.get(nameOf(key));
    if (known !== undefined && now - known.lookedAt < FORGET_MS) return known;
    for (const [name, run] of this.#runs) {
      if (now - run.lookedAt >= FORGET_MS) this.#runs.delete(name);
    }
    const stored = await this.#parts.store.readSamples(key);
    const nodes = stored.map((series): [string, Watched] => [
      nodeKey(series),
      { series, last: null, cursor: null, isNew: false },
    ]);
    const run = { nodes: new Map(nodes), lookedAt: now, flushedAt: now };
    this.#runs.set(nameOf(key), run);
    return run;
  }

  async #sample(run: WatchedRun, view: LaunchView): Promise<void> {
    const due = view.run.nodes.filter((node) => {
      const { last } = run.nodes.get(nodeKey(node)) ?? { last: null };
      return isWatched(view, node) && (last === null || view.now - last.at >= SAMPLE_MS_MIN);
    });
    const byProvider = Map.groupBy(due, (node) => lineOf(view.run, view.plan, node).provider);
    for (const [provider, nodes] of byProvider) {
      const driver = this.#parts.drivers.get(provider);
      if (driver === undefined) continue;
      const samples = await samplesOf(driver, view, nodes);
      for (const [index, node] of nodes.entries()) {
        const sample = samples[index] ?? null;
        if (sample !== null) await this.#add(run, view, { driver, node, sample });
      }
    }
  }

  async #add(
    run: WatchedRun,
    view: LaunchView,
    { driver, node, sample }: { driver: Driver; node: RunNode; sample: Sample },
  ): Promise<void> {
    const known = run.nodes.get(nodeKey(node));
    const read = await progressOf(driver, view, {
      node,
      cursor: known?.cursor ?? null,
      logBytes: sample.logBytes,
    });
    const before = known === undefined ? baseline(sample, node.startedAt) : known.last;
    const series = known?.series ?? beginSeries(node, sample);
    run.nodes.set(nodeKey(node), {
      series: addSample(series, sample, { before, progress: read.done }),
      last: sample,
      cursor: read.cursor,
      isNew: true,
    });
  }

  /** What cannot be written now is written with the next. */
  async #flush(
    claim: Claim,
    { run, view, force }: { run: WatchedRun; view: LaunchView; force: boolean },
  ): Promise<void> {
    const fresh = [...run.nodes.values()].filter(({ isNew }) => isNew);
    const first = Math.min(...fresh.map(({ series }) => series.firstAt));
    const age = (view.now - first) * FLUSH_SHARE;
    const pauseMs = Math.min(FLUSH_MS_MAX, Math.max(FLUSH_MS_MIN, age));
    if (fresh.length === 0 || (!force && view.now - run.flushedAt < pauseMs)) return;
    const all = fresh.map(({ series }) => series);
    const isDone = await orNothing(async () => {
      await this.#parts.store.writeSamples(claim, all);
      return true;
    });
    if (isDone === undefined) return;
    run.flushedAt = view.now;
    for (const node of fresh) node.isNew = false;
  }
}

function nameOf({ tenantId, runId }: RunKey): string {
  return `${tenantId}/${runId}`;
}

function isWatched(view: LaunchView, node: RunNode): boolean {
  return node.state !== 'ended' && view.observed.get(nodeKey(node))?.state === 'running';
}

async function samplesOf(
  driver: Driver,
  view: LaunchView,
  nodes: readonly RunNode[],
): Promise<readonly (Sample | null)[]> {
  const requests = nodes.map((node): SampleRequest => {
    const { progress } = taskOf(view, node.allocation);
    const progressFile = progress !== null && 'file' in progress ? progress.file : null;
    return { ref: nodeRef(view.run, node), progressFile };
  });
  return (await orNothing(() => driver.sample(requests))) ?? [];
}

async function progressOf(
  driver: Driver,
  view: LaunchView,
  from: { readonly node: RunNode; readonly cursor: LogCursor | null; readonly logBytes: number },
): Promise<{ readonly cursor: LogCursor | null; readonly done: number | null }> {
  const { node, cursor, logBytes } = from;
  const { progress } = taskOf(view, node.allocation);
  const nothing = { cursor, done: null };
  if (progress === null || !('regex' in progress)) return nothing;
  const { regex } = progress;
  const ref = nodeRef(view.run, node);
  return (await orNothing(() => readProgress(driver, ref, { regex, cursor, logBytes }))) ?? nothing;
}

/** Undefined where a driver or the store cannot, now; a bug is told as one. */
async function orNothing<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KedgeError) return undefined;
    throw error;
  }
}
