import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { KedgeError } from '../../../base/errors.ts';
import { formatBytes } from '../../../base/units.ts';
import type { LogSlice } from '../../../ports/driver.ts';
import { codeOf, readRecord } from './durable-file.ts';
import { type LogSegment, listSegments } from './log-segments.ts';
import type { NodeDirectory } from './node-directory.ts';
import { endOf } from './observe-node.ts';
import type { SupervisorRecord } from './records.ts';

/**
 * A piece of a node's output; offsets count all of it, also what has been dropped since. Errors:
 * `state.corrupt`.
 */
export async function readNodeLog(
  node: NodeDirectory,
  { offset, maxBytes }: { readonly offset: number; readonly maxBytes: number },
): Promise<LogSlice> {
  // Asked before reading: what is written after the look at the file must not be missed.
  const hasEnded = await hasEndedNow(node);
  try {
    const segments = await listSegments(node.logFile);
    const slice = await readSegments(segments, { offset, maxBytes }, openOwn);
    const { start = 0, size = 0 } = segments.at(-1) ?? {};
    return { ...slice, ended: hasEnded && slice.nextOffset >= start + size };
  } catch (cause) {
    const code = codeOf(cause);
    // Its turn to go has come between two looks: the next one sees what is there now.
    if (code === 'ENOENT') return { bytes: new Uint8Array(), nextOffset: offset, ended: false };
    throw new KedgeError('state.corrupt', `cannot read ${node.logFile}: ${code}`, { cause });
  }
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
const openOwn = (path: string) => open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);

type Place = { readonly offset: number; readonly maxBytes: number };
type Slice = Pick<LogSlice, 'bytes' | 'nextOffset'>;

/** Where output is missing, a line that says how much stands in its place. */
export async function readSegments(
  segments: readonly LogSegment[],
  { offset, maxBytes }: Place,
  /** Null: it is gone since it was listed. */
  openFile: (path: string) => Promise<FileHandle | null>,
): Promise<Slice> {
  const found = segments.find(({ start, size }) => offset < start + size);
  if (found === undefined) return { bytes: new Uint8Array(), nextOffset: offset };
  if (offset < found.start) {
    const text = `\n[kedge: ${formatBytes(found.start - offset)} of output dropped here]\n`;
    const bytes = new TextEncoder().encode(text).subarray(0, maxBytes);
    return { bytes, nextOffset: found.start };
  }
  const file = await openFile(found.path);
  if (file === null) return { bytes: new Uint8Array(), nextOffset: offset };
  try {
    const at = offset - found.start;
    const bytes = Buffer.alloc(Math.min(maxBytes, found.size - at));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    return { bytes: bytes.subarray(0, bytesRead), nextOffset: offset + bytesRead };
  } finally {
    await file.close();
  }
}

async function hasEndedNow(node: NodeDirectory): Promise<boolean> {
  const owner = await readRecord<SupervisorRecord>(node.supervisorFile);
  return owner !== null && (await endOf(node, owner)) !== null;
}
