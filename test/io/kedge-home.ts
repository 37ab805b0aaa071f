import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Finished = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'kedge.js');

/** An installation of its own in a temporary folder, and the commands run in it. */
export class KedgeHome {
  readonly dir: string;
  readonly #bin: string;

  constructor(bin: string = BIN) {
    this.dir = mkdtempSync(join(tmpdir(), 'kedge-test-'));
    this.#bin = bin;
  }

  /** Writes a file beside the home, and returns its path. */
  file(name: string, text: string): string {
    const path = join(this.dir, name);
    writeFileSync(path, text);
    return path;
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(process.execPath, [this.#bin, ...args], {
      cwd: this.dir,
      env: {
        ...process.env,
        KEDGE_HOME: join(this.dir, 'home'),
        DATABASE_URL: '',
        NO_COLOR: '1',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    return finished(this.start(args, env));
  }

  /** Pids of this installation's server processes, the starting ones too. */
  serverPids(): readonly number[] {
    return this.#pids((command) => command.includes('server\0start\0--foreground'));
  }

  /** Ends whatever this installation has started, and removes it. */
  close(): void {
    for (const pid of this.#pids(() => true)) kill(pid);
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  /** Processes whose environment names this home; our own is not among them. */
  #pids(wanted: (command: string) => boolean): readonly number[] {
    const mark = `KEDGE_HOME=${join(this.dir, 'home')}\0`;
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    return pids.filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
        return environment.includes(mark) && wanted(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
      } catch {
        return false;
      }
    });
  }
}

/** Kills a process that this test has started; one that is gone already is fine. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

export async function finished(child: ChildProcess): Promise<Finished> {
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const code =
    child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('close', resolve)));
  return { code, stdout, stderr };
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  if (stream !== null) for await (const chunk of stream) text += chunk;
  return text;
}
