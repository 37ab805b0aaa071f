import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Logger } from 'pino';
import { KedgeError } from '../base/errors.ts';
import { hoursLeftOf } from '../core/monitor/run-outlook.ts';
import { ArtifactCollector } from '../engine/collect-artifacts.ts';
import { type Engine, type EngineParts, startEngine } from '../engine/engine.ts';
import { Retuner } from '../engine/retuner.ts';
import { SpotKeeper } from '../engine/spot-keeper.ts';
import { NodeWatch } from '../engine/watch-nodes.ts';
import type { NodeRef } from '../ports/driver.ts';
import type { KeptSecrets } from '../ports/secrets.ts';
import { serverApp } from './app.ts';
import { frozenDriver } from './frozen-driver.ts';
import { maskedDriver } from './masked-driver.ts';
import type { ServerParts } from './server-parts.ts';
import { keepSweeping } from './sweep-bundles.ts';

export type ServeOptions = Omit<EngineParts, 'report'> &
  Pick<ServerParts, 'version' | 'bundles' | 'artifacts' | 'planner'> & {
    readonly secrets: KeptSecrets;
    /** 0 takes any free port. */
    readonly port: number;
    readonly tokenFile: string;
    /** Told to clients while the server runs: url, pid, version. */
    readonly serverFile: string;
    readonly stateDir: string;
    readonly log: Logger;
    /** Called when it listens. */
    readonly ready: () => void;
    /** Resolves when the process is asked to end. */
    readonly untilSignal: Promise<void>;
  };

/**
 * The local server: engine and HTTP API on a loopback port, until a signal or `server stop`.
 * Errors: `server.port-in-use`, `state.read-only`, `state.disk-full`.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { store, clock, log, version, secrets, bundles } = options;
  const drivers = new Map(
    [...options.drivers].map(
      ([name, driver]) => [name, maskedDriver(frozenDriver(driver, bundles), secrets)] as const,
    ),
  );
  await mkdir(options.stateDir, { recursive: true, mode: 0o700 });
  const token = await tokenOf(options.tokenFile);
  const report = ({ runId, error }: { runId: string | null; error: unknown }): void =>
    log.error({ run_id: runId, err: error }, 'looking at a run failed; it is tried again');
  const removed = ({ provider, ref }: { provider: string; ref: NodeRef }): void =>
    log.warn(
      { provider, run_id: ref.runId, token: ref.token },
      'removed an orphan: nobody needs it',
    );
  let engine: Engine | undefined;
  const stop = Promise.withResolvers<void>();
  const sweeping = new AbortController();
  let sweeper: Promise<void> | undefined;
  const reportSweep = (error: unknown): void =>
    log.error({ err: error }, 'sweeping secrets and bundles failed');
  const watch = new NodeWatch({ store, drivers });
  const { artifacts, readTasks } = options;
  const collector = new ArtifactCollector({ artifacts, drivers });
  const app = serverApp({
    store,
    drivers,
    secrets,
    bundles,
    artifacts,
    collector,
    readTasks,
    planner: options.planner,
    watch,
    clock,
    version,
    token,
    startedAt: clock.now(),
    nudge: () => engine?.nudge(),
    shutDown: stop.resolve,
    reportBug: (error) => log.error({ err: error }, 'a request failed by a bug'),
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  try {
    const port = await listen(server, options.port);
    const retuner = new Retuner(options.planner);
    const spot = new SpotKeeper({
      drivers,
      hoursLeft: async ({ run, now }) => hoursLeftOf(run, await store.readSamples(run), now),
    });
    const workers = { drivers, watch, collector, retuner, spot };
    engine = startEngine({ ...options, ...workers, report, removed });
    sweeper = keepSweeping(options, { until: sweeping.signal, report: reportSweep });
    const facts = { url: `http://127.0.0.1:${port}`, pid: process.pid, version };
    await writeFile({ file: options.serverFile, text: JSON.stringify(facts) });
    log.info(facts, 'listening');
    options.ready();
    await Promise.race([stop.promise, options.untilSignal]);
    log.info('stopping');
    await rm(options.serverFile, { force: true });
  } finally {
    sweeping.abort();
    await Promise.all([close(server), engine?.stop(), sweeper]);
    await store.close();
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen({ port, host: '127.0.0.1' });
  try {
    await once(server, 'listening');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new KedgeError('server.port-in-use', `port ${port} of 127.0.0.1 is in use`, {
      cause,
      hint: 'choose another with --port, or leave it out to take any free one',
    });
  }
  return (server.address() as AddressInfo).port;
}

/** Answers what is in hand, for a moment; then cuts what is still open. */
async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  const cut = setTimeout(() => server.closeAllConnections(), 500);
  await closed;
  clearTimeout(cut);
}

/** The token of this installation, made at the first start; only its owner may read it. */
async function tokenOf(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (/^[0-9a-f]{64}$/.test(kept.trim())) {
    await chmod(file, 0o600);
    return kept.trim();
  }
  const token = randomBytes(32).toString('hex');
  await writeFile({ file, text: `${token}\n` });
  return token;
}

/** All or nothing, by rename; mode 0600. */
async function writeFile({ file, text }: { file: string; text: string }): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
