import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { KedgeError } from '../../base/errors.ts';
import { type ArtifactFile, isUnder } from '../../spec/artifact.ts';
import { codeOf } from '../drivers/local/durable-file.ts';
import { fileError } from '../files/file-error.ts';

/**
 * Copies the files at a path to a folder of the user's: what is in a folder, or the one file. Each
 * appears at once and whole; one that is there with the same size and time stays. A link that
 * somebody has put below the folder is not gone through.
 */
export async function deliverFiles(options: {
  readonly from: string;
  readonly files: readonly ArtifactFile[];
  readonly path: string;
  readonly to: string;
}): Promise<void> {
  const { from, files, path, to } = options;
  try {
    await mkdir(to, { recursive: true });
    const root = await realpath(to);
    for (const file of files.filter((one) => isUnder(one.path, path))) {
      const name =
        file.path === path ? basename(path) : file.path.slice(path === '' ? 0 : path.length + 1);
      await deliver(file, { from: join(from, file.path), root, name });
    }
  } catch (error) {
    throw fileError(error, to);
  }
}

async function deliver(
  { size, modifiedAt }: ArtifactFile,
  { from, root, name }: { readonly from: string; readonly root: string; readonly name: string },
): Promise<void> {
  const target = join(root, name);
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  if ((await realpath(folder)) !== folder) {
    throw new KedgeError('state.read-only', `cannot write ${target}: a link is on the way`, {
      hint: 'remove the link, or name another folder',
    });
  }
  const there = await stat(target).catch(nullIfMissing);
  if (there?.size === size && Math.floor(there.mtimeMs) === modifiedAt) return;
  const draft = join(folder, `.${randomUUID()}.kedge-part`);
  try {
    await copyFile(from, draft, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await utimes(draft, new Date(modifiedAt), new Date(modifiedAt));
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}

function nullIfMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}
