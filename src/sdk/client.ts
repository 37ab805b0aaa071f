import { Readable } from 'node:stream';
import { z } from 'zod';
import { DAY_MS } from '../base/time.ts';
import { type Advice, adviceSchema } from '../spec/advice.ts';
import {
  type Health,
  healthSchema,
  type LaunchRequest,
  LOG_ENDED_HEADER,
  type MoveAnswer,
  type MoveRequest,
  moveAnswerSchema,
  NEXT_OFFSET_HEADER,
} from '../spec/api.ts';
import { type Bill, billSchema } from '../spec/bill.ts';
import type { Bundle } from '../spec/bundle.ts';
import type { ExecCall } from '../spec/exec.ts';
import { type Plan, planSchema } from '../spec/plan.ts';
import {
  type Queue,
  type QueuePositions,
  queuePositionsSchema,
  queueSchema,
  type Why,
  whySchema,
} from '../spec/queue.ts';
import { DEFAULT_TENANT, type Run, runSchema } from '../spec/run.ts';
import { type NodeNow, type RunSamples, runSamplesSchema, topSchema } from '../spec/top.ts';
import { type Json, toWire } from '../spec/wire.ts';
import type { StartedCommand } from './exec-command.ts';
import { type FileCalls, fileCalls } from './file-calls.ts';
import {
  type Answer,
  type BlobBytes,
  type ClientOptions,
  type ServerAddress,
  startCommand,
  type Transport,
  transport,
} from './transport.ts';

export type LogPosition = {
  readonly allocation: number;
  readonly attempt: number;
  readonly rank: number;
  readonly offset: number;
};

export type LogPart = {
  readonly bytes: Uint8Array;
  readonly nextOffset: number;
  readonly ended: boolean;
};

export type Client = FileCalls & {
  health(): Promise<Health>;
  /** Asks the server to end; returns when it has accepted. */
  stopServer(): Promise<void>;
  /** Gives the names of the blobs that are missing; when there are none, the bundle is there. */
  putBundle(bundleId: string, bundle: Bundle): Promise<readonly string[]>;
  /** Sends the bytes of one file, under its `blobName`. An error of the reading is passed on. */
  putBlob(name: string, blob: BlobBytes): Promise<void>;
  /** The same id twice launches once. */
  launch(runId: string, request: LaunchRequest): Promise<Run>;
  runs(page: { readonly after: string | null; readonly limit: number }): Promise<readonly Run[]>;
  run(runId: string): Promise<{ readonly run: Run; readonly plan: Plan }>;
  stop(runId: string): Promise<Run>;
  /** Hauls what has not ended of a run to another place. Errors: `move.refused`. */
  move(runId: string, request: MoveRequest): Promise<MoveAnswer>;
  advice(runId: string): Promise<Advice>;
  bill(runId: string): Promise<Bill>;
  /** What the nodes of a run have used over their lives. */
  samples(runId: string): Promise<RunSamples>;
  /** What the nodes that live use now, of the newest runs first. */
  top(): Promise<readonly NodeNow[]>;
  /** What it waits for, with its place in the line and when it is expected to start. */
  queue(runId: string): Promise<Queue>;
  /** The places in line of the runs from one id to another, both included. */
  positions(range: { readonly from: string; readonly to: string }): Promise<QueuePositions>;
  why(runId: string): Promise<Why>;
  /** Events as the wire has them, oldest first, after a sequence number. */
  events(runId: string, after: number): Promise<readonly Json[]>;
  /** Starts a command beside a task. Errors: `run.not-running`, `run.ambiguous`. */
  exec(runId: string, call: ExecCall): Promise<StartedCommand>;
  /** Bytes for a command; resolves when it has read them. Null is their end. */
  execStdin(runId: string, session: string, bytes: Uint8Array | null): Promise<void>;
  /** Waits up to waitMs for more than nothing. */
  logs(runId: string, from: LogPosition, waitMs: number): Promise<LogPart>;
};

/** Of the slowest line on which sending is not given up. */
const BYTES_PER_MS_MIN = 100;

/**
 * The API of a Kedge server as functions. Errors: what the server answers, with its code; and
 * `server.not-running` when nothing answers at the address.
 */
export function connect(address: ServerAddress, options: ClientOptions): Client {
  const wire = transport(address, options);
  const tenant = `/v1/tenants/${options.tenantId ?? DEFAULT_TENANT}`;
  return {
    ...serverCalls(wire),
    ...bundleCalls(wire, `${tenant}/bundles`),
    ...tenantCalls(wire, tenant),
    ...runCalls(wire, `${tenant}/runs`),
    ...outputCalls(wire, `${tenant}/runs`),
    ...fileCalls(wire, `${tenant}/runs`),
    exec: (runId, command) =>
      startCommand(address, { ...options, path: `${tenant}/runs/${runId}/exec`, command }),
  };
}

