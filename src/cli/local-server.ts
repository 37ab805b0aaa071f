import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { KedgeError } from '../base/errors.ts';
import { type Client, connect } from '../sdk/client.ts';
import type { Health } from '../spec/api.ts';
import type { Context } from './context.ts';

const PROBE_TIMEOUT_MS = 3000;
const POLL_MS = 50;
/** For a server that is starting or stopping beside us. */
const WAIT_MS_MAX = 15_000;
/** For one that another command has started to say where it listens. */
const ANSWER_MS_MAX = 1000;
const STARTS_MAX = 3;
const CALLS_MAX = 10;

export type FoundServer = {
  readonly client: Client;
  readonly health: Health;
  readonly url: string;
};

/**
 * Asks the server of this installation, started where none answers. One that dies meanwhile is
 * started again and asked again: everything that the API does may be asked for twice.
 */
export async function callServer<Result>(
  context: Context,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  for (let calls = 1; ; calls++) {
    const client = await needServer(context);
    try {
      return await work(client);
    } catch (error) {
      context.interrupt.throwIfAborted();
      if (!isGone(error) || calls === CALLS_MAX) throw error;
    }
  }
}

/** True for the error of a server that does not answer. */
export function isGone(error: unknown): boolean {
  return error instanceof KedgeError && error.code === 'server.not-running';
}

/** The server of this installation, started in the background when none answers. */
export async function needServer(context: Context): Promise<Client> {
  const found = await findServer(context);
  if (found === null) return start(context);
  if (found.health.version === context.version) return found.client;
  if (found.health.activeRuns > 0) {
    const { version } = found.health;
    context.io.err(`kedge: the server is version ${version} and busy; it is replaced when idle\n`);
    return found.client;
  }
  await endServer(found);
  return start(context);
}

/** The server of this installation if it answers, else null. Errors: `auth.denied`. */
export async function findServer(context: Context): Promise<FoundServer | null> {
  const address = await addressOf(context);
  if (address === null) return null;
  const { version, interrupt } = context;
  try {
    const probe = connect(address, { version, timeoutMs: PROBE_TIMEOUT_MS });
    const health = await probe.health();
    // Something else may have taken the port of a server that has died.
    if (health.pid !== address.pid) return null;
    return { client: connect(address, { version, signal: interrupt }), health, url: address.url };
  } catch (error) {
    if (error instanceof KedgeError && error.code === 'auth.denied') throw denied(context, address);
    return null;
  }
}

/** Asks a server to end, and waits until its process is gone. Errors: `server.failed`. */
export async function endServer({ client, health }: FoundServer): Promise<void> {
  await client.stopServer();
  const isEnded = await within(WAIT_MS_MAX, async () => !isAlive(health.pid));
  if (isEnded) return;
  throw new KedgeError('server.failed', `the server, pid ${health.pid}, does not end`, {
    hint: `end it by force: kill -9 ${health.pid}; no run is lost by that`,
  });
}

/**
 * Of several commands that start a server at the same moment one wins, and serves them all. One
 * that is about to end still holds the data: then the next try wins.
 */
async function start(context: Context): Promise<Client> {
  const until = Date.now() + WAIT_MS_MAX;
  let refusal: KedgeError | undefined;
  for (let tries = 1; tries <= STARTS_MAX || isTaken(refusal); tries++) {
    context.interrupt.throwIfAborted();
    refusal = await trySpawn(context);
    let found: FoundServer | null = null;
    await within(refusal === undefined || isTaken(refusal) ? ANSWER_MS_MAX : 0, async () => {
      found = await findServer(context);
      return found !== null;
    });
    if (found !== null) return (found as FoundServer).client;
    if (Date.now() > until) break;
  }
  if (refusal !== undefined && !isTaken(refusal)) throw refusal;
  throw new KedgeError('server.start-failed', 'a server runs, and does not answer', {
    cause: refusal,
    hint: `see ${context.home.serverLogFile}`,
  });
}

/** Why no server was started, where another try may help. */
async function trySpawn(context: Context): Promise<KedgeError | undefined> {
  try {
    await context.wiring.spawnServer({ port: 0, env: context.env });
    return undefined;
  } catch (error) {
    const mayRetry = error instanceof KedgeError && (isTaken(error) || isStartFailed(error));
    if (mayRetry) return error;
    throw error;
  }
}

function isTaken(error: KedgeError | undefined): boolean {
  return error?.code === 'server.already-running';
}

/** As when it was killed before it could say anything. */
function isStartFailed({ code }: KedgeError): boolean {
  return code === 'server.start-failed';
}

type Address = { readonly url: string; readonly pid: number; readonly token: string };

/**
 * What the running server has written down. That of one that has died is nothing: whoever listens
 * at its port by now must not be told our token.
 */
async function addressOf({ home }: Context): Promise<Address | null> {
  try {
    const told = JSON.parse(await readFile(home.serverFile, 'utf8')) as Omit<Address, 'token'>;
    if (!isAlive(told.pid)) return null;
    const token = await readFile(home.tokenFile, 'utf8').catch(() => '');
    return { url: told.url, pid: told.pid, token: token.trim() };
  } catch {
    return null;
  }
}

function denied({ home }: Context, { pid }: Address): KedgeError {
  return new KedgeError('auth.denied', `the server does not know the token in ${home.tokenFile}`, {
    hint: `end the server, and the next one takes what is there: kill ${pid}; no run is lost`,
  });
}

/**
 * True while that process is a server of ours. Where /proc tells, one that has only taken the pid
 * is told apart by its command line, which a zombie has none of.
 */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (!existsSync('/proc/self/cmdline')) return true;
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('\0server\0start\0');
  } catch {
    return false;
  }
}

/** True as soon as it is so; false when it is not after so long. */
async function within(ms: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const until = Date.now() + ms;
  for (;;) {
    if (await isSo()) return true;
    if (Date.now() >= until) return false;
    await delay(POLL_MS);
  }
}
