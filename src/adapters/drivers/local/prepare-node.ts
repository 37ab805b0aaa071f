import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import type { NodeSpec } from '../../../ports/driver.ts';
import { fileError } from '../../files/file-error.ts';
import { linkCheckpoint, pathInWork } from '../shared/checkpoint-path.ts';
import { CHECKPOINT_COMMAND, CHECKPOINT_PROGRAM } from '../shared/checkpoint-program.ts';
import { copyInto } from './copy-tree.ts';
import { codeOf, readRecord, replaceRecord, syncFolder } from './durable-file.ts';
import { checkpointPlace, directoryAt, type NodeDirectory } from './node-directory.ts';
import { bootId, startTicksOf } from './process-table.ts';
import type { NodeRecord, SpecRecord } from './records.ts';

const DRAFT = '.draft-';

/**
 * Makes the directory of a node whole: it is built aside and appears by one rename, so that
 * several creates at once, or one that was cut short, leave either all of it or nothing.
 * Errors: `driver.workdir-unreadable`, `driver.unsupported`, `state.disk-full`, `state.read-only`.
 */
export async function prepareNode(
  spec: NodeSpec,
  { node, dataDir }: { readonly node: NodeDirectory; readonly dataDir: string },
): Promise<void> {
  if (await isPrepared(node)) return;
  const parent = dirname(node.dir);
  const name = `${basename(node.dir)}-${process.pid}-${startTicksOf(process.pid)}`;
  const draft = directoryAt(join(parent, `${DRAFT}${name}-${drafts++}`));
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    await sweepDrafts(parent);
    await fill(draft, { spec, dataDir });
    await rename(draft.dir, node.dir);
    await syncFolder(parent);
  } catch (error) {
    await rm(draft.dir, { recursive: true, force: true });
    // Another create, or a stop, was faster.
    if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return;
    throw fileError(error, node.dir);
  }
}

let drafts = 0;

/** What was prepared before a crash of the machine may lack bytes that never reached the disk. */
async function isPrepared(node: NodeDirectory): Promise<boolean> {
  const record = await readRecord<NodeRecord>(node.nodeFile);
  if (record === null) return false;
  if (record.bootId === bootId()) return true;
  if ((await readRecord(node.supervisorFile)) !== null) return true;
  await rm(node.dir, { recursive: true, force: true });
  return false;
}

async function fill(
  draft: NodeDirectory,
  { spec, dataDir }: { spec: NodeSpec; dataDir: string },
): Promise<void> {
  await mkdir(draft.workDir, { recursive: true, mode: 0o700 });
  if (spec.workdir !== null) {
    await copyInto(draft.workDir, { from: spec.workdir, what: 'workdir', leaveOut: dataDir });
  }
  for (const [to, from] of Object.entries(spec.fileMounts)) {
    const path = join(draft.workDir, mountPath(to));
    await copyInto(path, { from, what: `file mount ${to}`, leaveOut: dataDir });
  }
  const { ref, installationId, setup, run } = spec;
  const envs: Record<string, string> = { ...spec.envs, KEDGE_RUN_ID: ref.runId };
  const checkpointDir = await showCheckpoint(draft, { spec, dataDir });
  if (checkpointDir !== null) envs['KEDGE_CHECKPOINT_DIR'] = checkpointDir;
  await addPrograms(draft);
  const { secretNames = [] } = spec;
  const record: SpecRecord = { setup, run, envs, secretNames, checkpointDir };
  await replaceRecord(draft.specFile, record);
  const nodeRecord: NodeRecord = { installationId, ref, bootId: bootId() };
  await replaceRecord(draft.nodeFile, nodeRecord);
}

/** Gives where checkpoints lie; null where the task wants none. */
async function showCheckpoint(
  draft: NodeDirectory,
  { spec, dataDir }: { spec: NodeSpec; dataDir: string },
): Promise<string | null> {
  if (spec.checkpoint === null) return null;
  // Loaded where there is something to run: a plan has no use for it.
  const { readyCheckpoint } = await import('../shared/folder-files.ts');
  const folder = await readyCheckpoint(checkpointPlace(dataDir, spec.ref));
  const path = pathInWork(spec.checkpoint.path);
  if (path !== null) await linkCheckpoint(draft.workDir, { path, folder });
  return folder;
}

async function addPrograms({ binDir }: NodeDirectory): Promise<void> {
  await mkdir(binDir, { mode: 0o700 });
  const program = join(binDir, CHECKPOINT_COMMAND);
  await writeFile(program, CHECKPOINT_PROGRAM, { mode: 0o700 });
}

/** Where a file mount goes. This machine is the user's: nothing is put outside of the copy. */
function mountPath(to: string): string {
  const path = normalize(to);
  const leadsOut = isAbsolute(path) || path === '..' || path.startsWith('../');
  if (!leadsOut && !path.startsWith('~')) return path;
  throw new KedgeError('driver.unsupported', `file mount ${to} would lie outside of the workdir`, {
    hint: 'on this machine mount to a path relative to the workdir',
  });
}

/** Removes what processes that are gone have left half-made, with the secrets in it. */
export async function sweepDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(DRAFT)) continue;
    const [pid, startTicks] = name.split('-').slice(-3).map(Number);
    if (startTicksOf(pid!) === startTicks) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}