function serverCalls({ call, ask }: Transport) {
  return {
    health: () => ask(healthSchema, { method: 'GET', path: '/v1/health' }),
    stopServer: async () => {
      await call({ method: 'POST', path: '/v1/server/stop' });
    },
  } satisfies Partial<Client>;
}

const missingSchema = z.object({ missing: z.array(z.string()) });

function bundleCalls({ call, ask }: Transport, path: string) {
  return {
    putBundle: async (bundleId: string, bundle: Bundle) => {
      const put = { method: 'PUT', path: `${path}/${bundleId}`, body: toWire(bundle) };
      return (await ask(missingSchema, put)).missing;
    },
    putBlob: async (name: string, { bytes, size }: BlobBytes) => {
      const waitMs = Math.min(DAY_MS, Math.ceil(size / BYTES_PER_MS_MIN));
      await call({ method: 'PUT', path: `${path}/blobs/${name}`, blob: { bytes, size }, waitMs });
    },
  } satisfies Partial<Client>;
}

const runsSchema = z.object({ runs: z.array(runSchema) });
const runAndPlanSchema = z.object({ run: runSchema, plan: planSchema });

/** What concerns all runs of a tenant. */
function tenantCalls({ ask }: Transport, tenant: string) {
  return {
    runs: async ({ after, limit }: Parameters<Client['runs']>[0]) => {
      const query = new URLSearchParams({ limit: String(limit), ...(after ? { after } : {}) });
      return (await ask(runsSchema, { method: 'GET', path: `${tenant}/runs?${query}` })).runs;
    },
    top: async () => (await ask(topSchema, { method: 'GET', path: `${tenant}/top` })).nodes,
    positions: (range: Parameters<Client['positions']>[0]) => {
      const path = `${tenant}/queue?${new URLSearchParams(range)}`;
      return ask(queuePositionsSchema, { method: 'GET', path });
    },
  } satisfies Partial<Client>;
}

/** What concerns one run. */
function runCalls({ call, ask }: Transport, runs: string) {
  const get = <Schema extends z.ZodType>(schema: Schema, path: string) =>
    ask(schema, { method: 'GET', path: `${runs}/${path}` });
  return {
    launch: (runId: string, request: LaunchRequest) =>
      ask(runSchema, { method: 'PUT', path: `${runs}/${runId}`, body: toWire(request) }),
    run: (runId: string) => get(runAndPlanSchema, runId),
    stop: (runId: string) => ask(runSchema, { method: 'POST', path: `${runs}/${runId}/stop` }),
    move: (runId: string, request: MoveRequest) => {
      const path = `${runs}/${runId}/moves`;
      return ask(moveAnswerSchema, { method: 'POST', path, body: toWire(request) });
    },
    advice: (runId: string) => get(adviceSchema, `${runId}/advice`),
    bill: (runId: string) => get(billSchema, `${runId}/bill`),
    samples: (runId: string) => get(runSamplesSchema, `${runId}/samples`),
    queue: (runId: string) => get(queueSchema, `${runId}/queue`),
    why: (runId: string) => get(whySchema, `${runId}/why`),
    events: async (runId: string, after: number) => {
      const path = `${runs}/${runId}/events?after=${after}`;
      const answer = await call({ method: 'GET', path });
      return rawEvents(answer);
    },
  } satisfies Partial<Client>;
}

/** What comes and goes as bytes. */
function outputCalls({ call }: Transport, runs: string) {
  return {
    logs: async (runId: string, from: LogPosition, waitMs: number) => {
      const query = new URLSearchParams({ wait_ms: String(waitMs) });
      for (const [key, value] of Object.entries(from)) query.set(key, String(value));
      const path = `${runs}/${runId}/logs?${query}`;
      return logPart(await call({ method: 'GET', path, waitMs }));
    },
    execStdin: async (runId: string, session: string, bytes: Uint8Array | null) => {
      const end = bytes === null ? '?end=true' : '';
      const path = `${runs}/${runId}/exec/${session}/stdin${end}`;
      const blob = {
        bytes: Readable.from(bytes === null ? [] : [bytes]),
        size: bytes?.length ?? 0,
      };
      await call({ method: 'POST', path, blob, waitMs: DAY_MS });
    },
  } satisfies Partial<Client>;
}

function logPart({ response, bytes }: Answer): LogPart {
  return {
    bytes,
    nextOffset: Number(response.headers.get(NEXT_OFFSET_HEADER)),
    ended: response.headers.get(LOG_ENDED_HEADER) === 'true',
  };
}

/** As the wire has them: later versions may have events that this one does not know. */
function rawEvents({ bytes }: Answer): readonly Json[] {
  return (JSON.parse(new TextDecoder().decode(bytes)) as { readonly events: Json[] }).events;
}
