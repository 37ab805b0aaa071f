import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import { chunkSize, piecesOf, type Transfer, type TransferEntry } from '../../../spec/transfer.ts';
import { namesIn } from '../../files/names-in.ts';
import { openBelow } from '../../files/open-below.ts';
import { codeOf, readRecord, replaceRecord, syncFolder } from '../local/durable-file.ts';
import { readJournal } from './receive-transfer.ts';
import {
  type CheckpointPlace,
  type CommitRecord,
  type DoneRecord,
  DROPPED,
  digestOf,
  notOpen,
  readManifest,
  sha256,
  type TransferFolder,
  transferFolder,
} from './transfer-folder.ts';

const READ_BYTES = 1024 * 1024;
const FOR_US = { file: 0o600, folder: 0o700 };
const FOR_ANY_USER = { file: 0o666, folder: 0o777 };

/** Reads all that has come once more, and then swaps: see `NodeFiles.commitTransfer`. */
export async function commitTransfer(place: CheckpointPlace, transferId: string): Promise<void> {
  const folder = transferFolder(place, transferId);
  if ((await readRecord<DoneRecord>(folder.doneFile)) !== null) return;
  const transfer = await readManifest(folder);
  if (transfer === null) throw notOpen(transferId);
  try {
    await compareAll(folder, transfer);
    await openUp(folder, transfer, place.anyUser ? FOR_ANY_USER : FOR_US);
    const [brings, replaces] = [await inodeOf(folder.treeDir), await inodeOf(place.folder)];
    if (brings === null) throw notOpen(transferId);
    await replaceRecord(folder.commitFile, { brings, replaces } satisfies CommitRecord);
    await finish(place, folder, transfer);
  } catch (error) {
    // Another has committed it meanwhile, or has begun another one.
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'move.not-open') throw error;
    if ((await readRecord<DoneRecord>(folder.doneFile)) === null) throw notOpen(transferId);
  }
}

/**
 * Ends what a cut has left half-done; whoever looks at the checkpoint folder calls it first, so
 * that it always finds a whole one.
 */
export async function settleTransfers(place: CheckpointPlace): Promise<void> {
  for (const name of await namesIn(place.transfers)) {
    if (name.startsWith('.')) continue;
    const folder = transferFolder(place, name);
    if ((await readRecord<CommitRecord>(folder.commitFile)) === null) continue;
    const transfer = await readManifest(folder);
    if (transfer !== null) await finish(place, folder, transfer);
  }
}

/** Removes the checkpoint folder: out of the way at once, then piece by piece. */
export async function dropCheckpoint(place: CheckpointPlace): Promise<void> {
  await mkdir(place.transfers, { recursive: true, mode: FOR_US.folder });
  await renameIfThere(place.folder, join(place.transfers, `${DROPPED}${randomUUID()}`));
  for (const name of await namesIn(place.transfers)) {
    if (name.startsWith(DROPPED)) await removeAll(join(place.transfers, name));
  }
}

/** By two renames; each state in between is known again by what lies where. */
async function finish(
  { folder: live }: CheckpointPlace,
  folder: TransferFolder,
  transfer: Transfer,
): Promise<void> {
  const commit = await readRecord<CommitRecord>(folder.commitFile);
  // Another has just done it.
  if (commit === null) return;
  const { treeDir, oldDir } = folder;
  await mkdir(dirname(live), { recursive: true, mode: FOR_US.folder });
  if ((await inodeOf(live)) !== commit.brings) {
    if ((await inodeOf(live)) === commit.replaces) await renameIfThere(live, oldDir);
    await renameIfThere(treeDir, live);
    // Another has swapped at the same moment, and we have taken away what it had put there.
    if ((await inodeOf(live)) === null) await renameIfThere(oldDir, live);
  }
  if ((await inodeOf(live)) !== commit.brings) {
    throw new KedgeError('state.corrupt', `${live} is in the way of what has come for it`);
  }
  await syncFolder(dirname(live));
  const done: DoneRecord = { digest: digestOf(transfer), chunks: transfer.chunks.length };
  await replaceRecord(folder.doneFile, done);
  if ((await inodeOf(oldDir)) === commit.replaces) await removeAll(oldDir);
  await removeAll(treeDir);
  for (const file of [folder.commitFile, folder.journalFile, folder.manifestFile]) {
    await rm(file, { force: true });
  }
}

