import { join, resolve } from 'node:path';
import { type EpochMs, SECOND_MS } from '../base/time.ts';
import { type LaunchView, lastAttempt, nodeRef, nodesOf } from '../core/launch/launch-view.ts';
import type { ArtifactKey, Artifacts, IncomingFile } from '../ports/artifacts.ts';
import type { Driver, NodeRef } from '../ports/driver.ts';
import type { NodeFiles } from '../ports/node-files.ts';
import {
  ARTIFACT_BYTES_MAX,
  ARTIFACT_FILES_MAX,
  type ArtifactFile,
  placeOfArtifact,
} from '../spec/artifact.ts';
import { COMPLETE_PATH, isLeftover, stepOf } from '../spec/checkpoint.ts';
import { deliveryFolder } from '../spec/delivery-folder.ts';
import type { NewEvent } from '../spec/event.ts';
import { lineOf } from '../spec/place-of-attempt.ts';
import type { RunNode } from '../spec/run.ts';
import type { Task } from '../spec/task.ts';
import { driverOf } from './driver-of.ts';

const SLICE_BYTES = 4 * 1024 * 1024;
/** Between two looks for a new checkpoint of one node. */
const LOOK_MS = 10 * SECOND_MS;
/** Nodes that are known to be done with. */
const REMEMBERED_MAX = 10_000;

export type ArtifactParts = {
  readonly artifacts: Artifacts;
  readonly drivers: ReadonlyMap<string, Driver>;
  /** Files and bytes of one node, at most; what all may have unless a test says otherwise. */
  readonly limits?: { readonly files: number; readonly bytes: number };
};

/** Of a run: what it is, and the folder that its paths are relative to. */
export type Collectable = Pick<LaunchView, 'run' | 'plan' | 'file' | 'now'> & {
  readonly baseDir: string;
};

/** What is remembered of a node between looks; lost, it is found again by looking. */
type Watched = {
  /** The newest complete checkpoint whose artifacts were taken, or that was there at first. */
  step: number | null;
  lookedAt: EpochMs;
  underWay: Promise<void> | null;
  told: NewEvent[];
};

/**
 * Brings what tasks leave behind to where it is kept: at the end of each node, before its attempt
 * is closed, and beside the run whenever a checkpoint is complete. It never fails a run: what could
 * not be taken is told once, and tried again at the next look, and when somebody pulls.
 */
export class ArtifactCollector {
  readonly #parts: ArtifactParts;
  readonly #watched = new Map<string, Watched>();
  readonly #finished = new Set<string>();
  readonly #notes = new Map<string, string>();
  readonly #looking = new Map<string, Promise<unknown>>();

  constructor(parts: ArtifactParts) {
    this.#parts = parts;
  }

