import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Infinity where there is no limit. */
export type CgroupLimits = { readonly vcpus: number; readonly memoryBytes: number };

/**
 * The tightest limits of this process's cgroup and those above it, below a root folder.
 * Source: Linux kernel, Documentation/admin-guide/cgroup-v2.rst (cpu.max, memory.max) and
 * cgroup-v1/memory.rst, scheduler/sched-bwc.rst (cpu.cfs_quota_us).
 */
export function cgroupLimits(root: string): CgroupLimits {
  const limits: CgroupLimits[] = [];
  for (const line of (textOf(join(root, 'proc/self/cgroup')) ?? '').trim().split('\n')) {
    const [id, controllers = '', path = '/'] = line.split(':');
    const mount = join(root, 'sys/fs/cgroup', id === '0' ? '' : controllers);
    for (const folder of upwards(path)) limits.push(limitsIn(join(mount, folder)));
  }
  return {
    vcpus: Math.min(Number.POSITIVE_INFINITY, ...limits.map(({ vcpus }) => vcpus)),
    memoryBytes: Math.min(Number.POSITIVE_INFINITY, ...limits.map((one) => one.memoryBytes)),
  };
}

/** A path and all above it; in a container only the last is there, under the name `/`. */
function upwards(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...upwards(above)];
}

function limitsIn(folder: string): CgroupLimits {
  const [quota, period] = (textOf(join(folder, 'cpu.max')) ?? '').split(' ');
  const oldQuota = textOf(join(folder, 'cpu.cfs_quota_us'));
  const oldPeriod = textOf(join(folder, 'cpu.cfs_period_us'));
  const memory = textOf(join(folder, 'memory.max'));
  return {
    vcpus: Math.min(ratio(quota, period), ratio(oldQuota, oldPeriod)),
    memoryBytes: Math.min(limit(memory), limit(textOf(join(folder, 'memory.limit_in_bytes')))),
  };
}

function ratio(quota: string | undefined, period: string | undefined): number {
  return limit(quota) / (Number(period) || 1);
}

/** `max`, -1 and what is absent are no limit. */
function limit(text: string | undefined): number {
  const value = Number(text);
  return value > 0 ? value : Number.POSITIVE_INFINITY;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
