import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KedgeError } from '../../src/base/errors.ts';
import { type Client, connect } from '../../src/sdk/client.ts';
import { type Home, homeOf } from '../../src/sdk/home.ts';
import { KedgeHome, kill } from '../io/kedge-home.ts';
import { type KillOrder, READY } from './kill-point.ts';

export type ServerEnd = {
  /** What ended it; null when it ended by itself. */
  readonly signal: string | null;
  /** What it has said on stdout. */
  readonly words: string;
};

const SERVER = join(import.meta.dirname, 'server.ts');
const BOOT_MS_FIRST = 400;
const RETRY_MS = 20;
/** No chain of kills keeps a server from answering for so long. */
const ANSWER_MS_MAX = 120_000;

/** One installation in a folder of its own, whose server is killed again and again. */
export class Installation {
  readonly #folder = new KedgeHome();
  readonly dir = this.#folder.dir;
  readonly home: Home;
  readonly providerSocket = join(this.dir, 'provider.sock');
  readonly #env: NodeJS.ProcessEnv;
  readonly #log: number;
  #server: ChildProcess | undefined;
  #bootMs = BOOT_MS_FIRST;
  #isClosed = false;

  /** `env` is for its servers, on top of our own. */
  constructor(env: Readonly<Record<string, string>>) {
    const KEDGE_HOME = join(this.dir, 'home');
    this.home = homeOf({ KEDGE_HOME });
    const places = { KEDGE_HOME, DATABASE_URL: '', PROVIDER_SOCKET: this.providerSocket };
    const cache = { NODE_COMPILE_CACHE: join(this.dir, 'compile-cache') };
    this.#env = { ...process.env, ...env, ...places, ...cache };
    for (const folder of ['project', 'marks', 'home/state']) {
      mkdirSync(join(this.dir, folder), { recursive: true });
    }
    writeFileSync(join(this.dir, 'project', 'word'), 'word\n');
    this.#log = openSync(this.home.serverLogFile, 'a');
  }

  /** Starts a server, with an order to kill itself or without; resolves when it has ended. */
  async runServer(order: KillOrder | null): Promise<ServerEnd> {
    const timed = order && { ...order, delayMs: order.delayBoots * this.#bootMs };
    const env = { ...this.#env, KILL_ORDER: JSON.stringify(timed) };
    const child = spawn(process.execPath, [SERVER], { env, stdio: ['pipe', 'pipe', this.#log] });
    this.#server = child;
    const startedAt = performance.now();
    let words = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      words += chunk;
      if (String(chunk).startsWith(READY)) this.#learnBoot(performance.now() - startedAt, 0.5);
    });
    const [, signal] = await once(child, 'close');
    // It takes longer than this one has lived.
    const livedMs = performance.now() - startedAt;
    if (!words.startsWith(READY) && livedMs > this.#bootMs) this.#learnBoot(livedMs, 1);
    return { signal, words };
  }

  /** From the start of a server until it listens, on this machine as of late. */
  get bootMs(): number {
    return this.#bootMs;
  }

  #learnBoot(ms: number, weight: number): void {
    this.#bootMs += weight * (ms - this.#bootMs);
  }

  killServer(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.#server?.kill(signal);
  }

  /** Asks again, as the commands do, until a server has answered. */
  async insist<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    const until = Date.now() + ANSWER_MS_MAX;
    for (;;) {
      try {
        return await work(this.#client());
      } catch (error) {
        if (!isGone(error) || Date.now() > until || this.#isClosed) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  #client(): Client {
    const { url } = JSON.parse(textOf(this.home.serverFile) || '{"url":"http://127.0.0.1:9"}');
    const token = textOf(this.home.tokenFile).trim();
    return connect({ url, token }, { version: '0.0.0-kills' });
  }

  /** Processes of this installation beside its server; `within` narrows them to a folder's nodes. */
  strayPids(within: string = this.home.dataDir): readonly number[] {
    const marks = ['KEDGE_NODE_DIR', 'KEDGE_OUTPUT_OF'].map((name) => `${name}=${within}/`);
    return pidsWith((environment) => marks.some((mark) => environment.includes(mark)));
  }

  /** What tasks have marked of a run, a line for each node of each attempt that began. */
  marksOf(runId: string): readonly string[] {
    return textOf(join(this.dir, 'marks', runId))
      .split('\n')
      .filter(Boolean);
  }

  /** Errors in the log of its servers: none of them has a reason to be there. */
  complaints(): readonly string[] {
    return textOf(this.home.serverLogFile)
      .split('\n')
      .filter((line) => line.startsWith('{') && Number(JSON.parse(line).level) >= 50);
  }

  /** Values of secrets that are still on the disk. */
  secretsLeft(): readonly string[] {
    return filesBelow(join(this.home.dataDir, 'secrets'));
  }

  close({ keep = false }: { readonly keep?: boolean } = {}): void {
    this.#isClosed = true;
    this.killServer('SIGKILL');
    closeSync(this.#log);
    for (const pid of this.strayPids()) kill(pid);
    if (!keep) this.#folder.close();
  }
}

function isGone(error: unknown): boolean {
  return error instanceof KedgeError && error.code === 'server.not-running';
}

function pidsWith(isWanted: (environment: string) => boolean): readonly number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => isWanted(textOf(`/proc/${pid}/environ`)));
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
