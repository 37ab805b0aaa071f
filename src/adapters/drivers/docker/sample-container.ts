import type Docker from 'dockerode';
import type { Clock } from '../../../ports/clock.ts';
import type { SampleRequest } from '../../../ports/driver.ts';
import type { Sample } from '../../../spec/sample.ts';
import { readRecord } from '../local/durable-file.ts';
import { listSegments } from '../local/log-segments.ts';
import { type GpuWatch, gpusOf } from '../shared/sample-gpus.ts';
import { sampleProgress } from '../shared/sample-progress.ts';
import type { Engine } from './engine.ts';
import type { ClaimRecord, NodeFolder } from './node-folder.ts';

/** What of an engine's word on a container does not change while it lives. */
export type ContainerLimits = {
  readonly cores: number | null;
  readonly memoryBytes: number | null;
};

const NANO = 1e9;
const NANOS_PER_MS = 1e6;

/**
 * What a container uses, as its engine counts: that of the cgroup, which also knows of processes
 * that have ended. Null when it does not run.
 */
export async function sampleContainer(
  node: NodeFolder,
  options: {
    readonly request: SampleRequest;
    readonly clock: Clock;
    readonly engineAt: (socket: string) => Promise<Engine>;
    readonly limits: Map<string, ContainerLimits>;
    readonly gpus: GpuWatch;
  },
): Promise<Sample | null> {
  const { request, clock, limits } = options;
  const { ref, progressFile } = request;
  const claim = await readRecord<ClaimRecord>(node.claimFile);
  if (claim === null || claim.socket === null || claim.ref.token !== ref.token) return null;
  const engine = await options.engineAt(claim.socket);
  if (!limits.has(ref.token)) {
    const seen = await engine.inspect(ref);
    if (seen === null || !seen.State.Running) return null;
    limits.set(ref.token, limitsOf(seen.HostConfig));
  }
  const stats = await engine.stats(ref);
  if (stats === null) {
    limits.delete(ref.token);
    return null;
  }
  const { logFile, workDir } = node.shared(claim.shared);
  const last = (await listSegments(logFile)).at(-1);
  const devices = await options.gpus.devices(clock.now());
  const pids = devices.length === 0 ? [] : await engine.pids(ref);
  return {
    at: clock.now(),
    ...useOf(stats, limits.get(ref.token)!),
    gpus: devices.length === 0 ? [] : gpusOf(devices, new Set(pids)),
    logBytes: last === undefined ? 0 : last.start + last.size,
    progress: progressFile === null ? null : await sampleProgress(workDir, progressFile),
  };
}

/** Zero means that there is none. Source: Docker Engine API, ContainerCreate, HostConfig. */
function limitsOf({
  NanoCpus,
  Memory,
}: Docker.ContainerInspectInfo['HostConfig']): ContainerLimits {
  return { cores: NanoCpus ? NanoCpus / NANO : null, memoryBytes: Memory || null };
}

type Use = Omit<Sample, 'at' | 'gpus' | 'logBytes' | 'progress'>;

/**
 * Memory without the cache of files, which the system takes back when it is needed, as `docker
 * stats` shows it. Source: Docker Engine API, ContainerStats; docker stats, "memory usage".
 */
export function useOf(stats: Docker.ContainerStats, limits: ContainerLimits): Use {
  const { usage = 0, stats: parts } = stats.memory_stats;
  const cache = parts?.inactive_file ?? parts?.total_inactive_file ?? 0;
  const networks = Object.values(stats.networks ?? {});
  const sum = (key: 'rx_bytes' | 'tx_bytes'): number | null =>
    networks.length === 0 ? null : networks.reduce((total, one) => total + (one[key] ?? 0), 0);
  return {
    cpuMs: (stats.cpu_stats.cpu_usage?.total_usage ?? 0) / NANOS_PER_MS,
    memoryBytes: Math.max(0, usage - cache),
    memoryLimitBytes: limits.memoryBytes,
    cpuLimitCores: limits.cores,
    diskReadBytes: transferred(stats, 'read'),
    diskWriteBytes: transferred(stats, 'write'),
    netRxBytes: sum('rx_bytes'),
    netTxBytes: sum('tx_bytes'),
  };
}

/** Engines write `Read` or `read`, and null instead of an empty list. */
function transferred({ blkio_stats }: Docker.ContainerStats, op: 'read' | 'write'): number | null {
  const entries = blkio_stats?.io_service_bytes_recursive as
    | readonly { readonly op: string; readonly value: number }[]
    | null
    | undefined;
  if (entries === null || entries === undefined) return null;
  const own = entries.filter((entry) => entry.op.toLowerCase() === op);
  return own.reduce((total, { value }) => total + value, 0);
}
