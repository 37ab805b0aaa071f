import { availableParallelism, totalmem } from 'node:os';
import { GIB } from '../../../base/units.ts';
import { cgroupLimits } from './cgroup-limits.ts';
import { type Gpu, probeGpus, tenths } from './probe-gpus.ts';

/** What this machine has for tasks, as far as this process may use it. */
export type Machine = {
  /** Hardware threads; a fraction where a container is limited to one. */
  readonly vcpus: number;
  readonly memoryGib: number;
  readonly gpus: readonly Gpu[];
};

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
