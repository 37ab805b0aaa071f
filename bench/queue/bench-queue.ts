import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeId } from '../../src/base/ids.ts';
import { asEpochMs } from '../../src/base/time.ts';
import { HEAP } from '../../src/main.ts';
import { type Client, connect } from '../../src/sdk/client.ts';
import { homeOf } from '../../src/sdk/home.ts';
import type { ServerAddress } from '../../src/sdk/transport.ts';
import { type Figure, figureOf } from '../figure.ts';
import { median, percentile } from '../statistics.ts';
import type { Told } from './reader.ts';
import { launchRequest } from './task.ts';

const RUNS = Number(process.env['KEDGE_BENCH_RUNS'] ?? 10_000);
const CPUS = 250;
/** Drawn evenly: some four seconds each, so that the place alone would take 160 s for all. */
const LASTS_MS = { min: 1000, max: 7000 };
/** Requests that are under way at once, as of so many users. */
const USERS = 16;
const POLL_MS = 500;
const KIB_PER_MIB = 1024;
const MS_PER_S = 1000;
const P99 = 0.99;

/** Ten thousand runs in one line: what it takes to queue and to finish them, and how it feels. */
export async function benchQueue(machine: string): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'kedge-queue-'));
  const children: ChildProcess[] = [];
  try {
    return await measure(dir, { machine, children });
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function measure(
  dir: string,
  { machine, children }: { readonly machine: string; readonly children: ChildProcess[] },
): Promise<Figure[]> {
  const { server, address } = await startServer(dir, children);
  const client = connect(address, { version: 'bench' });
  const reader = startChild('reader.ts', [address.url, address.token], { children });
  const begun = performance.now();
  await launchAll(client, reader);
  const queued = performance.now();
  process.stderr.write(`${RUNS} queued in ${seconds(begun, queued)} s\n`);
  await untilEnded(client);
  const finished = performance.now();
  const told = once(reader, 'message') as Promise<[Told]>;
  reader.send('over');
  const [{ runs, show, why }] = await told;
  const p99 = (values: readonly number[]) => percentile(values, P99);
  return [
    figureOf('queue.queued', [seconds(begun, queued)], median, machine),
    figureOf('queue.finished', [seconds(begun, finished)], median, machine),
    figureOf('queue.rss', [peakMib(server)], median, machine),
    figureOf('queue.runs', runs, p99, machine),
    figureOf('queue.show', show, p99, machine),
    figureOf('queue.why', why, p99, machine),
  ];
}

async function startServer(dir: string, children: ChildProcess[]) {
  const env = { ...process.env, KEDGE_HOME: dir, DATABASE_URL: '' };
  const { serverFile, tokenFile } = homeOf(env);
  const server = startChild('server.ts', [String(CPUS)], { children, env, execArgv: HEAP });
  await once(server, 'message');
  const { url } = JSON.parse(readFileSync(serverFile, 'utf8')) as { url: string };
  const address: ServerAddress = { url, token: readFileSync(tokenFile, 'utf8').trim() };
  return { server, address };
}

function startChild(
  file: string,
  args: readonly string[],
  options: {
    readonly children: ChildProcess[];
    readonly env?: NodeJS.ProcessEnv;
    readonly execArgv?: readonly string[];
  },
): ChildProcess {
  const { children, env = process.env, execArgv = [] } = options;
  const child = fork(join(import.meta.dirname, file), args, { env, execArgv: [...execArgv] });
  children.push(child);
  return child;
}

async function launchAll(client: Client, reader: ChildProcess): Promise<void> {
  const request = await launchRequest();
  const ids: string[] = [];
  let left = RUNS;
  const user = async (): Promise<void> => {
    while (left-- > 0) {
      const runId = makeId('run', asEpochMs(Date.now()), Math.random);
      const lasts = LASTS_MS.min + Math.random() * (LASTS_MS.max - LASTS_MS.min);
      const envs = { SEED: String(left), LASTS_MS: lasts.toFixed(0) };
      await client.launch(runId, { ...request, envs });
      ids.push(runId);
      if (ids.length % 100 === 1) reader.send(ids);
    }
  };
  await Promise.all(Array.from({ length: USERS }, user));
}

async function untilEnded(client: Client): Promise<void> {
  for (;;) {
    const { activeRuns } = await client.health();
    if (activeRuns === 0) return;
    await delay(POLL_MS);
  }
}

/** The most that was resident at any moment; Linux alone tells. */
function peakMib({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / KIB_PER_MIB;
}

function seconds(from: number, to: number): number {
  return (to - from) / MS_PER_S;
}
