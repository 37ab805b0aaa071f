import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { ByteMask } from '../../../base/redaction/byte-mask.ts';
import { MIB } from '../../../base/units.ts';
import { fileError } from '../../files/file-error.ts';
import { namesIn } from '../../files/names-in.ts';
import { type LogSegment, listSegments } from '../local/log-segments.ts';
import type { NodeFolder } from './node-folder.ts';
import { SHARED } from './prepare-node.ts';
import { openShared } from './read-marks.ts';

/**
 * Masks secrets in what is kept of the output of a node that has ended, byte for byte, so that
 * all offsets stay true; and removes what was prepared for a container that never read it. Done
 * again it changes nothing. Errors: `state.disk-full`, `state.read-only`.
 */
export async function maskContainerLog(node: NodeFolder, forms: readonly string[]): Promise<void> {
  try {
    for (const name of await namesIn(node.dir)) {
      if (!name.startsWith(SHARED)) continue;
      const { envsFile, logFile } = node.shared(name);
      await rm(envsFile, { force: true });
      for (const row of rowsOf(await listSegments(logFile))) await maskRow(row, forms);
    }
  } catch (error) {
    throw fileError(error, node.dir);
  }
}

/** Segments that follow one another without a gap: a secret may lie across two of them. */
function rowsOf(segments: readonly LogSegment[]): readonly (readonly LogSegment[])[] {
  const rows: LogSegment[][] = [];
  for (const segment of segments) {
    const last = rows.at(-1)?.at(-1);
    if (last !== undefined && last.start + last.size === segment.start) rows.at(-1)!.push(segment);
    else rows.push([segment]);
  }
  return rows;
}

type Draft = LogSegment & { readonly draft: string; readonly file: FileHandle };

/**
 * Masked copies take the places of the files: those of a container may be another user's, who lets
 * us read them and not write to them.
 */
async function maskRow(row: readonly LogSegment[], forms: readonly string[]): Promise<void> {
  const drafts: Draft[] = [];
  try {
    for (const segment of row) drafts.push(await openDraft(segment));
    const mask = new ByteMask(forms);
    let at = row[0]!.start;
    for (const segment of row) {
      for await (const bytes of bytesOf(segment)) {
        at += await write(drafts, { at, bytes: mask.take(bytes) });
      }
    }
    await write(drafts, { at, bytes: mask.end() });
    for (const { file } of drafts) await file.sync();
    for (const { draft, path } of drafts) await rename(draft, path);
  } finally {
    for (const { draft, file } of drafts) {
      await file.close();
      await rm(draft, { force: true });
    }
  }
}

async function openDraft(segment: LogSegment): Promise<Draft> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const draft = `${segment.path}.${randomUUID()}`;
  const file = await open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  return { ...segment, draft, file };
}

async function* bytesOf({ path, size }: LogSegment): AsyncGenerator<Uint8Array> {
  const file = await openShared(path);
  if (file === null) return;
  try {
    for (let at = 0; at < size; ) {
      const buffer = Buffer.alloc(Math.min(MIB, size - at));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Writes a piece of the output, which begins at this offset, where it belongs; gives its length. */
async function write(
  drafts: readonly Draft[],
  { at, bytes }: { readonly at: number; readonly bytes: Uint8Array },
): Promise<number> {
  for (const { start, size, file } of drafts) {
    const from = Math.max(at, start);
    const to = Math.min(at + bytes.length, start + size);
    if (from < to) await file.writeFile(bytes.subarray(from - at, to - at));
  }
  return bytes.length;
}
