import { constants, type Dirent, existsSync } from 'node:fs';
import {
  copyFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  stat,
  symlink,
} from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type ErrorCode, KedgeError } from '../../../base/errors.ts';
import { staysInside } from '../../../spec/bundle.ts';
import { nameIn } from '../../files/open-below.ts';
import { codeOf, isDiskFull } from './durable-file.ts';

export type CopySource = {
  /** A file or a folder; absolute. */
  readonly from: string;
  /** What the user calls it, for messages. */
  readonly what: string;
  /** A folder to leave out: Kedge's own data, which the copy is made in. */
  readonly leaveOut: string;
};

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;
/** Elsewhere nothing tells where an open file lies. */
const HAS_PROC = existsSync('/proc/self/fd');
/** Files of a folder that are open at the same time. */
const COPIES_MAX = 16;

/**
 * Copies a file, or what is in a folder, to a path. Sockets and pipes stay behind. Links are kept,
 * and must not lead out of the source. Everything is opened behind no link, in a folder that is
 * open already: whoever changes the source meanwhile gets nothing copied that lies elsewhere.
 * Errors: `driver.workdir-unreadable`, `state.disk-full`.
 */
export async function copyInto(to: string, source: CopySource): Promise<void> {
  const root = await reading(source, source.from, () => realpath(source.from));
  const { isDirectory, isFile } = await kindOf(source, root);
  if (!isDirectory && (source.what === 'workdir' || !isFile)) {
    throw unreadable(source, source.from, isFile ? 'it is a file' : 'it is no file or folder');
  }
  const handle = await reading(source, root, () => openAt(root, isDirectory ? O_DIRECTORY : 0));
  try {
    const isMoved = HAS_PROC && (await readlink(`/proc/self/fd/${handle.fd}`)) !== root;
    if (isMoved) throw unreadable(source, root, 'it changed while it was opened');
    if (isDirectory) return await copyFolder({ ...source, root, to }, { handle, path: '' });
    await mkdir(dirname(to), { recursive: true });
    await reading(source, root, () => copyOpen(handle, { from: root, to }));
  } finally {
    await handle.close();
  }
}

type Copy = CopySource & {
  readonly root: string;
  readonly to: string;
};

type OpenFolder = { readonly handle: FileHandle; readonly path: string };

async function copyFolder(copy: Copy, folder: OpenFolder): Promise<void> {
  const { path } = folder;
  const whole = join(copy.root, path);
  const list = () => readdir(entryPath(copy, folder, ''), { withFileTypes: true });
  const entries = await reading(copy, whole, list);
  await mkdir(join(copy.to, path), { recursive: true });
  const kept = entries.filter(({ name }) => join(whole, name) !== copy.leaveOut);
  const others = kept.filter((entry) => !entry.isDirectory());
  for (let at = 0; at < others.length; at += COPIES_MAX) {
    const some = others.slice(at, at + COPIES_MAX);
    // All of them, so that nothing is written any more when the copy has failed.
    const ends = await Promise.allSettled(some.map((entry) => copyEntry(copy, folder, entry)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }
  for (const { name } of kept.filter((entry) => entry.isDirectory())) {
    const inner = join(path, name);
    const at = entryPath(copy, folder, name);
    const handle = await reading(copy, join(copy.root, inner), () => openAt(at, O_DIRECTORY));
    await copyFolder(copy, { handle, path: inner }).finally(() => handle.close());
  }
}

async function copyEntry(copy: Copy, folder: OpenFolder, entry: Dirent): Promise<void> {
  const path = join(folder.path, entry.name);
  const [from, to] = [join(copy.root, path), join(copy.to, path)];
  const at = entryPath(copy, folder, entry.name);
  if (entry.isSymbolicLink()) {
    await reading(copy, from, async () => {
      await symlink(await keptTarget(copy, { path, target: await readlink(at) }), to);
    });
  } else if (entry.isFile()) {
    await reading(copy, from, async () => {
      const handle = await openAt(at, 0);
      await copyOpen(handle, { from, to }).finally(() => handle.close());
    });
  }
}

/** O_NONBLOCK: a pipe that has come in its place would keep us waiting for a writer. */
function openAt(path: string, flags: number): Promise<FileHandle> {
  return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | flags);
}

async function copyOpen(handle: FileHandle, { from, to }: { from: string; to: string }) {
  const source = HAS_PROC ? `/proc/self/fd/${handle.fd}` : from;
  await copyFile(source, to, constants.COPYFILE_FICLONE);
}

function entryPath({ root }: Copy, { handle, path }: OpenFolder, name: string): string {
  return HAS_PROC ? nameIn(handle, name) : join(root, path, name);
}

/**
 * The target of a link as it must be in the copy: relative, to something within it. What decides
 * is the text that is kept, not what the link leads to at some moment.
 */
async function keptTarget(
  copy: Copy,
  { path, target }: { readonly path: string; readonly target: string },
): Promise<string> {
  if (staysInside({ path, target })) return target;
  const link = join(copy.root, path);
  const aim = await realpath(link).catch(() => resolve(dirname(link), target));
  const isInside = aim === copy.root || aim.startsWith(copy.root + sep);
  const kept = relative(dirname(link), aim) || '.';
  if (isInside && staysInside({ path, target: kept })) return kept;
  throw unreadable(copy, link, `it is a link to ${target}, which lies outside`);
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
