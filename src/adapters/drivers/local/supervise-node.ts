import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { EpochMs } from '../../../base/time.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { findProgram } from '../shared/find-program.ts';
import { claimRecord, codeOf, isDiskFull, readRecord, replaceRecord } from './durable-file.ts';
import { type CommandEnd, endOfCommand, type ProcessEnd } from './end-of-command.ts';
import { endProcesses, killProcesses, signal } from './end-processes.ts';
import { LogWriter } from './log-writer.ts';
import { directoryAt, type NodeDirectory } from './node-directory.ts';
import { startKeeper } from './output-keeper.ts';
import { NO_MASK, type OutputMask, outputMask } from './output-mask.ts';
import { OutputPipe } from './output-pipe.ts';
import { NODE_MARK, type Session, sessionLedBy, thisProcess } from './process-table.ts';
import type { EndRecord, NodeRecord, SpecRecord, StopRecord, SupervisorRecord } from './records.ts';

/** The pipe to the create that waits for the claim. */
const CREATOR_FD = 3;
/** For the end of what a task has in the background, as the `tee` that its output goes through. */
const LINGER_MS = 1000;
/** When somebody else than Kedge ends us, as a system that shuts down. */
const GRACE_MS_DEFAULT = 10_000;
const DISK_FULL_PAUSE_MS = 1000;

const clock = systemClock();

/** Claims a node, runs its task, and writes how it ended; returns at once where another owns it. */
export async function superviseNode(dir: string): Promise<void> {
  const node = directoryAt(dir);
  const task = new Task(node);
  // Before the claim: whoever reads it may signal us.
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => void task.stop());
  }
  if (!(await claim(node))) return;
  const end = await task.run();
  await persist(() => claimRecord(node.exitFile, end));
  await rm(node.specFile, { force: true });
}

/** The first act: of all supervisors that were ever started for a node, one wins. */
async function claim(node: NodeDirectory): Promise<boolean> {
  try {
    const record = await readRecord<NodeRecord>(node.nodeFile);
    // Stopped before it was prepared.
    if (record === null) return tellCreator({}, false);
    const { token } = record.ref;
    const owner: SupervisorRecord = { token, process: thisProcess(), at: clock.now() };
    return tellCreator({}, await claimRecord(node.supervisorFile, owner));
  } catch (error) {
    return tellCreator({ code: codeOf(error) }, false);
  }
}

/** Closes the pipe too: a task must not inherit it. */
function tellCreator(message: { readonly code?: string }, won: boolean): boolean {
  try {
    writeSync(CREATOR_FD, JSON.stringify(message));
    closeSync(CREATOR_FD);
  } catch {
    // The creator has died; the claim stands without it.
  }
  return won;
}

/** The commands of one node, one after the other, and the end of all that they have started. */
class Task {
  readonly #node: NodeDirectory;
  #child: ChildProcess | undefined;
  #output: Output | undefined;
  #mask: OutputMask = NO_MASK;
  readonly #sessions: Session[] = [];
  #startedAt: EpochMs | null = null;
  /** Set when somebody has asked for the end. */
  #stopBy: number | undefined;

  constructor(node: NodeDirectory) {
    this.#node = node;
  }

