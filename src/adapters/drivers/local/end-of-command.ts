import { closeSync, constants as files, fstatSync, openSync, readSync } from 'node:fs';
import { constants } from 'node:os';

/** How the setup or the run command of a task ended. */
export type CommandEnd = {
  readonly how: 'exited' | 'stopped' | 'lost';
  readonly exitCode: number | null;
  readonly reason: string;
};

export type ProcessEnd = {
  readonly code?: number | null;
  readonly signal?: NodeJS.Signals | null;
  /** It could not be started. */
  readonly error?: unknown;
};

/** Sent from outside, by the system or a person; the others a process brings upon itself. */
const FROM_OUTSIDE: ReadonlySet<string> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);
/** Source: bash(1), EXIT STATUS: 126 cannot be executed, 127 not found, 128 + n ended by signal n. */
const CANNOT_EXECUTE = 126;
const NOT_FOUND = 127;
const SIGNAL_BASE = 128;
const TAIL_BYTES = 4096;
const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = files;

/** Says in one sentence how a command ended, and whether the task or its place is to blame. */
export function endOfCommand(
  end: ProcessEnd,
  told: {
    readonly name: 'setup' | 'run';
    /** We asked for the end. */
    readonly stopped: boolean;
    readonly logFile: string;
  },
): CommandEnd {
  const { name, stopped, logFile } = told;
  const exitCode = end.code ?? null;
  if (stopped) return { how: 'stopped', exitCode, reason: 'stopped' };
  if (end.error !== undefined) return notStarted(end.error, name);
  if (end.signal) return ofSignal(end.signal, name);
  if (exitCode === 0) return { how: 'exited', exitCode, reason: `${name} succeeded` };
  const why = exitCode === NOT_FOUND ? `: ${missingCommand(logFile)}` : '';
  return { how: 'exited', exitCode, reason: `${name} failed with exit code ${exitCode}${why}` };
}

function ofSignal(signal: NodeJS.Signals, name: string): CommandEnd {
  const memory = signal === 'SIGKILL' ? ', as when memory runs out' : '';
  const reason = `${name} was killed by ${signal}${memory}`;
  if (FROM_OUTSIDE.has(signal)) return { how: 'lost', exitCode: null, reason };
  return { how: 'exited', exitCode: SIGNAL_BASE + constants.signals[signal], reason };
}

function notStarted(error: unknown, name: string): CommandEnd {
  const { code, message } = error as NodeJS.ErrnoException;
  const exitCode = code === 'ENOENT' ? NOT_FOUND : CANNOT_EXECUTE;
  const why = code === 'ENOENT' ? 'bash: command not found' : message;
  return { how: 'exited', exitCode, reason: `${name} could not start: ${why}` };
}

/** Bash names the command at the end of the output; the code alone does not. */
function missingCommand(logFile: string): string {
  const found = tailOf(logFile)
    .match(/[^\s:]+: command not found$/gm)
    ?.at(-1);
  return found ?? 'a command was not found';
}

/** Empty where the task has put something else in its place: a link, a pipe, a folder. */
function tailOf(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const size = fstatSync(file).size;
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } catch {
    return '';
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
