import { createHash, type Hash } from 'node:crypto';
import { KedgeError } from '../base/errors.ts';
import type { Driver, NodeRef } from '../ports/driver.ts';
import type { FileEntry } from '../ports/node-files.ts';
import { staysInside } from '../spec/bundle.ts';
import { isLeftover } from '../spec/checkpoint.ts';
import {
  CHUNK_BYTES,
  chunkSize,
  piecesOf,
  type Transfer,
  type TransferEntry,
  transferBytes,
} from '../spec/transfer.ts';

export type CarryOptions = {
  readonly from: Driver;
  readonly fromRef: NodeRef;
  readonly to: Driver;
  readonly toRef: NodeRef;
  /** The same for every call that goes on with the same move, and for no other. */
  readonly transferId: string;
  readonly chunkBytes?: number;
};

export type Carried = {
  /** Of the checkpoint. */
  readonly bytes: number;
  readonly chunks: number;
  /** Chunks that this call has sent: fewer where an earlier one was cut. */
  readonly sent: number;
  /** Links that lead out of the checkpoint folder: they would mean nothing elsewhere. */
  readonly leftOut: readonly string[];
};

/** A chunk that arrives wrong, or a copy that is wrong as a whole, is sent again so many times. */
const TRIES_MAX = 3;

/**
 * Carries the checkpoint of a node whose task does not run to another place: reads and hashes all
 * of it, sends the chunks that the target lacks, and lets the target compare and commit. It may be
 * called again at any moment, by whomever; the source stays as it is.
 * Errors: `move.wrong-bytes` when bytes stay wrong, `move.source-changed`, those of the drivers.
 */
export async function carryCheckpoint(options: CarryOptions): Promise<Carried> {
  const { to, toRef, transferId } = options;
  const { transfer, leftOut } = await describe(options);
  let sent = 0;
  for (let attempt = 1; ; attempt++) {
    const there = new Set(await to.files.openTransfer(toRef, transferId, transfer));
    for (const index of transfer.chunks.keys()) {
      if (there.has(index)) continue;
      await sendChunk(options, transfer, index);
      sent++;
    }
    try {
      await to.files.commitTransfer(toRef, transferId);
      return { bytes: transferBytes(transfer), chunks: transfer.chunks.length, sent, leftOut };
    } catch (error) {
      if (!isWrongBytes(error) || attempt >= TRIES_MAX) throw error;
    }
  }
}

type Described = { readonly transfer: Transfer; readonly leftOut: readonly string[] };

/** Reads the whole source once: the same folder gives the same description, whoever asks. */
async function describe(options: CarryOptions): Promise<Described> {
  const { from, fromRef, chunkBytes = CHUNK_BYTES } = options;
  const listed = await from.files.list(fromRef, 'checkpoint');
  const kept = listed.filter(({ path }) => !isLeftover(path));
  const inner = kept.filter((entry) => entry.kind !== 'link' || staysInside(entry));
  const hasher = new ChunkHasher(chunkBytes);
  const entries: TransferEntry[] = [];
  for (const entry of inner) entries.push(await describeEntry(options, entry, hasher));
  const left = kept.filter((entry) => !inner.includes(entry));
  return {
    transfer: { schema: 'kedge.transfer/v1', chunkBytes, entries, chunks: hasher.end() },
    leftOut: left.map(({ path }) => path),
  };
}

async function describeEntry(
  options: CarryOptions,
  entry: FileEntry,
  hasher: ChunkHasher,
): Promise<TransferEntry> {
  const { kind, path } = entry;
  if (kind === 'link') return { kind, path, target: entry.target };
  if (kind === 'folder') return { kind, path, mode: entry.mode };
  const { mode, size } = entry;
  const hash = createHash('sha256');
  for (let offset = 0; offset < size; ) {
    const maxBytes = Math.min(CHUNK_BYTES, size - offset);
    const bytes = await readSource(options, path, { offset, maxBytes });
    hash.update(bytes);
    hasher.update(bytes);
    offset += bytes.length;
  }
  return { kind, path, mode, size, sha256: hash.digest('hex') };
}

/** Fewer bytes than asked for mean that the file is not what was listed. */
async function readSource(
  { from, fromRef }: CarryOptions,
  path: string,
  slice: { readonly offset: number; readonly maxBytes: number },
): Promise<Uint8Array> {
  const bytes = await from.files.read(fromRef, 'checkpoint', path, slice);
  if (bytes.length === slice.maxBytes) return bytes;
  throw new KedgeError('move.source-changed', `${path} has changed while it was carried`, {
    hint: 'see to it that nothing writes to the checkpoints of a run that was stopped',
  });
}

async function sendChunk(options: CarryOptions, transfer: Transfer, index: number): Promise<void> {
  const { to, toRef, transferId } = options;
  for (let attempt = 1; ; attempt++) {
    const bytes = new Uint8Array(chunkSize(transfer, index));
    for (const { path, offset, length, at } of piecesOf(transfer, index)) {
      bytes.set(await readSource(options, path, { offset, maxBytes: length }), at);
    }
    try {
      return await to.files.putChunk(toRef, transferId, index, bytes);
    } catch (error) {
      if (!isWrongBytes(error) || attempt >= TRIES_MAX) throw error;
    }
  }
}

function isWrongBytes(error: unknown): boolean {
  return error instanceof KedgeError && error.code === 'move.wrong-bytes';
}

/** Cuts what it is given into chunks, wherever files end. */
class ChunkHasher {
  readonly #chunkBytes: number;
  readonly #chunks: string[] = [];
  #hash: Hash = createHash('sha256');
  #filled = 0;

  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + this.#chunkBytes - this.#filled);
      this.#hash.update(part);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#chunkBytes) this.#close();
    }
  }

  end(): string[] {
    if (this.#filled > 0) this.#close();
    return this.#chunks;
  }

  #close(): void {
    this.#chunks.push(this.#hash.digest('hex'));
    this.#hash = createHash('sha256');
    this.#filled = 0;
  }
}
