import { mkdir } from 'node:fs/promises';
import { KedgeError } from '../../../base/errors.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import type { FileRoot, NodeFiles } from '../../../ports/node-files.ts';
import { writing } from '../../files/file-error.ts';
import { readSlice } from '../../files/read-slice.ts';
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
    await writing(place.folder, () => settleTransfers(place));
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
      return writing(place.folder, async () => {
        await settleTransfers(place);
        writer.forget(place, transferId);
        return openTransfer(place, transferId, transfer);
      });
    },
    putChunk: async (ref, transferId, index, bytes) => {
      const place = checkpointOf(ref);
      await writing(place.folder, () => writer.put(place, { transferId, index, bytes }));
    },
    commitTransfer: async (ref, transferId) => {
      const place = checkpointOf(ref);
      await writing(place.folder, async () => {
        await settleTransfers(place);
        await commitTransfer(place, transferId);
      });
    },
    dropCheckpoint: async (ref) => {
      const place = checkpointOf(ref);
      await writing(place.folder, async () => {
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

function notFound(path: string): KedgeError {
  return new KedgeError('files.not-found', `there is no file ${JSON.stringify(path)}`);
}
