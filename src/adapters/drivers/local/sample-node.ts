import { totalmem } from 'node:os';
import type { Clock } from '../../../ports/clock.ts';
import type { SampleRequest } from '../../../ports/driver.ts';
import type { Sample } from '../../../spec/sample.ts';
import { cgroupLimits } from '../shared/cgroup-limits.ts';
import { type GpuWatch, gpusOf } from '../shared/sample-gpus.ts';
import { sampleProgress } from '../shared/sample-progress.ts';
import { readRecord } from './durable-file.ts';
import { listSegments } from './log-segments.ts';
import type { NodeDirectory } from './node-directory.ts';
import { endOf } from './observe-node.ts';
import { isAlive } from './process-table.ts';
import type { SupervisorRecord } from './records.ts';
import { type ProcessScan, useOf } from './sample-processes.ts';

/**
 * What the processes of a node use, by /proc; null when its supervisor does not run. The machine
 * is the limit of its memory. Its cores and its network are shared with all else that runs here,
 * so that neither is a limit or a measure of the node.
 */
export async function sampleNode(
  node: NodeDirectory,
  options: {
    readonly request: SampleRequest;
    readonly clock: Clock;
    readonly scan: ProcessScan;
    readonly gpus: GpuWatch;
  },
): Promise<Sample | null> {
  const { request, clock, scan } = options;
  const owner = await readRecord<SupervisorRecord>(node.supervisorFile);
  if (owner === null || owner.token !== request.ref.token) return null;
  if (owner.process === null || !isAlive(owner.process)) return null;
  if ((await endOf(node, owner)) !== null) return null;
  const { progressFile } = request;
  const devices = await options.gpus.devices(clock.now());
  const logBytes = await logSize(node);
  const progress = progressFile === null ? null : await sampleProgress(node.workDir, progressFile);
  const at = clock.now();
  const { pids, ...use } = useOf(scan.pidsOf(node.dir, at), owner.process.pid);
  return {
    at,
    ...use,
    memoryLimitBytes: Math.min(totalmem(), cgroupLimits('/').memoryBytes),
    cpuLimitCores: null,
    netRxBytes: null,
    netTxBytes: null,
    gpus: devices.length === 0 ? [] : gpusOf(devices, new Set(pids)),
    logBytes,
    progress,
  };
}

async function logSize({ logFile }: NodeDirectory): Promise<number> {
  const last = (await listSegments(logFile)).at(-1);
  return last === undefined ? 0 : last.start + last.size;
}
