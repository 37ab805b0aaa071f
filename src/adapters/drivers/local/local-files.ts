import type { NodeFiles } from '../../../ports/node-files.ts';
import { folderFiles } from '../shared/folder-files.ts';
import { checkpointPlace, nodeDirectory } from './node-directory.ts';

/** The files of nodes of this machine, where their processes see them too. */
export function localFiles(dataDir: string): NodeFiles {
  return folderFiles({
    workOf: async (ref) => nodeDirectory(dataDir, ref).workDir,
    checkpointOf: (ref) => checkpointPlace(dataDir, ref),
  });
}
