import type { LogSlice } from '../../../ports/driver.ts';
import { readRecord } from '../local/durable-file.ts';
import { listSegments } from '../local/log-segments.ts';
import { readSegments } from '../local/read-node-log.ts';
import type { ClaimRecord, NodeFolder } from './node-folder.ts';
import { openShared } from './read-marks.ts';

/**
 * A piece of a node's output, which lies in files of ours; offsets count all of it, also what has
 * been dropped since. Errors: `state.corrupt`.
 */
export async function readContainerLog(
  node: NodeFolder,
  { offset, maxBytes }: { readonly offset: number; readonly maxBytes: number },
): Promise<LogSlice> {
  const claim = await readRecord<ClaimRecord>(node.claimFile);
  const nothing = { bytes: new Uint8Array(), nextOffset: offset };
  if (claim === null) return { ...nothing, ended: false };
  if (claim.socket === null) return { ...nothing, ended: true };
  // Asked before reading: what is written after the look at the file must not be missed.
  const hasEnded = (await readRecord(node.endFile)) !== null;
  const segments = await listSegments(node.shared(claim.shared).logFile);
  const slice = await readSegments(segments, { offset, maxBytes }, openShared);
  const { start, size } = segments.at(-1) ?? { start: 0, size: 0 };
  return { ...slice, ended: hasEnded && slice.nextOffset >= start + size };
}
