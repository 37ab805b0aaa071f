import { type ErrorCode, isErrorCode, KedgeError } from '../base/errors.ts';
import { DAY_MS } from '../base/time.ts';
import {
  type Health,
  healthSchema,
  type LaunchRequest,
  LOG_ENDED_HEADER,
  NEXT_OFFSET_HEADER,
  type Problem,
  VERSION_HEADER,
} from '../spec/api.ts';
import { type Bill, billSchema } from '../spec/bill.ts';
import type { Bundle } from '../spec/bundle.ts';
import { type Plan, planSchema } from '../spec/plan.ts';
import { DEFAULT_TENANT, type Run, runSchema } from '../spec/run.ts';
import { fromWire, type Json, toWire } from '../spec/wire.ts';
import { sendBytes } from './send-bytes.ts';

/** Where a server listens, and the secret that it knows us by. */
export type ServerAddress = { readonly url: string; readonly token: string };

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

export type BlobBytes = {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly size: number;
};

export type ClientOptions = {
  readonly tenantId?: string;
  /** Of this side; told to the server. */
  readonly version: string;
  /** For one request, on top of what it waits for news. */
  readonly timeoutMs?: number;
  /** Ends what is under way; the call then fails with the reason of the signal. */
  readonly signal?: AbortSignal;
};

export type Client = {
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
  bill(runId: string): Promise<Bill>;
  /** Events as the wire has them, oldest first, after a sequence number. */
  events(runId: string, after: number): Promise<readonly Json[]>;
  /** Waits up to waitMs for more than nothing. */
  logs(runId: string, from: LogPosition, waitMs: number): Promise<LogPart>;
};

const TIMEOUT_MS = 30_000;
/** Of the slowest line on which sending is not given up. */
const BYTES_PER_MS_MIN = 100;

/**
 * The API of a Kedge server as functions. Errors: what the server answers, with its code; and
 * `server.not-running` when nothing answers at the address.
 */
export function connect(address: ServerAddress, options: ClientOptions): Client {
  const tenantPath = `/v1/tenants/${options.tenantId ?? DEFAULT_TENANT}`;
  const runsPath = `${tenantPath}/runs`;
  const call = caller(address, options);
  const json = async (method: string, path: string, body?: unknown): Promise<unknown> =>
    jsonOf(await call({ method, path, body }));
  return {
    health: async () => healthSchema.parse(fromWire(await json('GET', '/v1/health'))),
    stopServer: async () => {
      await json('POST', '/v1/server/stop');
    },
    putBundle: async (bundleId, bundle) => {
      const answer = await json('PUT', `${tenantPath}/bundles/${bundleId}`, toWire(bundle));
      return (answer as { missing: string[] }).missing;
    },
    putBlob: async (name, { bytes, size }) => {
      const path = `${tenantPath}/bundles/blobs/${name}`;
      const waitMs = Math.min(DAY_MS, Math.ceil(size / BYTES_PER_MS_MIN));
      await call({ method: 'PUT', path, blob: { bytes, size }, waitMs });
    },
    launch: async (runId, request) =>
      runSchema.parse(fromWire(await json('PUT', `${runsPath}/${runId}`, toWire(request)))),
    runs: async ({ after, limit }) => {
      const query = new URLSearchParams({ limit: String(limit), ...(after ? { after } : {}) });
      const { runs } = (await json('GET', `${runsPath}?${query}`)) as { runs: unknown[] };
      return runs.map((run) => runSchema.parse(fromWire(run)));
    },
    run: async (runId) => {
      const { run, plan } = (await json('GET', `${runsPath}/${runId}`)) as Record<string, unknown>;
      return { run: runSchema.parse(fromWire(run)), plan: planSchema.parse(fromWire(plan)) };
    },
    stop: async (runId) =>
      runSchema.parse(fromWire(await json('POST', `${runsPath}/${runId}/stop`))),
    bill: async (runId) =>
      billSchema.parse(fromWire(await json('GET', `${runsPath}/${runId}/bill`))),
    events: async (runId, after) => {
      const answer = await json('GET', `${runsPath}/${runId}/events?after=${after}`);
      return (answer as { events: Json[] }).events;
    },
    logs: async (runId, from, waitMs) => {
      const query = new URLSearchParams({ wait_ms: String(waitMs) });
      for (const [key, value] of Object.entries(from)) query.set(key, String(value));
      return logPart(
        await call({ method: 'GET', path: `${runsPath}/${runId}/logs?${query}`, waitMs }),
      );
    },
  };
}

type Call = {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Sent as they are, instead of a body. */
  readonly blob?: BlobBytes;
  readonly waitMs?: number;
};

type Answer = { readonly response: Response; readonly bytes: Uint8Array };

function caller(address: ServerAddress, options: ClientOptions) {
  return async ({ method, path, body, blob, waitMs = 0 }: Call): Promise<Answer> => {
    const headers: Record<string, string> = {
      authorization: `Bearer ${address.token}`,
      [VERSION_HEADER]: options.version,
    };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const timeout = AbortSignal.timeout((options.timeoutMs ?? TIMEOUT_MS) + waitMs);
    const signal = AbortSignal.any([timeout, ...(options.signal ? [options.signal] : [])]);
    const text = body === undefined ? null : JSON.stringify(body);
    let answer: Answer;
    try {
      const url = address.url + path;
      const response = await (blob === undefined
        ? fetch(url, { method, headers, signal, body: text })
        : sendBytes(url, { method, headers, signal, ...blob }));
      // Read here: a server may also die in the middle of its answer.
      const bytes = new Uint8Array(await response.arrayBuffer());
      answer = { response, bytes };
    } catch (cause) {
      options.signal?.throwIfAborted();
      throw (
        ownError(cause) ??
        new KedgeError('server.not-running', `no server answers at ${address.url}`, {
          cause,
          hint: 'start one with `kedge server start`',
        })
      );
    }
    if (!answer.response.ok) throw errorOf(answer);
    return answer;
  };
}

/** An error of ours that came up while a request was being sent, as of a file that changes. */
function ownError(cause: unknown): KedgeError | null {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if (error instanceof KedgeError) return error;
  }
  return null;
}

function logPart({ response, bytes }: Answer): LogPart {
  return {
    bytes,
    nextOffset: Number(response.headers.get(NEXT_OFFSET_HEADER)),
    ended: response.headers.get(LOG_ENDED_HEADER) === 'true',
  };
}

function jsonOf({ bytes }: Pick<Answer, 'bytes'>): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** The server's problem as the error it was; a code that this version lacks keeps its words. */
function errorOf({ response, bytes }: Answer): KedgeError {
  let problem: Partial<Problem> = {};
  try {
    problem = jsonOf({ bytes }) as Partial<Problem>;
  } catch {
    // Not ours: a proxy's page, say. The status has to do.
  }
  const code: ErrorCode = isErrorCode(problem.code) ? problem.code : 'server.failed';
  const message = problem.detail ?? `the server answered ${response.status}`;
  const hint = problem.hint ?? (code === 'server.failed' ? 'see the server log' : undefined);
  return new KedgeError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(problem.details === undefined ? {} : { details: problem.details }),
  });
}
