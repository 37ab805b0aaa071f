import type { NodeFiles } from '../../../ports/node-files.ts';
import { readRecord } from '../local/durable-file.ts';
import { folderFiles } from '../shared/folder-files.ts';
import { type ClaimRecord, checkpointPlace, nodeFolder } from './node-folder.ts';

/** The files of containers, as they lie on this machine: no engine is asked. */
export function containerFiles(dataDir: string): NodeFiles {
  return folderFiles({
    workOf: async (ref) => {
      const node = nodeFolder(dataDir, ref);
      const claim = await readRecord<ClaimRecord>(node.claimFile);
      const isThere = claim !== null && claim.socket !== null && claim.ref.token === ref.token;
      return isThere ? node.shared(claim.shared).workDir : null;
    },
    checkpointOf: (ref) => checkpointPlace(dataDir, ref),
  });
}
