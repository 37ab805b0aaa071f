import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesNaming } from '../processes-naming.ts';
import { removeBridge } from './bridge.ts';
import { cgroupsNamed, removeCgroups } from './cgroups.ts';

const PREFIX = 'kedge-cluster-';
const RECORD = 'traces.json';

/** What a cluster leaves on its machine unless somebody removes it; kept in its folder. */
export type Traces = {
  readonly dir: string;
  /** The process that started it, and when that one started: a pid alone is used again. */
  readonly owner: { readonly pid: number; readonly startTicks: string };
  /** The name of its bridge and of its control groups; null without a real node. */
  readonly name: string | null;
};

/** A folder for a new cluster of this process. */
export function newTraces(): Traces {
  const dir = mkdtempSync(join(tmpdir(), PREFIX));
  return record({
    dir,
    owner: { pid: process.pid, startTicks: startTicks(process.pid) ?? '' },
    name: null,
  });
}

/** Writes down what will be made, before it is made. */
export function record(traces: Traces): Traces {
  writeFileSync(join(traces.dir, RECORD), JSON.stringify(traces));
  return traces;
}

/** Removes everything but processes, which must have ended. Works while the process exits, too. */
export function removeTraces({ dir, name }: Traces): void {
  if (name !== null) {
    removeCgroups(name);
    removeBridge(name);
  }
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

/**
 * Of clusters whose process was killed before it could stop them. Their own processes were killed
 * by the kernel with it.
 */
export function removeStaleTraces(): void {
  for (const entry of readdirSync(tmpdir()).filter((one) => one.startsWith(PREFIX))) {
    const file = join(tmpdir(), entry, RECORD);
    if (!existsSync(file)) continue;
    const traces = JSON.parse(readFileSync(file, 'utf8')) as Traces;
    const { pid, startTicks: started } = traces.owner;
    if (startTicks(pid) !== started && processesNaming(traces.dir).length === 0) {
      removeTraces(traces);
    }
  }
}

/** What is still there of a cluster that should be gone, in words. */
export function leftovers({ dir, name }: Traces): readonly string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return [
    ...processesNaming(dir).map((pid) => `process ${pid}`),
    ...mounts.filter((line) => line.includes(dir)).map((line) => `mount ${line}`),
    ...(existsSync(dir) ? [`folder ${dir}`] : []),
    ...(name === null ? [] : cgroupsNamed(name).map((path) => `control group ${path}`)),
    ...(name !== null && existsSync(`/sys/class/net/${name}`) ? [`interface ${name}`] : []),
  ];
}

/** Field 22 of /proc/PID/stat (proc(5)); null when there is no such process. */
function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, a name in parentheses, may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
