import { constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { KedgeError } from '../../../base/errors.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import type { FileRoot, NodeFiles } from '../../../ports/node-files.ts';
import { fileError } from '../../files/file-error.ts';
import { openBelow, readError } from '../../files/open-below.ts';
import { commitTransfer, dropCheckpoint, settleTransfers } from './commit-transfer.ts';
import { listFiles } from './list-files.ts';
import { ChunkWriter, openTransfer } from './receive-transfer.ts';
import type { CheckpointPlace } from './transfer-folder.ts';

export type FolderFilesOptions = {
  /** Where a task works; null where the node never was. */
  readonly workOf: (ref: NodeRef) => Promise<string | null>;
  readonly checkpointOf: (ref: NodeRef) => CheckpointPlace;
};

/** The files of nodes that lie in folders of this machine. */
export function folderFiles({ workOf, checkpointOf }: FolderFilesOptions): NodeFiles {
  const writer = new ChunkWriter();
  const rootOf = async (ref: NodeRef, root: FileRoot): Promise<string | null> => {
    if (root === 'work') return workOf(ref);
    const place = checkpointOf(ref);
    await writing(place, () => settleTransfers(place));
    return place.folder;
  };
  return {
    list: async (ref, root, options = {}) => {
      const folder = await rootOf(ref, root);
      return folder === null ? [] : listFiles(folder, options.under);
    },
    read: async (ref, root, path, slice) => {
      const folder = await rootOf(ref, root);
      if (folder === null) throw notFound(path);
      return readSlice(folder, path, slice);
    },
    openTransfer: async (ref, transferId, transfer) => {
      const place = checkpointOf(ref);
      return writing(place, async () => {
        await settleTransfers(place);
        writer.forget(place, transferId);
        return openTransfer(place, transferId, transfer);
      });
    },
    putChunk: async (ref, transferId, index, bytes) => {
      const place = checkpointOf(ref);
      await writing(place, () => writer.put(place, { transferId, index, bytes }));
    },
    commitTransfer: async (ref, transferId) => {
      const place = checkpointOf(ref);
      await writing(place, async () => {
        await settleTransfers(place);
        await commitTransfer(place, transferId);
      });
    },
    dropCheckpoint: async (ref) => {
      const place = checkpointOf(ref);
      await writing(place, async () => {
        await settleTransfers(place);
        await dropCheckpoint(place);
      });
    },
  };
}

/** The checkpoint folder of a node, whole and there. */
export async function readyCheckpoint(place: CheckpointPlace): Promise<string> {
  await settleTransfers(place);
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  return place.folder;
}

async function readSlice(
  root: string,
  path: string,
  { offset, maxBytes }: { readonly offset: number; readonly maxBytes: number },
): Promise<Uint8Array> {
  try {
    const file = await openBelow(root, path, constants.O_RDONLY);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw notFound(path);
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(maxBytes, found.size - offset)));
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw readError(error, path);
  }
}

function notFound(path: string): KedgeError {
  return new KedgeError('files.not-found', `there is no file ${JSON.stringify(path)}`);
}

async function writing<Result>(
  place: CheckpointPlace,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw fileError(error, place.folder);
  }
}
