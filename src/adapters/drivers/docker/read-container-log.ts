import type { LogSlice } from '../../../ports/driver.ts';
import { readRecord } from '../local/durable-file.ts';
import type { ClaimRecord, NodeFolder } from './node-folder.ts';
import { openShared } from './read-marks.ts';

/** A piece of a node's output, which lies in a file of ours. Errors: `state.corrupt`. */
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
  const file = await openShared(node.shared(claim.shared).logFile);
  if (file === null) return { ...nothing, ended: hasEnded };
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.max(0, Math.min(maxBytes, size - offset)));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    const nextOffset = offset + bytesRead;
    const ended = hasEnded && nextOffset >= size;
    return { bytes: bytes.subarray(0, bytesRead), nextOffset, ended };
  } finally {
    await file.close();
  }
}
