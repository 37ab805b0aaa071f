import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, rename, rm, stat, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { type Bundle, blobName } from '../../spec/bundle.ts';
import { codeOf, replaceRecord, syncFolder } from '../drivers/local/durable-file.ts';
import type { BundleFolders } from './bundle-folders.ts';

/** The system's words for `no link to this file any more`, or none here: a copy does as well. */
const CANNOT_LINK: ReadonlySet<string> = new Set(['EMLINK', 'EPERM', 'ENOTSUP', 'EXDEV']);
/** Files that are looked for at the same time. */
const LOOKS_MAX = 64;

/**
 * Makes the tree of a bundle, of hard links to its blobs, aside and then visible by one rename.
 * Gives the blobs that are missing; the tree is made when there are none. The paths have been
 * checked by the schema; symbolic links are made last, so that nothing is written through one.
 */
export async function unpackBundle(
  folders: BundleFolders,
  options: { readonly bundleId: string; readonly bundle: Bundle; readonly clock: Clock },
): Promise<readonly string[]> {
  const { bundleId, bundle, clock } = options;
  const tree = folders.treeOf(bundleId);
  if (await isThere(tree)) {
    const now = new Date(clock.now());
    await utimes(tree, now, now);
    return [];
  }
  const missing = await missingBlobs(folders, bundle);
  if (missing.length > 0) return missing;
  const draft = join(folders.drafts, randomUUID());
  try {
    for (const folder of [folders.trees, folders.blobs, draft]) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
    await fillTree(draft, { folders, bundle });
    await syncFolder(folders.blobs);
    await rename(draft, tree);
    await syncFolder(folders.trees);
  } catch (error) {
    // The same bundle has come twice at once.
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return [];
}

async function missingBlobs(folders: BundleFolders, { sources }: Bundle): Promise<string[]> {
  const files = sources.flatMap(({ entries }) => entries.filter((entry) => entry.kind === 'file'));
  const names = [...new Set(files.map(blobName))];
  const missing: string[] = [];
  for (let at = 0; at < names.length; at += LOOKS_MAX) {
    const some = names.slice(at, at + LOOKS_MAX);
    const there = await Promise.all(some.map((name) => isThere(folders.blobOf(name))));
    missing.push(...some.filter((_, index) => !there[index]));
  }
  return missing;
}

async function fillTree(
  draft: string,
  { folders, bundle }: { readonly folders: BundleFolders; readonly bundle: Bundle },
): Promise<void> {
  for (const [index, { entries }] of bundle.sources.entries()) {
    const root = join(draft, String(index));
    if (entries[0]?.path !== '.') await mkdir(root, { mode: 0o700 });
    for (const entry of entries) {
      const path = join(root, entry.path);
      if (entry.kind === 'folder') await mkdir(path, { mode: 0o700 });
      if (entry.kind === 'file') await linkOrCopy(folders.blobOf(blobName(entry)), path);
    }
    for (const entry of entries) {
      if (entry.kind === 'link') await symlink(entry.target, join(root, entry.path));
    }
  }
  const paths = bundle.sources.map(({ path }) => path);
  await replaceRecord(join(draft, 'sources.json'), paths);
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!CANNOT_LINK.has(codeOf(error))) throw error;
    await copyFile(from, to);
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
