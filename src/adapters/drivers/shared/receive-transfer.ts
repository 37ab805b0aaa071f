import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { KedgeError } from '../../../base/errors.ts';
import { chunkSize, piecesOf, type Transfer } from '../../../spec/transfer.ts';
import { openBelow } from '../../files/open-below.ts';
import { codeOf, readRecord, syncFolder } from '../local/durable-file.ts';
import {
  type CheckpointPlace,
  type DoneRecord,
  digestOf,
  notOpen,
  readManifest,
  sha256,
  type TransferFolder,
  transferFolder,
  writeManifest,
} from './transfer-folder.ts';

const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW } = constants;
const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
/** Manifests that are kept read: each chunk needs one, and they may be large. */
const KEPT_MAX = 4;

/** Begins a transfer, or goes on with it; gives the chunks that are on the disk. */
export async function openTransfer(
  place: CheckpointPlace,
  transferId: string,
  transfer: Transfer,
): Promise<readonly number[]> {
  const folder = transferFolder(place, transferId);
  const done = await readRecord<DoneRecord>(folder.doneFile);
  if (done !== null) {
    if (done.digest !== digestOf(transfer)) throw changed(transferId);
    return Array.from({ length: done.chunks }, (_, index) => index);
  }
  const known = await readManifest(folder);
  if (known !== null && digestOf(known) !== digestOf(transfer)) throw changed(transferId);
  if (known === null) await makeRoom(place, folder);
  // Also of one that is known: a crash of the machine may have left the manifest alone.
  await makeTree(folder, transfer);
  if (known === null) await writeManifest(folder, transfer);
  return readJournal(folder, transfer);
}

/** Keeps manifests between the chunks of a transfer. */
export class ChunkWriter {
  readonly #manifests = new Map<string, Transfer>();

  /** Takes a chunk whose bytes are as the manifest says; any other leaves no trace. */
  async put(place: CheckpointPlace, { transferId, index, bytes }: Chunk): Promise<void> {
    const folder = transferFolder(place, transferId);
    if ((await readRecord(folder.doneFile)) !== null) return;
    const transfer = await this.#manifestOf(folder, transferId);
    if (index < 0 || index >= transfer.chunks.length) throw notOpen(`${transferId}/${index}`);
    const isRight =
      bytes.length === chunkSize(transfer, index) && sha256(bytes) === transfer.chunks[index];
    if (!isRight) throw wrong(index);
    try {
      for (const { path, offset, length, at } of piecesOf(transfer, index)) {
        await writeAt(folder.treeDir, { path, offset, bytes: bytes.subarray(at, at + length) });
      }
      await appendJournal(folder, index);
    } catch (error) {
      // Another transfer has begun, or this one has been committed by somebody else.
      if (codeOf(error) === 'ENOENT') throw notOpen(transferId);
      throw error;
    }
  }

  async #manifestOf(folder: TransferFolder, transferId: string): Promise<Transfer> {
    const known = this.#manifests.get(folder.dir) ?? (await readManifest(folder));
    if (known === null) throw notOpen(transferId);
    this.#manifests.delete(folder.dir);
    this.#manifests.set(folder.dir, known);
    const [oldest] = this.#manifests.keys();
    if (this.#manifests.size > KEPT_MAX) this.#manifests.delete(oldest!);
    return known;
  }

  /** After the transfer was opened anew: its id may stand for another manifest. */
  forget(place: CheckpointPlace, transferId: string): void {
    this.#manifests.delete(transferFolder(place, transferId).dir);
  }
}

type Chunk = {
  readonly transferId: string;
  readonly index: number;
  readonly bytes: Uint8Array;
};

/** Chunks whose bytes the disk has; those beyond the manifest are of nobody. */
export async function readJournal(
  { journalFile }: TransferFolder,
  { chunks }: Transfer,
): Promise<readonly number[]> {
  let text = '';
  try {
    text = await readFile(journalFile, 'latin1');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const found = [...text.matchAll(/^(\d+)\.$/gm)].map(([, index]) => Number(index));
  return [...new Set(found)].filter((index) => index < chunks.length).sort((a, b) => a - b);
}

/** Other transfers go first: they may hold as much space as this one needs. */
async function makeRoom(place: CheckpointPlace, folder: TransferFolder): Promise<void> {
  await mkdir(place.transfers, { recursive: true, mode: PRIVATE_FOLDER });
  for (const name of await readdir(place.transfers)) {
    const other = join(place.transfers, name);
    if (other !== folder.dir) await rm(other, { recursive: true, force: true }).catch(leave);
  }
  await mkdir(folder.dir, { recursive: true, mode: PRIVATE_FOLDER });
  await syncFolder(place.transfers);
}

/** As often as it is done: what is there already is kept. */
async function makeTree(folder: TransferFolder, transfer: Transfer): Promise<void> {
  await mkdir(folder.treeDir, { recursive: true, mode: PRIVATE_FOLDER });
  for (const entry of transfer.entries) {
    const path = join(folder.treeDir, entry.path);
    if (entry.kind === 'folder') await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
    if (entry.kind === 'link') await symlink(entry.target, path).catch(unlessThere);
    if (entry.kind === 'file') await makeFile(folder.treeDir, entry);
  }
}

async function makeFile(
  root: string,
  { path, size }: { readonly path: string; readonly size: number },
): Promise<void> {
  const file = await openBelow(root, path, O_WRONLY | O_CREAT);
  try {
    await file.chmod(PRIVATE_FILE);
    await file.truncate(size);
  } finally {
    await file.close();
  }
}

async function writeAt(
  root: string,
  { path, offset, bytes }: { path: string; offset: number; bytes: Uint8Array },
): Promise<void> {
  const file = await openBelow(root, path, O_WRONLY);
  try {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
      done += bytesWritten;
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function appendJournal({ journalFile }: TransferFolder, index: number): Promise<void> {
  const flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW;
  const file = await open(journalFile, flags, PRIVATE_FILE);
  try {
    await file.appendFile(`\n${index}.`);
    await file.sync();
  } finally {
    await file.close();
  }
}

function changed(transferId: string): KedgeError {
  const message = `transfer ${transferId} began with another content of the checkpoint`;
  return new KedgeError('move.source-changed', message, { hint: 'begin another transfer' });
}

function wrong(index: number): KedgeError {
  return new KedgeError('move.wrong-bytes', `chunk ${index} has come with wrong bytes`, {
    details: { chunks: [index] },
  });
}

function unlessThere(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error;
}

/** What a container has written as another user stays until somebody with the right removes it. */
function leave(error: unknown): void {
  if (!['EACCES', 'EPERM'].includes(codeOf(error))) throw error;
}
