import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CheckpointManifest,
  COMPLETE_PATH,
  checkpointManifestSchema,
  INCOMPLETE,
  MANIFEST_PATH,
  SAVING,
  stepFolder,
  stepOf,
} from '../../../spec/checkpoint.ts';
import { isNothing, openBelow } from '../../files/open-below.ts';
import { codeOf } from '../local/durable-file.ts';

const READ_BYTES = 1024 * 1024;
const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Makes a checkpoint folder ready for an attempt that is about to begin: steps that were cut while
 * they were saved, or whose bytes have gone bad, are put aside, the newest kept to be looked at.
 * Gives the newest step that is complete, every byte of it compared; of older ones only the
 * marker, the manifest and the sizes are. What is no step folder of ours is left alone.
 */
export async function settleSteps(folder: string): Promise<number | null> {
  const names = await namesIn(folder);
  for (const name of names.filter((one) => one.startsWith(SAVING))) await remove(folder, name);
  const steps = names.map(stepOf).filter((step) => step !== null);
  let newest: number | null = null;
  const bad: number[] = [];
  for (const step of steps.toSorted((a, b) => b - a)) {
    if (!(await isOurs(folder, step))) continue;
    const isWhole = await isComplete(folder, step, { everyByte: newest === null });
    if (isWhole === true) newest ??= step;
    if (isWhole === false) bad.push(step);
  }
  if (bad.length > 0) await putAside(folder, bad);
  return newest;
}

/** What an attempt is told of the newest complete step, in the folder as the task sees it. */
export function checkpointEnvs(folder: string, step: number | null): Record<string, string> {
  if (step === null) return {};
  return {
    KEDGE_CHECKPOINT: `${folder}/${stepFolder(step)}`,
    KEDGE_CHECKPOINT_STEP: String(step),
  };
}

/** Others may name their folders so too: ours have a `.kedge` from the first. */
async function isOurs(folder: string, step: number): Promise<boolean> {
  return (await namesIn(join(folder, stepFolder(step)))).includes('.kedge');
}

/** Null where another user keeps it from us: the task itself may know. */
async function isComplete(
  folder: string,
  step: number,
  options: { readonly everyByte: boolean },
): Promise<boolean | null> {
  try {
    return await hasAll(folder, step, options);
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(codeOf(error))) return null;
    throw error;
  }
}

async function hasAll(
  folder: string,
  step: number,
  options: { readonly everyByte: boolean },
): Promise<boolean> {
  const root = join(folder, stepFolder(step));
  const manifest = await readWhole(root, MANIFEST_PATH);
  const marker = await readWhole(root, COMPLETE_PATH);
  if (manifest === null || marker === null) return false;
  if (marker.toString('latin1').trim() !== sha256(manifest)) return false;
  const read = parseManifest(manifest);
  if (read === null || read.step !== step) return false;
  for (const file of read.files) if (!(await isRight(root, file, options))) return false;
  return true;
}

function parseManifest(bytes: Buffer): CheckpointManifest | null {
  try {
    return checkpointManifestSchema.safeParse(JSON.parse(bytes.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

async function isRight(
  root: string,
  { path, size, sha256: wanted }: CheckpointManifest['files'][number],
  { everyByte }: { readonly everyByte: boolean },
): Promise<boolean> {
  const file = await opened(root, path);
  if (file === null) return false;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size !== size) return false;
    return !everyByte || (await hashOf(file)) === wanted;
  } finally {
    await file.close();
  }
}

async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    position += bytesRead;
    hash.update(buffer.subarray(0, bytesRead));
  }
}

async function readWhole(root: string, path: string): Promise<Buffer | null> {
  const file = await opened(root, path);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > MANIFEST_BYTES_MAX) return null;
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Null for what is not there, is a link, or lies on a part of the disk that is broken. */
async function opened(root: string, path: string): Promise<FileHandle | null> {
  try {
    return await openBelow(root, path, constants.O_RDONLY);
  } catch (error) {
    if (isNothing(error) || ['EIO', 'files.not-found'].includes(codeOf(error))) return null;
    throw error;
  }
}

/** In the same folder: another user's may be renamed there, and not moved elsewhere. */
async function putAside(folder: string, [first, ...others]: readonly number[]): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (name.startsWith(INCOMPLETE)) await remove(folder, name);
  }
  const name = stepFolder(first!);
  await rename(join(folder, name), join(folder, INCOMPLETE + name)).catch(unlessTaken);
  for (const step of others) await remove(folder, stepFolder(step));
}

async function remove(folder: string, name: string): Promise<void> {
  // What another user has written there stays, out of the task's way.
  await rm(join(folder, name), { recursive: true, force: true }).catch(unlessTaken);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isNothing(error) || codeOf(error) === 'EACCES') return [];
    throw error;
  }
}

function unlessTaken(error: unknown): void {
  if (!['EACCES', 'EPERM', 'ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error))) throw error;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
