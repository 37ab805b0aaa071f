import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KedgeError } from '../../base/errors.ts';
import type { ArtifactKey, Artifacts, Kept } from '../../ports/artifacts.ts';
import { type ArtifactFile, artifactFileSchema } from '../../spec/artifact.ts';
import { fromWire, type Json, toWire } from '../../spec/wire.ts';
import { readRecord, replaceRecord } from '../drivers/local/durable-file.ts';
import { writing } from '../files/file-error.ts';
import { readSlice } from '../files/read-slice.ts';
import { safeId } from '../files/safe-id.ts';
import { deliverFiles } from './deliver-files.ts';
import { type ArtifactFolders, takeFile } from './take-file.ts';

const indexSchema = z.object({
  finishedAttempt: z.number().int().nullable(),
  files: z.array(artifactFileSchema),
});
const NOTHING: Kept = { files: [], finishedAttempt: null };

/**
 * Artifacts in `<tenant>/<run>/<allocation>/<rank>/` of a private folder: `files/` as the task had
 * them, and `index.json`, which says what they are. The index is written last, so that a file
 * which it does not describe is taken again.
 */
export function fileArtifacts({ dir }: { readonly dir: string }): Artifacts {
  const foldersOf = ({ tenantId, runId, allocation, rank }: ArtifactKey): ArtifactFolders => {
    const path = [tenantId, runId, String(allocation), String(rank)].map(safeId);
    const own = join(dir, ...path);
    return {
      files: join(own, 'files'),
      drafts: join(own, 'drafts'),
      indexFile: join(own, 'index.json'),
    };
  };
  const kept = async (key: ArtifactKey): Promise<Kept> => {
    const { indexFile } = foldersOf(key);
    const wire = await readRecord<Json>(indexFile);
    if (wire === null) return NOTHING;
    const read = indexSchema.safeParse(fromWire(wire));
    if (read.success) return read.data;
    throw new KedgeError('state.corrupt', `${indexFile} is no index of artifacts`);
  };
  return {
    kept,
    take: async (key, files, { finishedAttempt }) => {
      const folders = foldersOf(key);
      const before = await kept(key);
      const byPath = new Map(before.files.map((file) => [file.path, file]));
      const taken: ArtifactFile[] = [];
      await writing(dir, async () => {
        await rm(folders.drafts, { recursive: true, force: true });
        await mkdir(folders.files, { recursive: true, mode: 0o700 });
        for (const file of files) {
          if (isSame(byPath.get(file.path), file)) continue;
          const fresh = await takeFile(folders, file);
          if (fresh === null) continue;
          for (const path of byPath.keys()) if (excludes(fresh.path, path)) byPath.delete(path);
          byPath.set(file.path, fresh);
          taken.push(fresh);
        }
        const finished = finishedAttempt ?? before.finishedAttempt;
        if (taken.length === 0 && finished === before.finishedAttempt) return;
        const all = [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
        const index: Kept = { files: all, finishedAttempt: finished };
        await replaceRecord(folders.indexFile, toWire(index));
      });
      return taken;
    },
    read: async (key, path, { offset, maxBytes }) => {
      const isKept = (await kept(key)).files.some((file) => file.path === path);
      if (!isKept) throw new KedgeError('files.not-found', `${path} is not kept of this run`);
      return readSlice(foldersOf(key).files, path, { offset, maxBytes });
    },
    deliver: async (key, { path, to }) => {
      const { files } = await kept(key);
      await deliverFiles({ from: foldersOf(key).files, files, path, to });
    },
  };
}

function isSame(
  kept: ArtifactFile | undefined,
  file: Pick<ArtifactFile, 'size' | 'modifiedAt'>,
): boolean {
  return kept?.size === file.size && kept.modifiedAt === file.modifiedAt;
}

/** What was a folder is a file by now, or the other way round. */
function excludes(fresh: string, path: string): boolean {
  return path.startsWith(`${fresh}/`) || fresh.startsWith(`${path}/`);
}
