import type { Clock } from '../../../ports/clock.ts';
import { processesOf, type Session } from './process-table.ts';

const LOOK_MS_FIRST = 5;
const LOOK_MS_MAX = 250;
/** For what cannot be killed at once, as a process that waits for a disk. */
const KILLED_MS_MAX = 2000;

/**
 * Gives the processes of a node some time to end by themselves, then kills them. False when some
 * are still there after that.
 */
export async function endProcesses(
  nodeDir: string,
  {
    clock,
    graceMs,
    sessions = [],
  }: {
    readonly clock: Clock;
    readonly graceMs: number;
    readonly sessions?: readonly Session[];
  },
): Promise<boolean> {
  if (await noneWithin(nodeDir, { clock, sessions, ms: graceMs })) return true;
  // A process may fork while it is looked for: again, until nothing is left.
  return noneWithin(nodeDir, { clock, sessions, ms: KILLED_MS_MAX, kill: true });
}

/** Kills every process of a node that can be found now. */
export function killProcesses(nodeDir: string, sessions: readonly Session[]): void {
  for (const pid of processesOf(nodeDir, sessions)) signal(pid, 'SIGKILL');
}

/** Signals a process, or a group by its negative id; one that has ended is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

type Wait = {
  readonly clock: Clock;
  readonly sessions: readonly Session[];
  readonly ms: number;
  readonly kill?: boolean;
};

async function noneWithin(
  nodeDir: string,
  { clock, sessions, ms, kill = false }: Wait,
): Promise<boolean> {
  const until = clock.now() + ms;
  for (let pause = LOOK_MS_FIRST; ; pause = Math.min(2 * pause, LOOK_MS_MAX)) {
    if (kill) killProcesses(nodeDir, sessions);
    if (processesOf(nodeDir, sessions).length === 0) return true;
    const left = until - clock.now();
    if (left <= 0) return false;
    await clock.sleep(Math.min(pause, left));
  }
}
