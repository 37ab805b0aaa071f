import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { systemClock } from './adapters/clock/system-clock.ts';
import { fileError } from './adapters/files/file-error.ts';
import { isErrorCode, KedgeError } from './base/errors.ts';
import type { Context, Io, Wiring } from './cli/context.ts';
import { runProgram } from './cli/program.ts';
import type { Driver } from './ports/driver.ts';
import type { Store } from './ports/store.ts';
import { type Home, homeOf } from './sdk/home.ts';

/** It checks its database first, which takes longer the larger it is. */
const START_MS_MAX = 60_000;
/** Larger, it is put aside at the next start. */
const LOG_BYTES_MAX = 10 * 1024 * 1024;

/**
 * A server collects early and often what it is done with: one that sends a log of 1 GB grows by
 * 32 MiB, without this by 58 to 69 (measured, Node 24). Source: node --v8-options.
 */
export const HEAP = ['--max-semi-space-size=4'];

/** What a server process tells the command that started it. */
type FromServer =
  | { readonly ready: true }
  | { readonly code: string; readonly message: string; readonly hint?: string };

/**
 * The only place where adapters meet ports: runs one command line of this process. Each adapter
 * is loaded when a command asks for it.
 */
export async function main(options: {
  readonly version: string;
  readonly bin: string;
}): Promise<void> {
  // For the patterns of task files, which must not hang whoever matches them (fault 42).
  setFlagsFromString('--enable-experimental-regexp-engine');
  const home = homeOf(process.env);
  const interrupt = new AbortController();
  const context: Context = {
    io: terminal(),
    env: process.env,
    cwd: process.cwd(),
    home,
    version: options.version,
    wiring: wire(home, options),
    interrupt: interrupt.signal,
    exit: { code: 0 },
  };
  let interrupts = 0;
  process.on('SIGINT', () => {
    // A second one does not wait for what the first has asked for.
    if (++interrupts > 1) process.exit(130);
    interrupt.abort();
  });
  process.stdout.on('error', endOfPipe);
  // Who does not listen to the errors may still want the data and the exit code.
  process.stderr.on('error', () => {});
  process.exitCode = await runProgram(process.argv.slice(2), context);
  // Timers and sockets of a worker or of keep-alive must not hold back the shell.
  await flushed();
  process.exit();
}

function wire(home: Home, options: { readonly version: string; readonly bin: string }): Wiring {
  return {
    feeds: async () => {
      const { bundledFeed } = await import('./adapters/feeds/bundled-feed.ts');
      return [bundledFeed()];
    },
    drivers: () => driversOf(home),
    models: async (baseDir) => {
      const { modelsFrom } = await import('./adapters/models/models-from.ts');
      return modelsFrom(baseDir, process.env);
    },
    solver: async () => {
      const { highsSolver } = await import('./adapters/solvers/highs-solver.ts');
      return highsSolver();
    },
    islands: async () => {
      const { workerPool } = await import('./adapters/pool/worker-pool.ts');
      return workerPool({ module: coreModule('genetic/island'), name: 'runIsland' });
    },
    trees: async () => {
      const { workerPool } = await import('./adapters/pool/worker-pool.ts');
      return workerPool({ module: coreModule('cover/choice/choose-by-tree'), name: 'searchTree' });
    },
    serve: async (serving) =>
      tellingWhy(home, async () => runServer(home, options.version, serving)),
    spawnServer: async (asked) => spawnServer(home, options.bin, asked),
  };
}

/** Beside this file, in the sources and in the build. */
function coreModule(path: string): URL {
  return new URL(`./core/optimize/${path}${extname(import.meta.url)}`, import.meta.url);
}

async function driversOf(home: Home): Promise<readonly Driver[]> {
  const [{ localDriver }, { dockerDriver }, { readConfig }] = await Promise.all([
    import('./adapters/drivers/local/local-driver.ts'),
    import('./adapters/drivers/docker/docker-driver.ts'),
    import('./app/config.ts'),
  ]);
  const { local } = await readConfig(home.configDir);
  const { usdPerHour, electricityUsdPerKwh, ...bounds } = local;
  const { dataDir } = home;
  const machine = { dataDir, clock: systemClock(), usdPerHour, electricityUsdPerKwh, bounds };
  return [localDriver({ ...machine, nodeBin: process.execPath }), dockerDriver(machine)];
}

async function runServer(
  home: Home,
  version: string,
  { port, ready }: { readonly port: number; readonly ready: () => void },
): Promise<void> {
  const { serve } = await import('./server/serve.ts');
  const { pino } = await import('pino');
  await serve({
    ...(await serverParts(home)),
    version,
    port,
    ...home,
    log: pino({ base: null }, logDestination(pino)),
    untilSignal: untilSignal(),
    ready: () => {
      ready();
      tellParent({ ready: true });
    },
  });
}

