import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { KIB } from '../../../base/units.ts';
import { findProgram } from './find-program.ts';
import { gpuName } from './gpu-name.ts';

export type Gpu = {
  /** Catalog name, as `H200`. */
  readonly name: string;
  readonly memoryGib: number | null;
  /** Its power limit; null where it does not tell. */
  readonly watts: number | null;
};

const QUERY = ['--query-gpu=name,memory.total,power.limit', '--format=csv,noheader,nounits'];
const GPU_MS_MAX = 2000;

/** The NVIDIA devices of this machine, when `nvidia-smi` is there and answers in two seconds. */
export async function probeGpus(path: string | undefined): Promise<readonly Gpu[]> {
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
export function tenths(value: number): number {
  return Math.floor(value * 10) / 10 || 0.1;
}
