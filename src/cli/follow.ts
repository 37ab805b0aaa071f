import { setTimeout as delay } from 'node:timers/promises';
import { KedgeError } from '../base/errors.ts';
import { SECOND_MS } from '../base/time.ts';
import type { Client } from '../sdk/client.ts';
import type { Plan } from '../spec/plan.ts';
import type { Run, RunNode } from '../spec/run.ts';
import type { Context } from './context.ts';
import { LineLabels } from './line-labels.ts';
import { isGone, needServer } from './local-server.ts';
import { EVERY_NODE, isWanted, type LogFilter, requireSome } from './log-filter.ts';
import { StatusLine } from './status-line.ts';
import { troubleTeller } from './trouble-teller.ts';

/** Kedge's own failure while it follows a run, as `docker run` tells its own from the command's. */
export const FOLLOW_FAILED = 125;
export const INTERRUPTED = 130;

const WAIT_MS = 1000;
const RECONNECTS_MAX = 20;
const PAUSE_MS = 100;
/** What is quicker need not be told. */
const SLOW_MS = 1500;
/** The end of an id is random, and so tells runs apart; its beginning is the time. */
const SHORT_ID = 8;

type Seen = { readonly run: Run; readonly plan: Plan };

/**
 * Prints the output of a run's nodes as it comes, until the run ends; returns the ended run. A
 * server that dies meanwhile is started again: offsets make that no byte is lost or repeated.
 */
export async function followRun(
  context: Context,
  runId: string,
  filter: LogFilter = EVERY_NODE,
): Promise<Run> {
  const status = new StatusLine(context.io);
  const printer = logPrinter(context, status, filter);
  const tell = stateTeller(context, status);
  const tellTrouble = troubleTeller(context, status);
  const patience = new Patience(context);
  let client = await needServer(context);
  let failures = 0;
  for (;;) {
    context.interrupt.throwIfAborted();
    try {
      const seen = await client.run(runId);
      tell(seen.run);
      tellTrouble(seen.run);
      const waited = await printer.drain(client, seen);
      failures = 0;
      if (seen.run.state === 'ended') return seen.run;
      if (!waited) await delay(PAUSE_MS);
    } catch (error) {
      status.clear();
      context.interrupt.throwIfAborted();
      if (isGone(error) && ++failures <= RECONNECTS_MAX) client = await needServer(context);
      else if (isLater(error)) await patience.wait(error);
      else throw error;
    }
  }
}

/** What the server cannot do now and may later, as reading a database that is away. */
function isLater(error: unknown): error is KedgeError {
  return error instanceof KedgeError && error.retry === 'later' && !isGone(error);
}

/** Says once why nothing comes, and asks again: the run goes on, and so do we. */
class Patience {
  readonly #context: Context;
  #told: string | null = null;

  constructor(context: Context) {
    this.#context = context;
  }

  async wait({ message, code }: KedgeError): Promise<void> {
    const { io, interrupt } = this.#context;
    if (code !== this.#told) io.err(`kedge: waiting: ${message}\n`);
    this.#told = code;
    await delay(WAIT_MS, undefined, { signal: interrupt }).catch(() => undefined);
  }
}

/** Prints all output that there is now. */
export async function printLogs(
  context: Context,
  { client, runId, filter }: { client: Client; runId: string; filter: LogFilter },
): Promise<void> {
  const { run, plan } = await client.run(runId);
  await logPrinter(context, new StatusLine(context.io), filter).drain(client, {
    run: { ...run, state: 'ended' },
    plan,
  });
}

/** After an interrupt: the run is not ours to end, and here is how to find it again. */
export function tellLetGo({ io }: Context, runId: string): void {
  const short = runId.slice(-SHORT_ID);
  io.err(`\nkedge: the run goes on; follow it with \`kedge logs -f ${short}\`,\n`);
  io.err(`       end it with \`kedge stop ${short}\`\n`);
}

/** Says on stderr why a run does not go on, once for each reason, and how long it takes. */
function stateTeller({ io }: Context, status: StatusLine): (run: Run) => void {
  const since = performance.now();
  let told: string | null = null;
  return ({ state, reason }) => {
    const waitedMs = performance.now() - since;
    if (state === 'running' || state === 'ended') status.clear();
    if (state === 'queued' && reason !== null && reason !== told) {
      status.clear();
      io.err(`kedge: ${reason.startsWith('waits') ? 'it ' : 'waiting: '}${reason}\n`);
      told = reason;
    }
    const isSlow = waitedMs > SLOW_MS && state !== 'running' && state !== 'ended';
    if (isSlow) status.show(`kedge: ${state}, ${Math.floor(waitedMs / SECOND_MS)}s`);
  };
}

type Position = { offset: number; ended: boolean; readonly labels: LineLabels | null };

/** Remembers how far each node's output has been printed. */
function logPrinter({ io }: Context, status: StatusLine, filter: LogFilter) {
  const positions = new Map<string, Position>();
  const write = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    status.clear();
    io.out(bytes);
  };

  const drainNode = async (client: Client, seen: Seen, node: RunNode, waitMs: number) => {
    const { allocation, attempt, rank } = node;
    const key = `${allocation}/${attempt}/${rank}`;
    const at = positions.get(key) ?? {
      offset: 0,
      ended: false,
      labels: labelsOf(seen.plan, node, filter),
    };
    positions.set(key, at);
    if (at.ended || node.state === 'pending') return false;
    for (;;) {
      const from = { allocation, attempt, rank, offset: at.offset };
      const part = await client.logs(seen.run.runId, from, waitMs);
      write(at.labels === null ? part.bytes : at.labels.push(part.bytes));
      at.offset = part.nextOffset;
      at.ended = part.ended;
      if (!part.ended && part.bytes.length > 0) continue;
      if (at.labels !== null && (part.ended || seen.run.state === 'ended')) write(at.labels.end());
      return waitMs > 0;
    }
  };

  return {
    /** True when it has waited for news, so that the caller need not. */
    drain: async (client: Client, seen: Seen): Promise<boolean> => {
      const { run } = seen;
      requireSome(seen.plan, filter);
      const nodes = run.nodes.filter((node) => isWanted(seen.plan, node, filter));
      const live = nodes.filter((node) => node.state !== 'ended');
      const waitMs = run.state !== 'ended' && live.length === 1 ? WAIT_MS : 0;
      let waited = false;
      for (const node of nodes) {
        waited = (await drainNode(client, seen, node, waitMs)) || waited;
      }
      return waited;
    },
  };
}

/** The task's name in a pipeline, the rank in a gang; none of what was asked for by name. */
function labelsOf(
  { allocations }: Plan,
  { allocation, rank }: RunNode,
  filter: LogFilter,
): LineLabels | null {
  const line = allocations[allocation];
  const isNamed = allocations.length > 1 && filter.task === null;
  const isRanked = line !== undefined && line.count > 1 && filter.rank === null;
  const name = isNamed ? (line?.taskName ?? String(allocation)) : '';
  const words = [name, isRanked ? String(rank) : ''].filter(Boolean);
  return words.length === 0 ? null : new LineLabels(`(${words.join(' ')}) `);
}

/** What the shell should see of a followed run that has ended. */
export function exitCodeOf(run: Run): number {
  switch (run.outcome) {
    case 'succeeded':
      return 0;
    case 'task-failed':
      return run.exitCode === null || run.exitCode === 0 ? 1 : run.exitCode;
    case 'cancelled':
      // Stopped by its budget, it did not do what was asked of it.
      return run.stopReason === null ? INTERRUPTED : 1;
    default:
      return FOLLOW_FAILED;
  }
}
