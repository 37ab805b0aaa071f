import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { KedgeError } from '../../base/errors.ts';
import { formatBytes } from '../../base/units.ts';
import {
  BUNDLE_ENTRIES_MAX,
  type Bundle,
  type BundleEntry,
  blobName,
  bundleText,
} from '../../spec/bundle.ts';
import type { Task } from '../../spec/task.ts';
import type { TaskInput } from '../task-input.ts';
import { listSource, type SourceList, type SourceName } from './list-source.ts';
import { type FilePlace, hashInside } from './read-inside.ts';

/** Where the bytes of a blob are, and how many; or what they are, in place of those there. */
export type Blob = FilePlace & { readonly size: number; readonly text?: string };

export type FrozenTask = {
  readonly bundleId: string;
  readonly bundle: Bundle;
  readonly blobs: ReadonlyMap<string, Blob>;
};

export type FreezeOptions = {
  readonly bytesMax: number;
  readonly leaveOut: readonly string[];
  /** Real path of the task file where its text goes along in place of what is in it. */
  readonly blanked?: string | null;
  readonly onProgress: (doneBytes: number, allBytes: number) => void;
};

/**
 * Lists what a task brings, with the hash of each file: its bundle. Null when it brings nothing.
 * Errors: `input.too-large`, `input.unreadable`, `driver.workdir-unreadable`.
 */
export async function freezeTask(
  { text, baseDir, tasks }: Pick<TaskInput, 'text' | 'baseDir' | 'tasks'>,
  options: FreezeOptions,
): Promise<FrozenTask | null> {
  const whatByPath = sourcesOf(tasks.tasks);
  if (whatByPath.size === 0) return null;
  const lists: { readonly path: string; readonly list: SourceList }[] = [];
  for (const [path, what] of whatByPath) {
    const name: SourceName = { from: resolve(baseDir, path), what, leaveOut: options.leaveOut };
    lists.push({ path, list: await listSource(name) });
  }
  const allBytes = requireSmall(lists, options.bytesMax);
  let doneBytes = 0;
  const onBytes = (count: number): void => options.onProgress((doneBytes += count), allBytes);
  const blobs = new Map<string, Blob>();
  const blanked = options.blanked ? { path: options.blanked, text } : null;
  const sources: Bundle['sources'] = [];
  for (const { path, list } of lists) {
    sources.push({ path, entries: await freezeEntries(list, { blobs, blanked, onBytes }) });
  }
  const bundle: Bundle = { schema: 'kedge.bundle/v1', task: sha256(text), sources };
  return { bundleId: sha256(bundleText(bundle)), bundle, blobs };
}

/** Each path once, with what the user calls it. */
function sourcesOf(tasks: readonly Task[]): ReadonlyMap<string, string> {
  const whatByPath = new Map<string, string>();
  for (const { workdir, fileMounts } of tasks) {
    for (const [to, from] of Object.entries(fileMounts)) whatByPath.set(from, `file mount ${to}`);
    if (workdir !== null) whatByPath.set(workdir, 'workdir');
  }
  return whatByPath;
}

type Freezing = {
  readonly blobs: Map<string, Blob>;
  readonly blanked: { readonly path: string; readonly text: string } | null;
  readonly onBytes: (count: number) => void;
};

async function freezeEntries(
  { root, entries, isFile }: SourceList,
  { blobs, blanked, onBytes }: Freezing,
): Promise<BundleEntry[]> {
  const frozen: BundleEntry[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'file') {
      frozen.push(entry);
      continue;
    }
    const place = { root, path: entry.path };
    const found = await hashInside(place, onBytes);
    const text = blanked?.path === join(root, entry.path) ? blanked.text : null;
    const file = text === null ? found : { ...found, ...measured(text) };
    frozen.push({ kind: 'file', path: isFile ? '.' : entry.path, ...file });
    blobs.set(blobName(file), { ...place, size: file.size, ...(text === null ? {} : { text }) });
  }
  return frozen;
}

/** Sizes are known before anything is read: what is too large is told at once. */
function requireSmall(
  lists: readonly { readonly path: string; readonly list: SourceList }[],
  bytesMax: number,
): number {
  const bytesByPart = new Map<string, number>();
  let [bytes, entries] = [0, 0];
  for (const { path, list } of lists) {
    entries += list.entries.length;
    for (const entry of list.entries) {
      if (entry.kind !== 'file') continue;
      const part = `${path}/${entry.path.split('/')[0]}`;
      bytesByPart.set(part, (bytesByPart.get(part) ?? 0) + entry.size);
      bytes += entry.size;
    }
  }
  if (bytes <= bytesMax && entries <= BUNDLE_ENTRIES_MAX) return bytes;
  const [largest] = [...bytesByPart].toSorted((a, b) => b[1] - a[1]);
  const most = largest === undefined ? '' : `, ${formatBytes(largest[1])} of it in ${largest[0]}`;
  const message =
    bytes > bytesMax
      ? `workdir and file mounts have ${formatBytes(bytes)}, more than ${formatBytes(bytesMax)}${most}`
      : `workdir and file mounts have ${entries} files, more than ${BUNDLE_ENTRIES_MAX}`;
  throw new KedgeError('input.too-large', message, {
    hint: 'list what the task can do without in .kedgeignore, or allow more: KEDGE_BUNDLE_MAX=10GB',
    details: { bytes, bytesMax, entries },
  });
}

function measured(text: string): { readonly sha256: string; readonly size: number } {
  return { sha256: sha256(text), size: Buffer.byteLength(text) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
