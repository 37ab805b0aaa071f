import type { Dirent } from 'node:fs';
import {
  constants,
  copyFile,
  mkdir,
  readdir,
  readlink,
  realpath,
  stat,
  symlink,
} from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type ErrorCode, KedgeError } from '../../../base/errors.ts';
import { codeOf, isDiskFull } from './durable-file.ts';

export type CopySource = {
  /** A file or a folder; absolute. */
  readonly from: string;
  /** What the user calls it, for messages. */
  readonly what: string;
  /** A folder to leave out: Kedge's own data, which the copy is made in. */
  readonly leaveOut: string;
};

/**
 * Copies a file, or what is in a folder, to a path. Sockets and pipes stay behind. Links are kept,
 * and must not lead out of the source.
 * Errors: `driver.workdir-unreadable`, `state.disk-full`.
 */
export async function copyInto(to: string, source: CopySource): Promise<void> {
  const root = await reading(source, source.from, () => realpath(source.from));
  const { isDirectory, isFile } = await kindOf(source, root);
  if (!isDirectory && (source.what === 'workdir' || !isFile)) {
    throw unreadable(source, source.from, isFile ? 'it is a file' : 'it is no file or folder');
  }
  if (!isDirectory) {
    await mkdir(dirname(to), { recursive: true });
    return reading(source, root, () => copyFile(root, to, constants.COPYFILE_FICLONE));
  }
  await copyFolder({ ...source, root, to }, '');
}

type Copy = CopySource & {
  readonly root: string;
  readonly to: string;
};

async function copyFolder(copy: Copy, path: string): Promise<void> {
  const folder = join(copy.root, path);
  const entries = await reading(copy, folder, () => readdir(folder, { withFileTypes: true }));
  await mkdir(join(copy.to, path), { recursive: true });
  const kept = entries.filter(({ name }) => join(folder, name) !== copy.leaveOut);
  const folders = kept.filter((entry) => entry.isDirectory());
  const others = kept.filter((entry) => !entry.isDirectory());
  await Promise.all(others.map((entry) => copyEntry(copy, join(path, entry.name), entry)));
  for (const entry of folders) await copyFolder(copy, join(path, entry.name));
}

async function copyEntry(copy: Copy, path: string, entry: Dirent): Promise<void> {
  const [from, to] = [join(copy.root, path), join(copy.to, path)];
  if (entry.isSymbolicLink()) {
    await reading(copy, from, async () => symlink(await linkTarget(copy, from), to));
  } else if (entry.isFile()) {
    await reading(copy, from, () => copyFile(from, to, constants.COPYFILE_FICLONE));
  }
}

/** A link as it must be in the copy: relative, to something within it. */
async function linkTarget(copy: Copy, link: string): Promise<string> {
  const target = await readlink(link);
  const aim = await realpath(link).catch(() => resolve(dirname(link), target));
  if (aim !== copy.root && !aim.startsWith(copy.root + sep)) {
    throw unreadable(copy, link, `it is a link to ${target}, which lies outside`);
  }
  return isAbsolute(target) ? relative(dirname(link), aim) : target;
}

async function kindOf(source: CopySource, root: string) {
  const found = await reading(source, root, () => stat(root));
  return { isDirectory: found.isDirectory(), isFile: found.isFile() };
}

async function reading<Result>(
  source: CopySource,
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KedgeError) throw error;
    const code = isDiskFull(error) ? 'state.disk-full' : 'driver.workdir-unreadable';
    throw unreadable(source, path, codeOf(error), code);
  }
}

function unreadable(
  { what, from }: CopySource,
  path: string,
  why: string,
  code: ErrorCode = 'driver.workdir-unreadable',
): KedgeError {
  const where = path === from ? from : `${from}: ${path}`;
  const hint =
    code === 'state.disk-full' ? 'free some space' : `mend it, or list it in .kedgeignore`;
  return new KedgeError(code, `cannot copy the ${what} ${where}: ${why}`, { hint });
}