/** What is wrong is struck from the journal, so that it is sent again. */
async function compareAll(folder: TransferFolder, transfer: Transfer): Promise<void> {
  const there = new Set(await readJournal(folder, transfer));
  const missing = [...transfer.chunks.keys()].filter((index) => !there.has(index));
  if (missing.length > 0) throw wrong(missing, 'have not come');
  const bad: string[] = [];
  for (const entry of transfer.entries) {
    if (entry.kind === 'file' && !(await isRight(folder.treeDir, entry))) bad.push(entry.path);
  }
  if (bad.length === 0) return;
  const chunks = await badChunks(folder, transfer, new Set(bad));
  const kept = [...there].filter((index) => !chunks.includes(index));
  await rewriteJournal(folder, kept);
  throw wrong(chunks, 'have gone bad on the disk');
}

async function isRight(
  root: string,
  { path, size, sha256: wanted }: Extract<TransferEntry, { kind: 'file' }>,
): Promise<boolean> {
  const file = await openBelow(root, path, constants.O_RDONLY);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    let position = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      hash.update(buffer.subarray(0, bytesRead));
    }
    return position === size && hash.digest('hex') === wanted;
  } finally {
    await file.close();
  }
}

/** Of the chunks that the bad files have a part in, those that are bad; all where none is. */
async function badChunks(
  { treeDir }: TransferFolder,
  transfer: Transfer,
  files: ReadonlySet<string>,
): Promise<readonly number[]> {
  const touched = [...transfer.chunks.keys()].filter((index) =>
    piecesOf(transfer, index).some(({ path }) => files.has(path)),
  );
  const bad: number[] = [];
  for (const index of touched) {
    const bytes = Buffer.alloc(chunkSize(transfer, index));
    for (const { path, offset, length, at } of piecesOf(transfer, index)) {
      const file = await openBelow(treeDir, path, constants.O_RDONLY);
      await file.read(bytes, at, length, offset).finally(() => file.close());
    }
    if (sha256(bytes) !== transfer.chunks[index]) bad.push(index);
  }
  return bad.length > 0 ? bad : touched;
}

async function rewriteJournal(
  { journalFile }: TransferFolder,
  kept: readonly number[],
): Promise<void> {
  const draft = `${journalFile}.${randomUUID()}`;
  const file = await open(draft, 'wx', FOR_US.file);
  try {
    await file.writeFile(kept.map((index) => `\n${index}.`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, journalFile);
}

/** Gives each file and folder its mode, folders last, and puts all on the disk. */
async function openUp(
  { treeDir }: TransferFolder,
  { entries }: Transfer,
  least: typeof FOR_US,
): Promise<void> {
  for (const entry of entries.toReversed()) {
    if (entry.kind === 'link') continue;
    const isFolder = entry.kind === 'folder';
    const flags = isFolder ? constants.O_RDONLY | constants.O_DIRECTORY : constants.O_RDONLY;
    const item: FileHandle = await openBelow(treeDir, entry.path, flags);
    await item.chmod(entry.mode | (isFolder ? least.folder : least.file)).finally(async () => {
      await item.sync();
      await item.close();
    });
  }
  await chmod(treeDir, least.folder);
  await syncFolder(treeDir);
}

async function renameIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) return false;
    throw error;
  }
}

async function inodeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).ino;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** What a container has written as another user stays, out of everybody's way. */
async function removeAll(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(codeOf(error))) throw error;
  }
}

function wrong(chunks: readonly number[], what: string): KedgeError {
  const message = `${chunks.length} chunks of the checkpoint ${what}`;
  return new KedgeError('move.wrong-bytes', message, { details: { chunks } });
}
