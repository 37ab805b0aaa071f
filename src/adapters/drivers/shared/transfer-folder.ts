import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { assert } from '../../../base/assert.ts';
import { KedgeError } from '../../../base/errors.ts';
import { type Transfer, transferSchema } from '../../../spec/transfer.ts';
import { fromWire, type Json, toWire } from '../../../spec/wire.ts';
import { readRecord, replaceRecord } from '../local/durable-file.ts';

/** Where the checkpoint of one node lies, and what comes to take its place; absolute paths. */
export type CheckpointPlace = {
  readonly folder: string;
  /** On the same disk: a folder for each transfer, and what is about to go. */
  readonly transfers: string;
  /** What is received must be open to any user, as that of a container. */
  readonly anyUser: boolean;
};

/** What one transfer keeps on the disk; absolute paths. */
export type TransferFolder = {
  readonly dir: string;
  /** The manifest: once it is there, all folders and files of the tree are. */
  readonly manifestFile: string;
  /** The chunks that are on the disk, as `\n12.`: what a crash has cut lacks its dot. */
  readonly journalFile: string;
  /** The checkpoint as it comes. */
  readonly treeDir: string;
  /** The decision: all was compared and is right, the swap may be done at any time. */
  readonly commitFile: string;
  /** What the swap has put aside. */
  readonly oldDir: string;
  readonly doneFile: string;
};

/** `commit.json`: which folder is to come, and which to go, by their numbers on the disk. */
export type CommitRecord = {
  readonly brings: number;
  /** Null for none. */
  readonly replaces: number | null;
};

/** `done.json`: what a transfer leaves behind, so that its id is never used for another. */
export type DoneRecord = { readonly digest: string; readonly chunks: number };

const TRANSFER_ID = /^[a-z0-9_-]{1,128}$/i;

export function transferFolder(place: CheckpointPlace, transferId: string): TransferFolder {
  assert(TRANSFER_ID.test(transferId), `${transferId} is no id of a transfer`);
  const dir = join(place.transfers, transferId);
  return {
    dir,
    manifestFile: join(dir, 'manifest.json'),
    journalFile: join(dir, 'journal'),
    treeDir: join(dir, 'tree'),
    commitFile: join(dir, 'commit.json'),
    oldDir: join(dir, 'old'),
    doneFile: join(dir, 'done.json'),
  };
}

/** Names in `transfers` that are no transfers. */
export const DROPPED = '.dropped-';

export function digestOf(transfer: Transfer): string {
  return createHash('sha256')
    .update(JSON.stringify(toWire(transfer)))
    .digest('hex');
}

export async function writeManifest(folder: TransferFolder, transfer: Transfer): Promise<void> {
  await replaceRecord(folder.manifestFile, toWire(transfer));
}

/** Null where the transfer was not opened. Errors: `state.corrupt`. */
export async function readManifest(folder: TransferFolder): Promise<Transfer | null> {
  const wire = await readRecord<Json>(folder.manifestFile);
  if (wire === null) return null;
  const read = transferSchema.safeParse(fromWire(wire));
  if (read.success) return read.data;
  throw new KedgeError('state.corrupt', `${folder.manifestFile} is no manifest of a transfer`);
}

export function notOpen(transferId: string): KedgeError {
  return new KedgeError('move.not-open', `there is no transfer ${transferId} under way here`);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
