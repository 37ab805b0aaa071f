import { constants, type Dirent, existsSync, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { KedgeError } from '../../base/errors.ts';
import { staysInside } from '../../spec/bundle.ts';
import { type IgnoreRule, isIgnored, parseIgnoreRules } from './ignore-rules.ts';

export type Listed =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly size: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

export type SourceList = {
  /** Real path; the folder of the file where the source is one file. */
  readonly root: string;
  /** Folders before what is in them, in the order of their names. */
  readonly entries: readonly Listed[];
  /** The source is one file, the only entry. */
  readonly isFile: boolean;
};

export type SourceName = {
  /** Absolute. */
  readonly from: string;
  /** What the user calls it, for messages. */
  readonly what: string;
  /** Folders that stay behind: Kedge's own. */
  readonly leaveOut: readonly string[];
};

/**
 * What of a source goes with the task. `.git`, sockets and pipes stay behind, and what .gitignore
 * and .kedgeignore list, in the folder where they lie and below; .kedgeignore has the last word.
 * Links are kept, and must not lead out. A folder that is swapped for a link meanwhile is not gone
 * into. Errors: `driver.workdir-unreadable`.
 */
export async function listSource(source: SourceName): Promise<SourceList> {
  const root = await reading(source, source.from, () => realpath(source.from));
  const found = await reading(source, root, () => stat(root));
  if (found.isDirectory()) {
    const entries: Listed[] = [];
    await listFolder({ ...source, root, entries }, { path: '', git: [], kedge: [] });
    return { root, entries, isFile: false };
  }
  if (source.what === 'workdir') throw unreadable(source, source.from, 'it is no folder');
  if (!found.isFile()) throw unreadable(source, source.from, 'it is no file or folder');
  const entry: Listed = { kind: 'file', path: basename(root), size: found.size };
  return { root: dirname(root), entries: [entry], isFile: true };
}

type Walk = SourceName & { readonly root: string; readonly entries: Listed[] };
type Place = {
  readonly path: string;
  readonly git: readonly IgnoreRule[];
  readonly kedge: readonly IgnoreRule[];
};

/** A folder that is open: what is looked at below `at` lies in it, whatever happens to its path. */
type OpenFolder = Place & { readonly at: string };

const HAS_PROC = existsSync('/proc/self/fd');

async function listFolder(walk: Walk, place: Place): Promise<void> {
  const whole = join(walk.root, place.path);
  const handle = await reading(walk, whole, () => openFolder(whole));
  const at = HAS_PROC ? `/proc/self/fd/${handle.fd}` : whole;
  await listOpen(walk, { ...place, at }).finally(() => handle.close());
}

/** Where /proc tells where it lies, one that was reached through a link is refused. */
async function openFolder(whole: string): Promise<FileHandle> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const handle = await open(whole, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!HAS_PROC || (await readlink(`/proc/self/fd/${handle.fd}`)) === whole) return handle;
  await handle.close();
  throw Object.assign(new TypeError(), { code: 'ELOOP' });
}

async function listOpen(walk: Walk, above: OpenFolder): Promise<void> {
  const whole = join(walk.root, above.path);
  const found = await reading(walk, whole, () => readdir(above.at, { withFileTypes: true }));
  // As git does, an ignore file that is a link is not followed. Source: gitignore(5), NOTES.
  const names = new Set(found.filter((entry) => entry.isFile()).map(({ name }) => name));
  const rulesOf = async (name: string): Promise<readonly IgnoreRule[]> =>
    names.has(name) ? rulesIn(walk, above, name) : [];
  const git = [...above.git, ...(await rulesOf('.gitignore'))];
  const kedge = [...above.kedge, ...(await rulesOf('.kedgeignore'))];
  for (const entry of found.toSorted(byName)) {
    const path = join(above.path, entry.name);
    const isFolder = entry.isDirectory();
    if (entry.name === '.git' || walk.leaveOut.includes(join(walk.root, path))) continue;
    if (isIgnored([...git, ...kedge], { path, isFolder })) continue;
    if (isFolder) {
      walk.entries.push({ kind: 'folder', path });
      await listFolder(walk, { path, git, kedge });
    } else {
      const listed = await listEntry(walk, above, entry);
      if (listed !== null) walk.entries.push(listed);
    }
  }
}

/** By code units, so that the same folder makes the same bundle everywhere. */
function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

async function listEntry(walk: Walk, folder: OpenFolder, entry: Dirent): Promise<Listed | null> {
  const path = join(folder.path, entry.name);
  const [whole, at] = [join(walk.root, path), join(folder.at, entry.name)];
  if (entry.isSymbolicLink()) {
    const keep = async () => keptTarget(walk, { path, target: await readlink(at) });
    return { kind: 'link', path, target: await reading(walk, whole, keep) };
  }
  if (!entry.isFile()) return null;
  const { size }: Stats = await reading(walk, whole, () => lstat(at));
  return { kind: 'file', path, size };
}

/** A link as it must be in the bundle: relative, to something within the source. */
async function keptTarget(
  walk: Walk,
  { path, target }: { readonly path: string; readonly target: string },
): Promise<string> {
  const link = join(walk.root, path);
  const aim = await realpath(link).catch(() => resolve(dirname(link), target));
  const isInside = aim === walk.root || aim.startsWith(walk.root + sep);
  const straight = isAbsolute(target) || !staysInside({ path, target });
  const kept = straight ? relative(dirname(link), aim) || '.' : target;
  if (isInside && staysInside({ path, target: kept })) return kept;
  throw unreadable(walk, link, `it is a link to ${target}, which lies outside`);
}

async function rulesIn(
  walk: Walk,
  folder: OpenFolder,
  name: string,
): Promise<readonly IgnoreRule[]> {
  const path = join(folder.path, name);
  return reading(walk, join(walk.root, path), async () => {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
    const file = await open(join(folder.at, name), flags);
    const text = await file.readFile('utf8').finally(() => file.close());
    return parseIgnoreRules(text, path.slice(0, path.lastIndexOf('/') + 1));
  });
}

async function reading<Result>(
  source: SourceName,
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KedgeError) throw error;
    throw unreadable(source, path, (error as NodeJS.ErrnoException).code ?? String(error));
  }
}

function unreadable({ what, from }: SourceName, path: string, why: string): KedgeError {
  const where = path === from ? from : `${from}: ${path}`;
  return new KedgeError('driver.workdir-unreadable', `cannot take the ${what} ${where}: ${why}`, {
    hint: 'mend it, or list it in .kedgeignore',
  });
}
