import { rm } from 'node:fs/promises';
import { asEpochMs } from '../../../base/time.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { NodeRef, Observation } from '../../../ports/driver.ts';
import { fileError } from '../../files/file-error.ts';
import { claimRecord, readRecord } from './durable-file.ts';
import { endProcesses } from './end-processes.ts';
import type { NodeDirectory } from './node-directory.ts';
import { rescueOutput } from './output-keeper.ts';
import { bootId, bootTime, isAlive, type ProcessId } from './process-table.ts';
import type { EndRecord, SupervisorRecord, TaskRecord } from './records.ts';

/**
 * What the files and the process table say of a node. A directory without a supervisor is
 * `absent`: nothing runs there, and another create finishes it. One whose supervisor was killed
 * is `lost`, said only when nothing of its task runs any more: what does is killed here first.
 */
export async function observeNode(
  node: NodeDirectory,
  { ref, clock }: { readonly ref: NodeRef; readonly clock: Clock },
): Promise<Observation> {
  const owner = await readRecord<SupervisorRecord>(node.supervisorFile);
  if (owner === null || owner.token !== ref.token) return { state: 'absent' };
  const isOwned = owner.process !== null && isAlive(owner.process);
  // Looked at after the process: a supervisor's last word precedes its end.
  const end = await endOf(node, owner);
  if (end !== null) return { state: 'ended', ...end };
  if (!isOwned) return lost(node, { clock, process: owner.process! });
  const task = await readRecord<TaskRecord>(node.taskFile);
  return task === null ? { state: 'starting' } : { state: 'running', startedAt: task.startedAt };
}

/** How a node has ended; null when that is not told. */
export async function endOf(
  node: NodeDirectory,
  owner: SupervisorRecord,
): Promise<EndRecord | null> {
  if (owner.process !== null) return readRecord<EndRecord>(node.exitFile);
  const reason = 'stopped before it started';
  return { how: 'stopped', exitCode: null, startedAt: null, endedAt: owner.at, reason };
}

async function lost(
  node: NodeDirectory,
  { clock, process }: { clock: Clock; process: ProcessId },
): Promise<Observation> {
  const rebooted = process.bootId !== bootId();
  if (!rebooted && !(await endProcesses(node.dir, { clock, graceMs: 0 }))) {
    return { state: 'unknown', reason: 'its supervisor was killed, and its task is being ended' };
  }
  await rescueOutput(node);
  const task = await readRecord<TaskRecord>(node.taskFile);
  const startedAt = task?.startedAt ?? null;
  const asked = (await readRecord(node.stopFile)) !== null;
  // It ran no longer than to the reboot.
  const endedAt = rebooted ? asEpochMs(Math.min(clock.now(), bootTime())) : clock.now();
  // The supervisor would have removed the secrets in it.
  await rm(node.specFile, { force: true });
  const reason = rebooted ? 'the machine was rebooted' : 'the supervisor was killed';
  const how = asked ? 'stopped' : 'lost';
  const end: EndRecord = { how, exitCode: null, startedAt, endedAt, reason };
  try {
    // Kept, so that every later look says the same.
    if (await claimRecord(node.exitFile, end)) return { state: 'ended', ...end };
  } catch (error) {
    throw fileError(error, node.exitFile);
  }
  return { state: 'ended', ...(await readRecord<EndRecord>(node.exitFile))! };
}
