import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assert } from '../../src/base/assert.ts';

const END_MS_MAX = 15_000;
const POLL_MS = 25;
const TAIL_LINES = 15;

export type DaemonSpec = {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /**
   * It only waits for its child, the first process of a namespace, whose death ends all others
   * there; to end it, that child is killed.
   */
  readonly endsByChild?: boolean;
};

/** Starts a process that its cluster ends again. */
export type StartDaemon = (spec: DaemonSpec) => Daemon;

/** A process of the cluster. It does not outlive this one, however this one ends. */
export class Daemon {
  readonly name: string;
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #logFile: string;
  readonly #endsByChild: boolean;

  /** Its output goes to NAME.log in the folder. */
  constructor({ name, program, args, env, endsByChild = false }: DaemonSpec, logDir: string) {
    this.name = name;
    this.#endsByChild = endsByChild;
    this.#logFile = join(logDir, `${name}.log`);
    const log = openSync(this.#logFile, 'a');
    // The kernel kills it with its parent. In a group of its own, a terminal's Ctrl-C spares it:
    // the cluster ends in order.
    this.#process = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], {
      env: env ?? process.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const { pid } = this.#process;
    assert(pid !== undefined, `setpriv starts ${name}`);
    this.pid = pid;
  }

  get runs(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Resolves as soon as it holds; fails when this process ends before, or takes too long. */
  async until(what: string, msMax: number, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + msMax;
    while (!(await holds())) {
      assert(this.runs, `${this.name} ended before ${what}:\n${this.logTail()}`);
      assert(Date.now() < deadline, `${this.name}: no ${what} in ${msMax} ms:\n${this.logTail()}`);
      await delay(POLL_MS);
    }
  }

  /** Asks it to end, and makes it end. */
  async stop(): Promise<void> {
    if (!this.runs) return;
    const gone = once(this.#process, 'exit');
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), END_MS_MAX);
    if (!this.#endsByChild || !this.#killChild()) this.#process.kill('SIGTERM');
    await gone;
    clearTimeout(patience);
  }

  /** At once, and without waiting. */
  kill(): void {
    if (!this.runs) return;
    if (!this.#endsByChild || !this.#killChild()) this.#process.kill('SIGKILL');
  }

  /** False when it has none, or none any more. */
  #killChild(): boolean {
    try {
      const children = `/proc/${this.pid}/task/${this.pid}/children`;
      const child = Number(readFileSync(children, 'utf8').trim());
      return child > 0 && process.kill(child, 'SIGKILL');
    } catch {
      return false;
    }
  }

  logTail(): string {
    return readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  }
}