  /** What there is to tell of a run, as events. Of several looks at one run, one after the other. */
  async look(view: Collectable): Promise<readonly NewEvent[]> {
    const { runId } = view.run;
    const looking = (this.#looking.get(runId) ?? Promise.resolve([])).then(() => this.#look(view));
    const quiet = looking.catch(() => []);
    this.#looking.set(runId, quiet);
    void quiet.then(() => this.#looking.get(runId) === quiet && this.#looking.delete(runId));
    return looking;
  }

  async #look(view: Collectable): Promise<readonly NewEvent[]> {
    const events: NewEvent[] = [];
    for (const { node, task } of nodesWithArtifacts(view)) {
      if (node.state === 'ended') events.push(...(await this.#finish(view, node, task)));
      else if (node.startedAt !== null) events.push(...this.#watch(view, node, task));
    }
    return events;
  }

  async #finish(view: Collectable, node: RunNode, task: Task): Promise<readonly NewEvent[]> {
    if (node.startedAt === null || this.#finished.has(node.token)) return [];
    const watched = this.#watched.get(node.token);
    await watched?.underWay;
    this.#watched.delete(node.token);
    const told = watched?.told ?? [];
    // What cannot be read says so when something is to be taken.
    const kept = await this.#parts.artifacts.kept(keyOf(view, node)).catch(() => null);
    const isDone = (kept?.finishedAttempt ?? 0) >= node.attempt;
    if (!isDone) told.push(...(await this.#take(view, node, task)));
    return told;
  }

  /** Looks beside the run; what has come of it is told at a later look. */
  #watch(view: Collectable, node: RunNode, task: Task): readonly NewEvent[] {
    if (task.checkpoint === null) return [];
    const known = this.#watched.get(node.token);
    const watched = known ?? { step: null, lookedAt: view.now, underWay: null, told: [] };
    this.#watched.set(node.token, watched);
    const isDue = known === undefined || view.now - watched.lookedAt >= LOOK_MS;
    if (isDue && watched.underWay === null) {
      watched.lookedAt = view.now;
      const isFirst = known === undefined;
      watched.underWay = this.#lookForStep(view, { node, task, watched, isFirst }).finally(() => {
        watched.underWay = null;
      });
    }
    return watched.told.splice(0);
  }

  async #lookForStep(
    view: Collectable,
    {
      node,
      task,
      watched,
      isFirst,
    }: { node: RunNode; task: Task; watched: Watched; isFirst: boolean },
  ): Promise<void> {
    // A place that cannot answer now may at the next look.
    const newest = await this.#newestStep(view, node).catch(() => null);
    if (newest === null || newest === watched.step) return;
    watched.step = newest;
    if (!isFirst) watched.told.push(...(await this.#take(view, node, task)));
  }

  async #newestStep(view: Collectable, node: RunNode): Promise<number | null> {
    const { files, ref } = this.#filesOf(view, node);
    const steps = (await files.list(ref, 'checkpoint'))
      .filter(({ path }) => path.endsWith(`/${COMPLETE_PATH}`))
      .map(({ path }) => stepOf(path.slice(0, -COMPLETE_PATH.length - 1)))
      .filter((step) => step !== null);
    return steps.length === 0 ? null : Math.max(...steps);
  }

  async #take(view: Collectable, node: RunNode, task: Task): Promise<readonly NewEvent[]> {
    const notes: string[] = [];
    let taken: readonly ArtifactFile[] = [];
    try {
      taken = await this.#takeFiles(view, { node, task, notes });
    } catch (error) {
      notes.push(`not all could be taken: ${wordsOf(error)}`);
    }
    await this.#deliver(view, { node, task, notes });
    const note = notes.length === 0 ? null : notes.join('; ');
    const isNews = note !== null && this.#notes.get(node.token) !== note;
    if (note !== null) this.#notes.set(node.token, note);
    if (taken.length === 0 && !isNews) return [];
    const { allocation, attempt, rank } = node;
    const bytes = taken.reduce((sum, { size }) => sum + size, 0);
    const data = { allocation, attempt, rank, files: taken.length, bytes, note };
    return [{ type: 'artifacts.collected', data }];
  }

  async #takeFiles(
    view: Collectable,
    { node, task, notes }: { node: RunNode; task: Task; notes: string[] },
  ): Promise<readonly ArtifactFile[]> {
    const isOver = node.state === 'ended';
    const incoming = new Map<string, IncomingFile>();
    for (const { path } of task.artifacts) {
      const place = placeOfArtifact(path, task.checkpoint?.path ?? null);
      if (place === null) {
        notes.push(`${path} lies outside of the working directory`);
        continue;
      }
      const found = await this.#list(view, node, place);
      if (found.length === 0 && isOver) notes.push(`there is no ${path}`);
      for (const file of found) incoming.set(file.path, file);
    }
    const kept = withinLimits([...incoming.values()], this.#parts.limits ?? LIMITS);
    const left = incoming.size - kept.length;
    if (left > 0) notes.push(`${left} files are left out: they are too many, or too large`);
    const finishedAttempt = isOver ? node.attempt : null;
    const key = keyOf(view, node);
    const taken = await this.#parts.artifacts.take(key, kept, { finishedAttempt });
    if (isOver) this.#remember(node);
    return taken;
  }

  /** What is forgotten is found again on the disk. */
  #remember({ token }: RunNode): void {
    if (this.#finished.size >= REMEMBERED_MAX) this.#finished.clear();
    if (this.#notes.size >= REMEMBERED_MAX) this.#notes.clear();
    this.#finished.add(token);
  }

  /** Files alone: links, as the task made them, would mean nothing elsewhere. */
  async #list(
    view: Collectable,
    node: RunNode,
    { root, under, keptAs }: NonNullable<ReturnType<typeof placeOfArtifact>>,
  ): Promise<readonly IncomingFile[]> {
    const { files, ref } = this.#filesOf(view, node);
    const entries = await files.list(ref, root, { under });
    return entries
      .filter((entry) => entry.kind === 'file')
      .filter(({ path }) => root === 'work' || !isLeftover(path))
      .map(({ path, size, modifiedAt }) => ({
        path: joined(keptAs, path.slice(under.length)),
        size,
        modifiedAt,
        bytes: () => bytesOf(files, { ref, root, path, size }),
      }));
  }

  async #deliver(
    view: Collectable,
    { node, task, notes }: { node: RunNode; task: Task; notes: string[] },
  ): Promise<void> {
    const { count } = lineOf(view.run, view.plan, node);
    for (const { path, to } of task.artifacts) {
      const folder = to === null ? null : deliveryFolder(to);
      const place = placeOfArtifact(path, task.checkpoint?.path ?? null);
      if (folder === null || place === null) continue;
      const own = count > 1 ? String(node.rank) : '';
      const target = join(resolve(view.baseDir, folder), own);
      try {
        const delivery = { path: place.keptAs, to: target };
        await this.#parts.artifacts.deliver(keyOf(view, node), delivery);
      } catch (error) {
        notes.push(`${path} could not be brought to ${to}: ${wordsOf(error)}`);
      }
    }
  }

  #filesOf({ run, plan }: Collectable, node: RunNode) {
    const { provider } = lineOf(run, plan, node);
    const { files } = driverOf(this.#parts.drivers, provider);
    return { files, ref: nodeRef(run, node) };
  }
}

const LIMITS = { files: ARTIFACT_FILES_MAX, bytes: ARTIFACT_BYTES_MAX };

/** Of the last attempt of each allocation whose task wants something kept. */
function nodesWithArtifacts({ run, plan, file }: Collectable) {
  return plan.allocations.flatMap((line, allocation) => {
    const task = file.tasks[line.task];
    const last = lastAttempt(run, allocation);
    if (task === undefined || task.artifacts.length === 0 || last === undefined) return [];
    return nodesOf(run, last).map((node) => ({ node, task }));
  });
}

function withinLimits(
  files: readonly IncomingFile[],
  limits: { readonly files: number; readonly bytes: number },
): readonly IncomingFile[] {
  let bytes = 0;
  return files.slice(0, limits.files).filter(({ size }) => {
    if (bytes + size > limits.bytes) return false;
    bytes += size;
    return true;
  });
}

type Source = {
  readonly ref: NodeRef;
  readonly root: 'work' | 'checkpoint';
  readonly path: string;
  readonly size: number;
};

async function* bytesOf(
  files: NodeFiles,
  { ref, root, path, size }: Source,
): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < size; ) {
    const bytes = await files.read(ref, root, path, { offset, maxBytes: SLICE_BYTES });
    if (bytes.length === 0) return;
    yield bytes;
    offset += bytes.length;
  }
}

function keyOf({ run }: Collectable, { allocation, rank }: RunNode): ArtifactKey {
  return { tenantId: run.tenantId, runId: run.runId, allocation, rank };
}

function joined(folder: string, rest: string): string {
  return [folder, rest.replace(/^\//, '')].filter(Boolean).join('/');
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
