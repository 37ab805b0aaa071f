import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
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

export type FrozenTask = {
  readonly bundleId: string;
  readonly bundle: Bundle;
  /** Where the bytes of each blob are, and how many. */
  readonly blobs: ReadonlyMap<string, FilePlace & { readonly size: number }>;
};

export type FreezeOptions = {
  readonly bytesMax: number;
  readonly leaveOut: readonly string[];
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
  const blobs = new Map<string, FilePlace & { readonly size: number }>();
  const sources: Bundle['sources'] = [];
  for (const { path, list } of lists) {
    sources.push({ path, entries: await freezeEntries(list, { blobs, onBytes }) });
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
  readonly blobs: Map<string, FilePlace & { readonly size: number }>;
  readonly onBytes: (count: number) => void;
};

async function freezeEntries(
  { root, entries, isFile }: SourceList,
  { blobs, onBytes }: Freezing,
): Promise<BundleEntry[]> {
  const frozen: BundleEntry[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'file') {
      frozen.push(entry);
      continue;
    }
    const file = await hashInside({ root, path: entry.path }, onBytes);
    frozen.push({ kind: 'file', path: isFile ? '.' : entry.path, ...file });
    blobs.set(blobName(file), { root, path: entry.path, size: file.size });
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

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
