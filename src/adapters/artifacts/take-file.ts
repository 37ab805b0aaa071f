import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { IncomingFile } from '../../ports/artifacts.ts';
import type { ArtifactFile } from '../../spec/artifact.ts';
import { codeOf } from '../drivers/local/durable-file.ts';
import { namesOf } from '../files/open-below.ts';

/** Where the artifacts of one node lie; absolute paths. */
export type ArtifactFolders = {
  readonly files: string;
  /** What is not whole yet. */
  readonly drafts: string;
  readonly indexFile: string;
};

/** Null for one that has not as many bytes as was said. */
export async function takeFile(
  folders: ArtifactFolders,
  incoming: IncomingFile,
): Promise<ArtifactFile | null> {
  const { path, size, modifiedAt } = incoming;
  await mkdir(folders.drafts, { recursive: true, mode: 0o700 });
  const draft = join(folders.drafts, randomUUID());
  try {
    const written = await writeAll(draft, incoming);
    if (written === null) return null;
    await putInPlace(draft, join(folders.files, ...namesOf(path)));
    return { path, size, sha256: written, modifiedAt };
  } finally {
    await rm(draft, { force: true });
  }
}

/** The SHA-256 of the bytes. */
async function writeAll(draft: string, { size, bytes }: IncomingFile): Promise<string | null> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    const hash = createHash('sha256');
    let total = 0;
    for await (const chunk of bytes()) {
      total += chunk.length;
      if (total > size) return null;
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
    return total === size ? hash.digest('hex') : null;
  } finally {
    await file.close();
  }
}

/** A folder that is in the way of a file, or a file of a folder, was of an earlier version. */
async function putInPlace(draft: string, path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(draft, path);
  } catch (error) {
    if (codeOf(error) === 'EISDIR') {
      await rm(path, { recursive: true });
    } else if (['EEXIST', 'ENOTDIR'].includes(codeOf(error))) {
      await removeFileAbove(path);
    } else throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rename(draft, path);
  }
}

/** Of all that a path goes through only the file that stops it can be removed so. */
async function removeFileAbove(path: string): Promise<void> {
  for (let above = dirname(path); ; above = dirname(above)) {
    try {
      return await rm(above);
    } catch (error) {
      const isFurtherUp = codeOf(error) === 'ENOTDIR' || codeOf(error) === 'ENOENT';
      if (!isFurtherUp || above === dirname(above)) throw error;
    }
  }
}
