import { createHash } from 'node:crypto';
import { KedgeError } from '../../../base/errors.ts';
import { asEpochMs } from '../../../base/time.ts';
import type { NodeRef } from '../../../ports/driver.ts';
import type { FileEntry, FileRoot, NodeFiles } from '../../../ports/node-files.ts';
import { chunkSize, piecesOf, type Transfer } from '../../../spec/transfer.ts';

/** What lies at a path: bytes, or where a link leads. Folders are those that something is in. */
export type FakeFile = Uint8Array | { readonly target: string };

type Folder = Map<string, FakeFile>;
type Receiving = {
  readonly transfer: Transfer;
  readonly chunks: Map<number, Uint8Array>;
  done: boolean;
};

/** The files of virtual machines, in memory. */
export class FakeFiles implements NodeFiles {
  readonly #folders = new Map<string, Folder>();
  /** One for each node, as only the last transfer to it is kept. */
  readonly #receiving = new Map<string, { readonly id: string } & Receiving>();

  /** Puts a file where a task would have. */
  put(ref: NodeRef, root: FileRoot, path: string, file: FakeFile): void {
    const key = keyOf(ref, root);
    this.#folders.set(key, (this.#folders.get(key) ?? new Map()).set(path, file));
  }

  async list(
    ref: NodeRef,
    root: FileRoot,
    { under = '' }: { readonly under?: string } = {},
  ): Promise<readonly FileEntry[]> {
    const wanted = namesOf(under).join('/');
    const files = this.#folders.get(keyOf(ref, root)) ?? new Map<string, FakeFile>();
    const entries = new Map<string, FileEntry>();
    for (const [path, file] of files) {
      const names = path.split('/');
      for (let depth = 1; depth < names.length; depth++) {
        const folder = names.slice(0, depth).join('/');
        entries.set(folder, { kind: 'folder', path: folder, mode: 0o755 });
      }
      entries.set(path, entryOf(path, file));
    }
    const isIn = (path: string): boolean =>
      wanted === '' || path === wanted || path.startsWith(`${wanted}/`);
    return [...entries.values()].filter(({ path }) => isIn(path)).sort(byPath);
  }

  async read(
    ref: NodeRef,
    root: FileRoot,
    path: string,
    { offset, maxBytes }: { readonly offset: number; readonly maxBytes: number },
  ): Promise<Uint8Array> {
    const file = this.#folders.get(keyOf(ref, root))?.get(namesOf(path).join('/'));
    if (file instanceof Uint8Array) return file.slice(offset, offset + maxBytes);
    throw new KedgeError('files.not-found', `there is no file ${JSON.stringify(path)}`);
  }

  async openTransfer(ref: NodeRef, id: string, transfer: Transfer): Promise<readonly number[]> {
    const key = keyOf(ref, 'checkpoint');
    const known = this.#receiving.get(key);
    if (known?.id !== id) {
      this.#receiving.set(key, { id, transfer, chunks: new Map(), done: false });
      return [];
    }
    if (JSON.stringify(known.transfer) !== JSON.stringify(transfer)) {
      throw new KedgeError('move.source-changed', `transfer ${id} began with another content`);
    }
    return known.done ? [...transfer.chunks.keys()] : [...known.chunks.keys()].sort(byNumber);
  }

  async putChunk(ref: NodeRef, id: string, index: number, bytes: Uint8Array): Promise<void> {
    const { transfer, chunks, done } = this.#opened(ref, id);
    if (done) return;
    const isRight =
      index in transfer.chunks &&
      bytes.length === chunkSize(transfer, index) &&
      createHash('sha256').update(bytes).digest('hex') === transfer.chunks[index];
    if (!isRight) throw wrong([index]);
    chunks.set(index, bytes.slice());
  }

  async commitTransfer(ref: NodeRef, id: string): Promise<void> {
    const receiving = this.#opened(ref, id);
    const { transfer, chunks } = receiving;
    if (receiving.done) return;
    const missing = [...transfer.chunks.keys()].filter((index) => !chunks.has(index));
    if (missing.length > 0) throw wrong(missing);
    const folder: Folder = new Map();
    for (const entry of transfer.entries) {
      if (entry.kind === 'link') folder.set(entry.path, { target: entry.target });
      if (entry.kind === 'file') folder.set(entry.path, new Uint8Array(entry.size));
    }
    for (const [index, bytes] of chunks) {
      for (const { path, offset, length, at } of piecesOf(transfer, index)) {
        (folder.get(path) as Uint8Array).set(bytes.subarray(at, at + length), offset);
      }
    }
    this.#folders.set(keyOf(ref, 'checkpoint'), folder);
    receiving.done = true;
  }

  async dropCheckpoint(ref: NodeRef): Promise<void> {
    this.#folders.delete(keyOf(ref, 'checkpoint'));
  }

  #opened(ref: NodeRef, id: string): Receiving {
    const known = this.#receiving.get(keyOf(ref, 'checkpoint'));
    if (known?.id === id) return known;
    throw new KedgeError('move.not-open', `there is no transfer ${id} under way here`);
  }
}

/** A checkpoint is that of all attempts. */
function keyOf({ tenantId, runId, allocation, attempt, rank }: NodeRef, root: FileRoot): string {
  const node = root === 'work' ? [attempt, rank] : ['-', rank];
  return [tenantId, runId, allocation, ...node].join('/');
}

function entryOf(path: string, file: FakeFile): FileEntry {
  if (!(file instanceof Uint8Array)) return { kind: 'link', path, target: file.target };
  return { kind: 'file', path, mode: 0o644, size: file.length, modifiedAt: asEpochMs(0) };
}

function namesOf(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (!path.startsWith('/') && !names.includes('..')) return names;
  throw new KedgeError('files.not-found', `${JSON.stringify(path)} is no path within a folder`);
}

/** A folder before what is in it, and before what its name is only the beginning of. */
function byPath(a: FileEntry, b: FileEntry): number {
  const [one, other] = [a.path.replaceAll('/', '\0'), b.path.replaceAll('/', '\0')];
  return one < other ? -1 : 1;
}

function byNumber(a: number, b: number): number {
  return a - b;
}

function wrong(chunks: readonly number[]): KedgeError {
  return new KedgeError('move.wrong-bytes', `${chunks.length} chunks have wrong bytes`, {
    details: { chunks },
  });
}
