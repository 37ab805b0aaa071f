import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { decodeFrames, EXEC_SESSION_HEADER, type ExecCall } from '../spec/exec.ts';
import { toWire } from '../spec/wire.ts';

/** Output of a command as it comes, and once, last, its exit code. */
export type CommandOutput =
  | { readonly stream: 'stdout' | 'stderr'; readonly bytes: Uint8Array }
  | { readonly exitCode: number };

export type StartedCommand = {
  /** What the command is called while it runs. */
  readonly session: string;
  readonly output: AsyncIterable<CommandOutput>;
};

/** A status that is no success, with its body. */
export type RefusedAnswer = { readonly response: Response; readonly bytes: Uint8Array };

/**
 * Starts a command, and gives its output as it comes. Not by fetch, which gives up on an answer in
 * which nothing comes for five minutes (undici, bodyTimeout). `failure` makes the error of an
 * answer or of a problem among the frames; what the line itself meets with is thrown as it is.
 */
export async function execCommand(
  url: string,
  options: {
    readonly headers: Readonly<Record<string, string>>;
    readonly call: ExecCall;
    readonly signal: AbortSignal | undefined;
    readonly failure: (answer: RefusedAnswer) => Error;
  },
): Promise<StartedCommand> {
  const { call, signal, failure } = options;
  const open = url.startsWith('https:') ? overHttps : overHttp;
  const headers = { ...options.headers, 'content-type': 'application/json' };
  const body = JSON.stringify(toWire(call));
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = open(url, { method: 'POST', headers, ...(signal && { signal }) });
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
  const status = answer.statusCode ?? 500;
  if (status !== 200) {
    const bytes = Buffer.concat(await answer.toArray());
    throw failure({ response: new Response(bytes, { status }), bytes });
  }
  const session = String(answer.headers[EXEC_SESSION_HEADER] ?? '');
  return { session, output: outputOf(answer, failure) };
}

async function* outputOf(
  answer: AsyncIterable<Uint8Array>,
  failure: (answer: RefusedAnswer) => Error,
): AsyncGenerator<CommandOutput> {
  for await (const { kind, bytes } of decodeFrames(answer)) {
    if (kind === 'stdout' || kind === 'stderr') yield { stream: kind, bytes };
    else if (kind === 'problem') throw failure({ response: Response.error(), bytes });
    else yield { exitCode: (JSON.parse(new TextDecoder().decode(bytes)) as End).exit_code };
  }
}

type End = { readonly exit_code: number };
