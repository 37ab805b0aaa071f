import { execFile } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { GIB, KIB } from '../../../base/units.ts';
import { cgroupLimits } from './cgroup-limits.ts';
import { findProgram } from './find-program.ts';
import { gpuName } from './gpu-name.ts';

/** What this machine has for tasks, as far as this process may use it. */
export type Machine = {
  /** Hardware threads; a fraction where a container is limited to one. */
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly gpus: readonly Gpu[];
};

export type Gpu = {
  /** Catalog name, as `H200`. */
  readonly name: string;
  readonly memoryGib: number | null;
  /** Its power limit; null where it does not tell. */
  readonly watts: number | null;
};

const QUERY = ['--query-gpu=name,memory.total,power.limit', '--format=csv,noheader,nounits'];
const GPU_MS_MAX = 2000;

/**
 * Cores and memory after the limits of cgroups, and the NVIDIA devices when `nvidia-smi` is there
 * and answers within two seconds.
 */
export async function probeMachine(env: {
  readonly [name: string]: string | undefined;
}): Promise<Machine> {
  const limits = cgroupLimits('/');
  return {
    vcpus: tenths(Math.min(availableParallelism(), limits.vcpus)),
    memoryGib: tenths(Math.min(totalmem(), limits.memoryBytes) / GIB),
    gpus: await probeGpus(env['PATH']),
  };
}

async function probeGpus(path: string | undefined): Promise<readonly Gpu[]> {
  // Looked for first: starting a process that is not there takes longer than all the rest.
  const program = findProgram('nvidia-smi', path);
  if (program === null) return [];
  try {
    const options = { timeout: GPU_MS_MAX, killSignal: 'SIGKILL' } as const;
    const { stdout } = await promisify(execFile)(program, QUERY, options);
    return parseGpus(stdout);
  } catch {
    // No driver, or one that hangs: no device that a task could use.
    return [];
  }
}

/** Reads lines such as `NVIDIA H200, 143771, 700.00`; MiB and watts, `[N/A]` where not told. */
export function parseGpus(text: string): readonly Gpu[] {
  return text.split('\n').flatMap((line) => {
    const [name, memoryMib, watts] = line.split(',').map((field) => field.trim());
    if (!name || memoryMib === undefined) return [];
    const mib = positive(memoryMib);
    const memoryGib = mib === null ? null : tenths(mib / KIB);
    return [{ name: gpuName(name, memoryGib), memoryGib, watts: positive(watts) }];
  });
}

function positive(text: string | undefined): number | null {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : null;
}

/** Rounded down: what a task asks for must be there. */
function tenths(value: number): number {
  return Math.floor(value * 10) / 10 || 0.1;
}