/** The adapters under a server of this home. The test that kills servers puts its own between. */
export async function serverParts(home: Home) {
  const { fileSecrets } = await import('./adapters/secrets/file-secrets.ts');
  const { fileArtifacts } = await import('./adapters/artifacts/file-artifacts.ts');
  const { fileBundles } = await import('./adapters/bundles/file-bundles.ts');
  const { readTasks } = await import('./spec/read-tasks.ts');
  const { planner } = await import('./app/replan.ts');
  const { gatherOffers } = await import('./app/gather-offers.ts');
  const clock = systemClock();
  const store = await openStore(home);
  const drivers = await driversOf(home);
  return {
    store,
    drivers: new Map(drivers.map((driver) => [driver.name, driver])),
    secrets: fileSecrets(`${home.dataDir}/secrets`),
    bundles: fileBundles({ dir: `${home.dataDir}/bundles`, clock }),
    artifacts: fileArtifacts({ dir: `${home.dataDir}/artifacts` }),
    readTasks,
    planner: planner({ offers: () => gatherOffers({ feeds: [], drivers }), readTasks, clock }),
    clock,
  };
}

/** A team's database where `DATABASE_URL` names one, else the file of this installation. */
async function openStore(home: Home): Promise<Store> {
  const { foldRun: fold } = await import('./core/monitor/fold-run.ts');
  const random = Math.random;
  const url = process.env['DATABASE_URL'];
  if (url !== undefined && url !== '') {
    const { openPostgresStore } = await import('./adapters/stores/postgres/postgres-store.ts');
    return openPostgresStore({ url, random, fold });
  }
  const { openSqliteStore } = await import('./adapters/stores/sqlite/sqlite-store.ts');
  const { steadyTime } = await import('./adapters/clock/steady-time.ts');
  return openSqliteStore({ file: home.databaseFile, ...steadyTime(), random, fold });
}

/** On a full disk the log loses lines, and the server goes on. */
function logDestination({ destination }: typeof import('pino').pino) {
  const stream = destination({ dest: 2, sync: true });
  stream.on('error', () => {});
  return stream;
}

/** The server in a session of its own, its log in the state folder; ready when it says so. */
async function spawnServer(
  home: Home,
  bin: string,
  { port, env }: Parameters<Wiring['spawnServer']>[0],
): Promise<void> {
  const log = openLog(home);
  const args = [...HEAP, bin, 'server', 'start', '--foreground', '--port', String(port)];
  const child = spawn(process.execPath, args, {
    detached: true,
    env,
    stdio: ['ignore', log, log, 'ipc'],
    cwd: dirname(home.serverLogFile),
  });
  closeSync(log);
  const told = await new Promise<FromServer>((resolve) => {
    child.once('message', (message) => resolve(message as FromServer));
    child.once('error', (error) =>
      resolve({ code: 'server.start-failed', message: error.message }),
    );
    child.once('exit', () =>
      resolve({ code: 'server.start-failed', message: 'the server ended while it started' }),
    );
    const late = { code: 'server.start-failed', message: 'the server takes too long to start' };
    setTimeout(() => resolve(late), START_MS_MAX).unref();
  });
  child.disconnect?.();
  child.unref();
  if ('ready' in told) return;
  throw new KedgeError(isErrorCode(told.code) ? told.code : 'server.start-failed', told.message, {
    hint: told.hint ?? `see ${home.serverLogFile}`,
  });
}

function openLog(home: Home): number {
  try {
    mkdirSync(home.stateDir, { recursive: true, mode: 0o700 });
    const size = statSync(home.serverLogFile, { throwIfNoEntry: false })?.size ?? 0;
    if (size > LOG_BYTES_MAX) renameSync(home.serverLogFile, `${home.serverLogFile}.old`);
    return openSync(home.serverLogFile, 'a', 0o600);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const full = code === 'ENOSPC';
    const message = `cannot write to ${home.stateDir}: ${code}`;
    throw new KedgeError(full ? 'state.disk-full' : 'state.read-only', message, {
      cause,
      hint: full ? 'free some space' : 'set KEDGE_HOME to a folder that you may write to',
    });
  }
}

/** A server that fails to start says why to the command that started it, in its own words. */
async function tellingWhy(home: Home, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const told = fileError(error, home.stateDir);
    if (told instanceof KedgeError) {
      const { code, message, hint } = told;
      tellParent({ code, message, ...(hint === undefined ? {} : { hint }) });
    }
    throw told;
  }
}

function tellParent(message: FromServer): void {
  if (process.connected) process.send?.(message, () => process.disconnect?.());
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
      process.on(signal, () => resolve());
  });
}

function terminal(): Io {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    inIsTerminal: process.stdin.isTTY === true,
    columns: process.stdout.columns ?? 80,
  };
}

/** A reader that has seen enough (`| head`) is no failure. */
function endOfPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

async function flushed(): Promise<void> {
  const streams = [process.stdout, process.stderr].filter((stream) => stream.writableLength > 0);
  await Promise.all(
    streams.map(
      (stream) =>
        new Promise<void>((resolve) => {
          stream.write('', () => resolve());
        }),
    ),
  );
}
