import { join } from 'node:path';

/** Where the bundles of one tenant lie; absolute paths. */
export type BundleFolders = {
  /** Files by their blob name. */
  readonly blobs: string;
  /** A folder for each bundle: its sources, numbered, and `sources.json`, their paths. */
  readonly trees: string;
  readonly pins: string;
  /** What is not whole yet, or is about to go. */
  readonly drafts: string;
  readonly treeOf: (bundleId: string) => string;
  readonly blobOf: (name: string) => string;
};

export function foldersAt(dir: string): BundleFolders {
  const [blobs, trees] = [join(dir, 'blobs'), join(dir, 'trees')];
  return {
    blobs,
    trees,
    pins: join(dir, 'pins'),
    drafts: join(dir, 'drafts'),
    treeOf: (bundleId) => join(trees, bundleId),
    blobOf: (name) => join(blobs, name),
  };
}