  async run(): Promise<EndRecord> {
    const end = await this.#runAll().catch((error: unknown) => this.#giveUp(error));
    // After a stop, what bash has started may still be saving its work.
    const graceMs = this.#stopBy === undefined ? LINGER_MS : this.#stopBy - clock.now();
    await endProcesses(this.#node.dir, { clock, graceMs, sessions: this.#sessions });
    await this.#keepLog();
    const reason = this.#mask.text(end.reason);
    return { ...end, reason, startedAt: this.#startedAt, endedAt: clock.now() };
  }

  /** What the task does not do about SIGTERM within the grace is done by SIGKILL. */
  async stop(): Promise<void> {
    const request = await readRecord<StopRecord>(this.#node.stopFile).catch(() => null);
    const isFirst = this.#stopBy === undefined;
    const by = clock.now() + (request?.graceMs ?? GRACE_MS_DEFAULT);
    // Asked again, it never waits longer than it was first asked to.
    this.#stopBy = Math.min(this.#stopBy ?? by, by);
    if (isFirst) this.#signalGroup('SIGTERM');
    await clock.sleep(this.#stopBy - clock.now());
    this.#kill();
  }

  async #runAll(): Promise<CommandEnd> {
    const spec = await readRecord<SpecRecord>(this.#node.specFile);
    if (spec === null) return { how: 'lost', exitCode: null, reason: 'it was never prepared' };
    const log = new LogWriter(this.#node.logFile);
    const mask = outputMask(spec);
    this.#mask = mask;
    const take = (bytes: Uint8Array): void => log.write(mask.bytes.take(bytes));
    const pipe = new OutputPipe(this.#node.pipeFile, take);
    const output = { log, pipe, keeper: startKeeper(this.#node, pipe.reader) };
    this.#output = output;
    const given = { ...spec, envs: { ...spec.envs, ...(await resumeEnvs(spec)) } };
    if (spec.setup !== null) {
      const setup = await this.#runCommand(spec.setup, { spec: given, output, name: 'setup' });
      if (setup.exitCode !== 0) return setup;
    }
    return this.#runCommand(spec.run, { spec: given, output, name: 'run' });
  }

  async #runCommand(command: string, options: CommandOptions): Promise<CommandEnd> {
    if (this.#stopBy !== undefined) return { how: 'stopped', exitCode: null, reason: 'stopped' };
    const exit = new Promise<ProcessEnd>((resolve) => {
      try {
        this.#child = this.#spawn(command, options);
        this.#child.once('error', (error) => resolve({ error }));
        this.#child.once('exit', (code, by) => resolve({ code, signal: by }));
      } catch (error) {
        // A variable that no process can be given.
        resolve({ error });
      }
    });
    const session = this.#child?.pid === undefined ? null : sessionLedBy(this.#child.pid);
    if (session !== null) this.#sessions.push(session);
    if (this.#child?.pid !== undefined && this.#startedAt === null) await this.#tellStart();
    const end = await exit;
    const { name, output } = options;
    output.pipe.drain();
    const stopped = this.#stopBy !== undefined;
    return endOfCommand(end, { name, stopped, logFile: output.log.lastFile });
  }

  #spawn(command: string, { spec, output }: CommandOptions): ChildProcess {
    const bash = findProgram('bash', process.env['PATH']) ?? 'bash';
    return spawn(bash, ['-c', command], {
      argv0: 'bash',
      cwd: this.#node.workDir,
      env: taskEnvironment(spec.envs, this.#node),
      stdio: ['ignore', output.pipe.writer, output.pipe.writer],
      detached: true,
    });
  }

  async #tellStart(): Promise<void> {
    const startedAt = clock.now();
    this.#startedAt = startedAt;
    await persist(() => replaceRecord(this.#node.taskFile, { startedAt }));
  }

  /** The output is on the disk before the record that says that there is no more of it. */
  async #keepLog(): Promise<void> {
    try {
      await this.#output?.pipe.end({ clock, waitMs: LINGER_MS });
      this.#output?.log.write(this.#mask.bytes.end());
      this.#output?.log.end();
    } catch {
      // A disk that fails: how the task ended is told all the same.
    }
    this.#output?.keeper.end();
  }

  /** We can do no more for the node: it ends, and its place is to blame. */
  #giveUp(error: unknown): CommandEnd {
    this.#kill();
    const reason = `the supervisor failed: ${(error as Error).message}`;
    return { how: 'lost', exitCode: null, reason };
  }

  #kill(): void {
    this.#signalGroup('SIGKILL');
    killProcesses(this.#node.dir, this.#sessions);
  }

  /** Only while its leader lives: after that the system may give the group's id to another. */
  #signalGroup(name: NodeJS.Signals): void {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    signal(-child.pid, name);
  }
}

function taskEnvironment(envs: SpecRecord['envs'], node: NodeDirectory): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...envs, [NODE_MARK]: node.dir };
  return { ...env, PATH: `${node.binDir}:${env['PATH']}` };
}

/** Asked when the node is ours alone: no task of it runs, and none is being prepared. */
async function resumeEnvs({ checkpointDir }: SpecRecord): Promise<Record<string, string>> {
  if (checkpointDir === null || checkpointDir === undefined) return {};
  // Most tasks have none, and each supervisor should be up soon.
  const { checkpointEnvs, settleSteps } = await import('../shared/settle-steps.ts');
  return checkpointEnvs(checkpointDir, await settleSteps(checkpointDir));
}

type Output = {
  readonly log: LogWriter;
  readonly pipe: OutputPipe;
  readonly keeper: ReturnType<typeof startKeeper>;
};

type CommandOptions = {
  readonly spec: SpecRecord;
  readonly output: Output;
  readonly name: 'setup' | 'run';
};

/** A full disk delays a record and loses nothing. */
async function persist(write: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await write();
      return;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      await clock.sleep(DISK_FULL_PAUSE_MS);
    }
  }
}
