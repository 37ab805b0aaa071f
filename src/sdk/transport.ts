import type { z } from 'zod';
import { type ErrorCode, isErrorCode, KedgeError } from '../base/errors.ts';
import { type Problem, VERSION_HEADER } from '../spec/api.ts';
import type { ExecCall } from '../spec/exec.ts';
import { fromWire, type Json } from '../spec/wire.ts';
import { execCommand, type StartedCommand } from './exec-command.ts';
import { sendBytes } from './send-bytes.ts';

/** Where a server listens, and the secret that it knows us by. */
export type ServerAddress = { readonly url: string; readonly token: string };

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

const TIMEOUT_MS = 30_000;

/** One request. */
export type Call = {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** Sent as they are, instead of a body. */
  readonly blob?: BlobBytes;
  readonly waitMs?: number;
};

export type Answer = { readonly response: Response; readonly bytes: Uint8Array };

/**
 * How requests go to a server and answers come back. Errors: what the server answers, with its
 * code; `server.not-running` when nothing answers at the address.
 */
export type Transport = {
  readonly call: (call: Call) => Promise<Answer>;
  /** What the body of the answer says, checked. */
  readonly ask: <Schema extends z.ZodType>(schema: Schema, call: Call) => Promise<z.output<Schema>>;
};

export function transport(address: ServerAddress, options: ClientOptions): Transport {
  const call = caller(address, options);
  const ask = async <Schema extends z.ZodType>(schema: Schema, asked: Call) =>
    schema.parse(fromWire(jsonOf(await call(asked)) as Json));
  return { call, ask };
}

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
      throw ownError(cause) ?? noServer(address, cause);
    }
    if (!answer.response.ok) throw errorOf(answer);
    return answer;
  };
}

/** A command beside a task, whose output comes as long as it runs. */
export async function startCommand(
  address: ServerAddress,
  options: ClientOptions & { readonly path: string; readonly command: ExecCall },
): Promise<StartedCommand> {
  const { path, command, version, signal } = options;
  const headers = { authorization: `Bearer ${address.token}`, [VERSION_HEADER]: version };
  try {
    const parts = { headers, call: command, signal, failure: errorOf };
    return await execCommand(address.url + path, parts);
  } catch (cause) {
    signal?.throwIfAborted();
    throw ownError(cause) ?? noServer(address, cause);
  }
}

function noServer(address: ServerAddress, cause: unknown): KedgeError {
  return new KedgeError('server.not-running', `no server answers at ${address.url}`, {
    cause,
    hint: 'start one with `kedge server start`',
  });
}

/** An error of ours that came up while a request was being sent, as of a file that changes. */
function ownError(cause: unknown): KedgeError | null {
  for (let error = cause; error instanceof Error; error = error.cause) {
    if (error instanceof KedgeError) return error;
  }
  return null;
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
