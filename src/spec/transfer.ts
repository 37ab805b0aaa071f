import { z } from 'zod';
import { assert } from '../base/assert.ts';
import { treeProblem } from './bundle.ts';

/** Of one chunk: what a cut may cost, and what each side keeps in memory. */
export const CHUNK_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES_MAX = 64 * 1024 * 1024;
const PATH_CHARS_MAX = 4095;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const path = z.string().min(1).max(PATH_CHARS_MAX).refine(isInner, 'is no path within the folder');
const mode = z.number().int().min(0).max(0o777);

export const transferEntrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('folder'), path, mode }),
  z.object({ kind: z.literal('file'), path, mode, size: z.number().int().min(0), sha256 }),
  z.object({ kind: z.literal('link'), path, target: z.string().min(1).max(PATH_CHARS_MAX) }),
]);
export type TransferEntry = z.infer<typeof transferEntrySchema>;

/**
 * A folder on its way from one place to another: what is in it, and the SHA-256 of each chunk of
 * the bytes of all its files, one after the other in the order of the entries. `kedge.transfer/v1`.
 */
export const transferSchema = z
  .object({
    schema: z.literal('kedge.transfer/v1'),
    chunkBytes: z.number().int().min(1).max(CHUNK_BYTES_MAX),
    entries: z.array(transferEntrySchema),
    chunks: z.array(sha256),
  })
  .superRefine((transfer, context) => {
    const problem = treeProblem(transfer.entries) ?? countProblem(transfer);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });
export type Transfer = z.infer<typeof transferSchema>;

/** A part of a chunk: so many bytes of one file. */
export type Piece = {
  readonly path: string;
  /** In the file. */
  readonly offset: number;
  readonly length: number;
  /** In the chunk. */
  readonly at: number;
};

/** Bytes of all files of a transfer. */
export function transferBytes({ entries }: { readonly entries: readonly TransferEntry[] }): number {
  return entries.reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.size : 0), 0);
}

export function chunkCount(bytes: number, chunkBytes: number): number {
  return Math.ceil(bytes / chunkBytes);
}

/** How many bytes a chunk has: all have the same but the last. */
export function chunkSize(transfer: Transfer, index: number): number {
  assert(index >= 0 && index < transfer.chunks.length, `there is no chunk ${index}`);
  return Math.min(transfer.chunkBytes, transferBytes(transfer) - index * transfer.chunkBytes);
}

/** The files that the bytes of one chunk belong to, in their order. */
export function piecesOf(transfer: Transfer, index: number): readonly Piece[] {
  const start = index * transfer.chunkBytes;
  const end = start + chunkSize(transfer, index);
  const pieces: Piece[] = [];
  let fileStart = 0;
  for (const entry of transfer.entries) {
    if (entry.kind !== 'file') continue;
    const [from, to] = [Math.max(start, fileStart), Math.min(end, fileStart + entry.size)];
    if (to > from) {
      const { path: at } = entry;
      pieces.push({ path: at, offset: from - fileStart, length: to - from, at: from - start });
    }
    fileStart += entry.size;
    if (fileStart >= end) break;
  }
  return pieces;
}

function countProblem(transfer: {
  readonly chunkBytes: number;
  readonly entries: readonly TransferEntry[];
  readonly chunks: readonly string[];
}): string | null {
  const wanted = chunkCount(transferBytes(transfer), transfer.chunkBytes);
  if (transfer.chunks.length === wanted) return null;
  return `it has ${transfer.chunks.length} chunks instead of ${wanted}`;
}

function isInner(text: string): boolean {
  if (text.includes('\0')) return false;
  return text.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
