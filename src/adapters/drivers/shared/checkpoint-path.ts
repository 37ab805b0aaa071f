import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { copyInto } from '../local/copy-tree.ts';
import { codeOf } from '../local/durable-file.ts';

/** The path as one within the working directory; null for any other. */
export function pathInWork(path: string | null): string | null {
  if (path === null || isAbsolute(path) || path.startsWith('~')) return null;
  const inner = normalize(path).replace(/\/$/, '');
  return inner === '.' || inner === '..' || inner.startsWith('../') ? null : inner;
}

/**
 * Shows the checkpoint folder in the working directory: at its path, a link takes the place of
 * what came with the working directory, which the folder begins with.
 */
export async function linkCheckpoint(
  workDir: string,
  { path, folder }: { readonly path: string; readonly folder: string },
): Promise<void> {
  await seedCheckpoint(workDir, { path, folder });
  const link = join(workDir, path);
  await rm(link, { recursive: true, force: true });
  await mkdir(dirname(link), { recursive: true });
  await symlink(folder, link);
}

/** What the working directory brings at the path is where the first attempt begins. */
export async function seedCheckpoint(
  workDir: string,
  { path, folder }: { readonly path: string; readonly folder: string },
): Promise<void> {
  const from = join(workDir, path);
  if ((await readdir(folder)).length > 0 || !(await isFolder(from))) return;
  await copyInto(folder, { from, what: 'checkpoint', leaveOut: folder });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    await readdir(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return false;
    throw error;
  }
}
