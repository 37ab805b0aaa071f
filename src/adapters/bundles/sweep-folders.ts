import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn } from '../files/names-in.ts';
import type { BundleFolders } from './bundle-folders.ts';

/**
 * Removes what nothing needs and nobody is about to: trees without a pin, blobs that no tree has
 * a link to, drafts of processes that are gone; all of them only when they are old.
 */
export async function sweepFolders(
  folders: BundleFolders,
  { pinned, before }: { readonly pinned: ReadonlySet<string>; readonly before: number },
): Promise<void> {
  const isOld = ({ mtimeMs }: Stats): boolean => mtimeMs < before;
  await sweep(folders.drafts, { isIdle: (_, found) => isOld(found), remove: removeAll });
  await sweep(folders.trees, {
    isIdle: (name, found) => isOld(found) && !pinned.has(name),
    remove: async (tree) => {
      // At once and whole, so that nobody takes a part of it for the bundle.
      const doomed = join(folders.drafts, randomUUID());
      await rename(tree, doomed);
      await removeAll(doomed);
    },
  });
  await sweep(folders.blobs, {
    isIdle: (_, found) => isOld(found) && found.nlink === 1,
    remove: removeAll,
  });
}

async function removeAll(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

type Sweep = {
  readonly isIdle: (name: string, found: Stats) => boolean;
  readonly remove: (path: string) => Promise<void>;
};

async function sweep(folder: string, { isIdle, remove }: Sweep): Promise<void> {
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => null);
    if (found !== null && isIdle(name, found)) await remove(path);
  }
}
