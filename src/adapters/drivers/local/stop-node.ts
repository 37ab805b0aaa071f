import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../../ports/clock.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import { fileError } from '../../files/file-error.ts';
import { claimRecord, readRecord, replaceRecord } from './durable-file.ts';
import { signal } from './end-processes.ts';
import type { NodeDirectory } from './node-directory.ts';
import { endOf } from './observe-node.ts';
import { sweepDrafts } from './prepare-node.ts';
import { isAlive } from './process-table.ts';
import type { StopRecord, SupervisorRecord } from './records.ts';

/**
 * Asks the supervisor to end the task; a node without one gets a tombstone in its place, and can
 * never start. A supervisor that was killed needs no asking: the next look ends what it has left.
 * Errors: `state.disk-full`, `state.read-only`.
 */
export async function stopNode(
  node: NodeDirectory,
  options: { readonly ref: NodeRef; readonly graceMs: number; readonly clock: Clock },
): Promise<void> {
  const { ref, graceMs, clock } = options;
  const tombstone: SupervisorRecord = { token: ref.token, process: null, at: clock.now() };
  try {
    await mkdir(node.dir, { recursive: true, mode: 0o700 });
    await sweepDrafts(dirname(node.dir));
    if (await claimRecord(node.supervisorFile, tombstone)) {
      await rm(node.specFile, { force: true });
      return;
    }
    const owner = (await readRecord<SupervisorRecord>(node.supervisorFile))!;
    if (owner.token !== ref.token || (await endOf(node, owner)) !== null) return;
    await replaceRecord(node.stopFile, { graceMs } satisfies StopRecord);
    // Its start time is compared just before: a pid alone may be somebody else's by now.
    if (owner.process !== null && isAlive(owner.process)) signal(owner.process.pid, 'SIGTERM');
  } catch (error) {
    throw fileError(error, node.dir);
  }
}
