import { KIB } from '../../../base/units.ts';
import { allPids, NODE_MARK, readProc } from './process-table.ts';

/** What the processes of one node use together. */
export type ProcessUse = {
  readonly pids: readonly number[];
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly diskReadBytes: number;
  readonly diskWriteBytes: number;
};

/** Of one clock tick as /proc counts. Source: proc_pid_stat(5), sysconf(_SC_CLK_TCK): 100 on Linux. */
const TICK_MS = 10;
/** So old a look at the table of processes may be. */
const SCAN_MS_MAX = 1000;
/** A process that is just being started may get its environment after the first look at it. */
const LOOKS_MIN = 3;

type Known = { readonly dir: string | null; readonly session: number; readonly looks: number };

/**
 * Which processes belong to which node's directory, looked up at most once a second. Of those
 * that were there before, nothing is read again: a pid does not come back within a second.
 */
export class ProcessScan {
  #at = Number.NEGATIVE_INFINITY;
  #known: ReadonlyMap<number, Known> = new Map();
  #pidsByDir: ReadonlyMap<string, readonly number[]> = new Map();

  /** Of a node, as of a moment on a clock that the caller keeps to. */
  pidsOf(nodeDir: string, now: number): readonly number[] {
    if (Math.abs(now - this.#at) >= SCAN_MS_MAX) {
      this.#known = scan(this.#known);
      this.#pidsByDir = byDir(this.#known);
      this.#at = now;
    }
    return this.#pidsByDir.get(nodeDir) ?? [];
  }
}

function scan(before: ReadonlyMap<number, Known>): ReadonlyMap<number, Known> {
  const others = allPids().filter((pid) => pid !== process.pid);
  return new Map(others.map((pid) => [pid, lookAt(pid, before.get(pid))]));
}

function lookAt(pid: number, before: Known | undefined): Known {
  const isKnown = before !== undefined && (before.dir !== null || before.looks >= LOOKS_MIN);
  if (isKnown) return before;
  const dir = markOf(readProc(`${pid}/environ`));
  return { dir, session: sessionOf(pid), looks: (before?.looks ?? 0) + 1 };
}

/**
 * By the mark in their environment; what has dropped its environment is known by a session that
 * has a member with a mark.
 */
function byDir(known: ReadonlyMap<number, Known>): ReadonlyMap<string, readonly number[]> {
  const dirsBySession = new Map<number, string>();
  for (const { dir, session } of known.values()) if (dir !== null) dirsBySession.set(session, dir);
  const owned = [...known].flatMap(([pid, { dir, session }]) => {
    const owner = dir ?? dirsBySession.get(session);
    return owner === undefined ? [] : [{ pid, owner }];
  });
  const groups = Map.groupBy(owned, ({ owner }) => owner);
  return new Map([...groups].map(([owner, all]) => [owner, all.map(({ pid }) => pid)]));
}

function markOf(environment: string): string | null {
  const name = `${NODE_MARK}=`;
  const at = environment.startsWith(name) ? 0 : environment.indexOf(`\0${name}`) + 1;
  if (at === 0 && !environment.startsWith(name)) return null;
  const end = environment.indexOf('\0', at);
  return environment.slice(at + name.length, end < 0 ? undefined : end);
}

function sessionOf(pid: number): number {
  return Number(statFields(pid)[3]);
}

/**
 * Sums over processes. The time of those that have ended is in their parents', down to the
 * supervisor's; its own use is Kedge's, and is left out. What processes share counts once.
 */
export function useOf(pids: readonly number[], supervisor: number): ProcessUse {
  let [ticks, privateBytes, sharedBytes, diskReadBytes, diskWriteBytes] = [0, 0, 0, 0, 0];
  for (const pid of pids) {
    const isOurs = pid === supervisor;
    ticks += ticksOf(pid, isOurs);
    const io = readProc(`${pid}/io`);
    diskReadBytes += numberAfter(io, 'read_bytes:');
    diskWriteBytes += numberAfter(io, 'write_bytes:');
    if (isOurs) continue;
    const status = readProc(`${pid}/status`);
    privateBytes += numberAfter(status, 'RssAnon:') * KIB;
    const shared = numberAfter(status, 'RssFile:') + numberAfter(status, 'RssShmem:');
    sharedBytes = Math.max(sharedBytes, shared * KIB);
  }
  return {
    pids,
    cpuMs: ticks * TICK_MS,
    memoryBytes: privateBytes + sharedBytes,
    diskReadBytes,
    diskWriteBytes,
  };
}

/** Source: proc_pid_stat(5), fields 14 to 17: utime, stime, and those of children waited for. */
function ticksOf(pid: number, onlyChildren: boolean): number {
  const [own1, own2, children1, children2] = statFields(pid).slice(11, 15).map(Number);
  if (children2 === undefined) return 0;
  return children1! + children2 + (onlyChildren ? 0 : own1! + own2!);
}

/** From the third on: the second is a name, which may hold anything and ends at the last bracket. */
function statFields(pid: number): readonly string[] {
  const stat = readProc(`${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** Source: proc_pid_status(5), proc_pid_io(5). */
function numberAfter(text: string, name: string): number {
  const at = text.startsWith(name) ? 0 : text.indexOf(`\n${name}`) + 1;
  if (at === 0 && !text.startsWith(name)) return 0;
  return Number.parseInt(text.slice(at + name.length), 10) || 0;
}
