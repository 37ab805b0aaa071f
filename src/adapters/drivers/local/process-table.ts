import { readdirSync, readFileSync } from 'node:fs';
import { asEpochMs, type EpochMs, SECOND_MS } from '../../../base/time.ts';

/** A process beyond the reuse of its pid: which boot, and when in that boot it started. */
export type ProcessId = {
  readonly pid: number;
  /** Clock ticks after boot. Source: proc_pid_stat(5), field 22. */
  readonly startTicks: number;
  readonly bootId: string;
};

/** Every process of a node carries this variable, with the node's directory as its value. */
export const NODE_MARK = 'KEDGE_NODE_DIR';

export function thisProcess(): ProcessId {
  return { pid: process.pid, startTicks: startTicksOf(process.pid) ?? 0, bootId: bootId() };
}

/** True while that very process runs; a zombie, or another with its pid, is not it. */
export function isAlive({ pid, startTicks, bootId: boot }: ProcessId): boolean {
  return boot === bootId() && startTicksOf(pid) === startTicks;
}

/** Clock ticks after boot at which a process started; null when no such process runs. */
export function startTicksOf(pid: number): number | null {
  return statOf(pid)?.startTicks ?? null;
}

/** Source: proc_pid_stat(5), fields 3, 6 and 22. */
function statOf(pid: number): { readonly session: number; readonly startTicks: number } | null {
  const stat = readProc(`${pid}/stat`);
  // The name, field 2, may hold anything, blanks and brackets too; it ends at the last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, session, ticks] = [fields[0], fields[3], fields[19]];
  // Where no init reaps them, zombies stay for good.
  if (ticks === undefined || state === 'Z' || state === 'X') return null;
  return { session: Number(session), startTicks: Number(ticks) };
}

/** A random id that the system draws at each boot. */
export function bootId(): string {
  return readProc('sys/kernel/random/boot_id').trim();
}

/** When the system booted. Source: proc_stat(5), btime. */
export function bootTime(): EpochMs {
  return asEpochMs(Number(/^btime (\d+)$/m.exec(readProc('stat'))?.[1] ?? 0) * SECOND_MS);
}

/** A session that was begun for a node, by the process that leads it. */
export type Session = { readonly leader: number; readonly startTicks: number };

/** Right after a process was started in a session of its own; null when it has ended already. */
export function sessionLedBy(leader: number): Session | null {
  const startTicks = startTicksOf(leader);
  return startTicks === null ? null : { leader, startTicks };
}

/**
 * The processes of a node, whatever groups and sessions they have made for themselves (torchrun's
 * workers do): the mark is inherited with the environment. What has dropped its environment
 * (`env -i`) is known by the session, whose number nobody else can get while it has members.
 */
export function processesOf(nodeDir: string, sessions: readonly Session[] = []): readonly number[] {
  const mark = `${NODE_MARK}=${nodeDir}`;
  return allPids().filter(
    (pid) =>
      pid !== process.pid &&
      (carries(pid, mark) || sessions.some((session) => isMember(pid, session))),
  );
}

export function allPids(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** True for a process that was started with this in its environment, as `NAME=value`. */
export function carries(pid: number, variable: string): boolean {
  return `\0${readProc(`${pid}/environ`)}`.includes(`\0${variable}\0`);
}

function isMember(pid: number, { leader, startTicks }: Session): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.session === leader && stat.startTicks >= startTicks;
}

/** Empty when the process has ended meanwhile, or is another user's. */
export function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return '';
  }
}
