import { Hono } from 'hono';
import { KedgeError } from '../base/errors.ts';
import { driverOf } from '../engine/driver-of.ts';
import type { NodeRef } from '../ports/driver.ts';
import type { ExecPart } from '../ports/exec.ts';
import type { StoredRun } from '../ports/store.ts';
import {
  EXEC_SESSION_HEADER,
  type ExecCall,
  type ExecFrame,
  encodeFrame,
  execRequestSchema,
} from '../spec/exec.ts';
import { lineOf } from '../spec/place-of-attempt.ts';
import type { RunNode } from '../spec/run.ts';
import { fromWire } from '../spec/wire.ts';
import { ExecSessions } from './exec-sessions.ts';
import { problemOf } from './problem.ts';
import { redactAnswer } from './redact-answer.ts';
import { json, keyOf, parse } from './request.ts';
import type { ServerParts } from './server-parts.ts';

/**
 * `POST …/runs/{run}/exec`: runs a command beside a task, and answers with its output as it comes,
 * in frames (spec/exec.ts). Whoever hangs up ends it. `POST …/exec/{session}/stdin` takes bytes
 * for it, and answers when it has read them: no request is open as long as a terminal is.
 */
export function execRoutes(parts: ServerParts): Hono {
  const sessions = new ExecSessions();
  const app = new Hono();

  app.post('/:run/exec', async (context) => {
    const key = keyOf(context);
    const call = parse(execRequestSchema, fromWire(await json(context)));
    const stored = await parts.store.readRun(key);
    const node = runningNode(stored, call);
    const { allocation, attempt, rank, token } = node;
    const { provider } = lineOf(stored.run, stored.request.plan, node);
    const ref: NodeRef = { ...key, allocation, attempt, rank, token };
    const { session, stdin } = sessions.open();
    const over = new AbortController();
    context.req.raw.signal.addEventListener('abort', () => over.abort(), { once: true });
    const output = driverOf(parts.drivers, provider).exec(ref, {
      command: call.command,
      stdin: call.stdin ? stdin.read() : null,
      signal: over.signal,
    });
    const frames = framesOf(output, {
      failed: async (error) => {
        const shown = await redactAnswer(error, { context, secrets: parts.secrets });
        if (!(shown instanceof KedgeError)) parts.reportBug(error);
        return problemOf(shown);
      },
      done: () => {
        over.abort();
        sessions.close(session);
      },
    });
    return context.body(
      bodyOf(frames, () => over.abort()),
      200,
      {
        'content-type': 'application/octet-stream',
        [EXEC_SESSION_HEADER]: session,
      },
    );
  });

  app.post('/:run/exec/:session/stdin', async (context) => {
    const stdin = sessions.stdinOf(context.req.param('session'));
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    if (bytes.length > 0) await stdin.put(bytes);
    if (context.req.query('end') === 'true') stdin.end();
    return context.body(null, 204);
  });

  return app;
}

/** The newest node of that rank. Errors: `run.not-running`, `run.not-found`, `run.ambiguous`. */
function runningNode({ run, request }: StoredRun, { task, rank }: ExecCall): RunNode {
  const { runId, nodes } = run;
  const named = nodes.filter((node) => {
    return task === null || lineOf(run, request.plan, node).taskName === task;
  });
  if (task !== null && named.length === 0) {
    throw new KedgeError('run.not-found', `${runId} has no task ${task} that was started`);
  }
  const newest = Map.groupBy(
    named.filter((node) => node.rank === rank),
    ({ allocation }) => allocation,
  )
    .values()
    .map((all) => all.reduce((a, b) => (a.attempt > b.attempt ? a : b)))
    .toArray();
  if (newest.length === 0) throw noSuchRank(runId, { rank, nodes: named });
  const live = newest.filter(({ state }) => state !== 'ended' && state !== 'pending');
  if (live.length === 1) return live[0]!;
  if (live.length > 1) {
    const names = live.map((node) => lineOf(run, request.plan, node).taskName).join(', ');
    throw new KedgeError('run.ambiguous', `several tasks of ${runId} run: ${names}`, {
      hint: 'say which with --task',
    });
  }
  const last = newest.at(-1)!;
  const why = last.reason === null ? '' : ` (${last.reason})`;
  const state = last.state === 'ended' ? `has ended${why}` : 'has not started yet';
  throw new KedgeError('run.not-running', `node ${rank} of ${runId} ${state}`, {
    hint: 'see `kedge show`; what it has printed is in `kedge logs`',
  });
}

function noSuchRank(
  runId: string,
  { rank, nodes }: { readonly rank: number; readonly nodes: readonly RunNode[] },
): KedgeError {
  if (nodes.length === 0) {
    return new KedgeError('run.not-running', `${runId} has not started yet`, {
      hint: 'see `kedge why` for what it waits for',
    });
  }
  const ranks = Math.max(...nodes.map((node) => node.rank));
  const hint =
    ranks === 0 ? 'it runs on one node: leave --rank out' : `ranks go from 0 to ${ranks}`;
  return new KedgeError('run.not-found', `${runId} has no node of rank ${rank}`, { hint });
}

async function* framesOf(
  output: AsyncIterable<ExecPart>,
  told: {
    readonly failed: (error: unknown) => Promise<object>;
    readonly done: () => void;
  },
): AsyncGenerator<Uint8Array> {
  const jsonFrame = (kind: ExecFrame['kind'], value: object): Uint8Array =>
    encodeFrame({ kind, bytes: new TextEncoder().encode(JSON.stringify(value)) });
  try {
    for await (const part of output) {
      if ('exitCode' in part) yield jsonFrame('end', { exit_code: part.exitCode });
      else yield encodeFrame({ kind: part.stream, bytes: part.bytes });
    }
  } catch (error) {
    yield jsonFrame('problem', await told.failed(error));
  } finally {
    told.done();
  }
}

/** Not more of it in memory than is read: a frame at a time. */
function bodyOf(frames: AsyncGenerator<Uint8Array>, cancel: () => void): ReadableStream {
  return new ReadableStream(
    {
      pull: async (controller) => {
        const { value, done } = await frames.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        cancel();
        await frames.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}
