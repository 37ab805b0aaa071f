import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import type { NodeSpec } from '../../../ports/driver.ts';
import { pathInWork, seedCheckpoint } from '../shared/checkpoint-path.ts';
import { readyCheckpoint } from '../shared/folder-files.ts';
import { checkpointEnvs, settleSteps } from '../shared/settle-steps.ts';
import { CHECKPOINT_PATH, CONTROL_PATH, type Mount, WORK_PATH } from './container-config.ts';
import { checkpointPlace, type SharedFolder } from './node-folder.ts';
import { exportLines } from './start-script.ts';

/** What a mount would hide from the task, or from us. */
const TAKEN = [CONTROL_PATH, '/proc', '/sys', '/dev'];

/**
 * Makes the checkpoint folder ready for a container that is about to be created, and gives where
 * it is seen there: always at one path, and at that of the task file too.
 */
export async function showCheckpoint(
  spec: NodeSpec,
  { shared, dataDir }: { readonly shared: SharedFolder; readonly dataDir: string },
): Promise<readonly Mount[]> {
  if (spec.checkpoint === null) return [];
  const { path } = spec.checkpoint;
  const own = targetOf(path);
  const folder = await readyCheckpoint(checkpointPlace(dataDir, spec.ref));
  // The image may have a user of its own; the folders above are nobody else's.
  await chmod(folder, 0o777);
  // Another create may have been faster: then the folder is the task's.
  if (!existsSync(shared.startedMark)) {
    const inWork = pathInWork(path);
    if (inWork !== null) await seedCheckpoint(shared.workDir, { path: inWork, folder });
    await tellNewest(shared, await settleSteps(folder));
  }
  const targets = own === null ? [CHECKPOINT_PATH] : [CHECKPOINT_PATH, own];
  return targets.map((target) => ({ source: folder, target }));
}

async function tellNewest(shared: SharedFolder, step: number | null): Promise<void> {
  // Several creates at once have each its own.
  const draft = `${shared.checkpointFile}.${randomUUID()}`;
  await writeFile(draft, exportLines(checkpointEnvs(CHECKPOINT_PATH, step)));
  await chmod(draft, 0o644);
  await rename(draft, shared.checkpointFile);
}

/** Null for none of its own. Errors: `driver.unsupported`. */
function targetOf(path: string | null): string | null {
  const inner = pathInWork(path);
  if (inner !== null) return join(WORK_PATH, inner);
  if (path === null || !isAbsolute(path)) return null;
  const target = normalize(path).replace(/(?<=.)\/$/, '');
  const isTaken = TAKEN.some((taken) => target === taken || target.startsWith(`${taken}/`));
  if (target === CHECKPOINT_PATH) return null;
  if (target !== '/' && target !== WORK_PATH && !isTaken) return target;
  throw new KedgeError('driver.unsupported', `checkpoint.path cannot be ${path} in a container`, {
    hint: 'name a folder of its own, as /ckpt',
  });
}
