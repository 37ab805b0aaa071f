import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { KedgeError } from '../base/errors.ts';
import { lastAttempt, nodeRef, nodesOf } from '../core/launch/launch-view.ts';
import { driverOf } from '../engine/driver-of.ts';
import type { StoredRun } from '../ports/store.ts';
import { FILE_SLICE_BYTES_MAX } from '../spec/api.ts';
import { FILE_SOURCES, isUnder, type PulledFile } from '../spec/artifact.ts';
import { lineOf } from '../spec/place-of-attempt.ts';
import type { RunNode } from '../spec/run.ts';
import { toWire } from '../spec/wire.ts';
import { keyOf, parse } from './request.ts';
import type { ServerParts } from './server-parts.ts';

/**
 * `GET …/runs/{run}/files` lists what can be pulled, `…/files/content` gives a slice of one, and
 * `…/files/hash` what it should be: artifacts as they are kept, or files of working directories
 * where their place still has them.
 */
export function artifactRoutes(parts: ServerParts): Hono {
  const app = new Hono();

  app.get('/:run/files', async (context) => {
    const { source, under } = parse(listQuery, context.req.query());
    const stored = await parts.store.readRun(keyOf(context));
    const list = source === 'artifact' ? listArtifacts : listWork;
    return context.json({ files: toWire(await list(parts, stored, under)) });
  });

  app.get('/:run/files/content', async (context) => {
    const query = parse(contentQuery, context.req.query());
    const stored = await parts.store.readRun(keyOf(context));
    const bytes = await readerOf(parts, stored, query)(query.offset, FILE_SLICE_BYTES_MAX);
    const headers = { 'content-type': 'application/octet-stream' };
    return context.body(bytes as Uint8Array<ArrayBuffer>, 200, headers);
  });

  app.get('/:run/files/hash', async (context) => {
    const query = parse(fileQuery, context.req.query());
    const read = readerOf(parts, await parts.store.readRun(keyOf(context)), query);
    const hash = createHash('sha256');
    let size = 0;
    for (;;) {
      context.req.raw.signal.throwIfAborted();
      const bytes = await read(size, FILE_SLICE_BYTES_MAX);
      if (bytes.length === 0) break;
      hash.update(bytes);
      size += bytes.length;
    }
    return context.json({ size, sha256: hash.digest('hex') });
  });

  return app;
}

const whole = z.coerce.number().int().min(0);
const source = z.enum(FILE_SOURCES);
const listQuery = z.object({ source: source.default('artifact'), under: z.string().default('') });
const fileQuery = z.object({
  source: source.default('artifact'),
  allocation: whole.default(0),
  rank: whole.default(0),
  path: z.string(),
});
const contentQuery = fileQuery.extend({ offset: whole.default(0) });

/** What could not be taken at the end of a run is tried again when somebody asks for it. */
async function listArtifacts(
  parts: ServerParts,
  stored: StoredRun,
  under: string,
): Promise<readonly PulledFile[]> {
  const { run } = stored;
  if (run.state === 'ended') await collectNow(parts, stored);
  const { tenantId, runId } = run;
  const found = lastNodes(stored).map(async ({ allocation, rank }) => {
    const { files } = await parts.artifacts.kept({ tenantId, runId, allocation, rank });
    return files.map((file) => ({ ...file, source: 'artifact' as const, allocation, rank }));
  });
  return (await Promise.all(found)).flat().filter(({ path }) => isUnder(path, under));
}

async function collectNow(
  { store, collector, readTasks }: ServerParts,
  { run, request }: StoredRun,
): Promise<void> {
  const file = readTasks(request.taskText, { file: 'task.yaml' });
  const { plan, baseDir } = request;
  const told = await collector.look({ run, plan, file, baseDir, now: await store.now() });
  if (told.length > 0) await store.append(run, 'engine', told);
}

async function listWork(
  parts: ServerParts,
  stored: StoredRun,
  under: string,
): Promise<readonly PulledFile[]> {
  const found = lastNodes(stored).map(async (node) => {
    const { files, ref } = filesOf(parts, stored, node);
    const entries = await files.list(ref, 'work', { under });
    const { allocation, rank } = node;
    return entries
      .filter((entry) => entry.kind === 'file')
      .map(({ path, size, modifiedAt }) => {
        const file = { path, size, modifiedAt, sha256: null };
        return { ...file, source: 'work' as const, allocation, rank };
      });
  });
  return (await Promise.all(found)).flat();
}

/** Of the last attempt of each allocation: the others' files are older. */
function lastNodes({ run, request }: StoredRun): readonly RunNode[] {
  return request.plan.allocations.flatMap((_, allocation) => {
    const last = lastAttempt(run, allocation);
    return last === undefined ? [] : nodesOf(run, last);
  });
}

type Read = (offset: number, maxBytes: number) => Promise<Uint8Array>;

function readerOf(
  parts: ServerParts,
  stored: StoredRun,
  { source: from, allocation, rank, path }: z.infer<typeof fileQuery>,
): Read {
  const node = lastNodes(stored).find((one) => one.allocation === allocation && one.rank === rank);
  if (node === undefined) {
    const where = `allocation ${allocation}, rank ${rank}`;
    throw new KedgeError('run.not-found', `${stored.run.runId} has no node at ${where}`);
  }
  const { tenantId, runId } = stored.run;
  if (from === 'artifact') {
    const key = { tenantId, runId, allocation, rank };
    return (offset, maxBytes) => parts.artifacts.read(key, path, { offset, maxBytes });
  }
  const { files, ref } = filesOf(parts, stored, node);
  return (offset, maxBytes) => files.read(ref, 'work', path, { offset, maxBytes });
}

function filesOf({ drivers }: ServerParts, { run, request }: StoredRun, node: RunNode) {
  const { provider } = lineOf(run, request.plan, node);
  return { files: driverOf(drivers, provider).files, ref: nodeRef(run, node) };
}
