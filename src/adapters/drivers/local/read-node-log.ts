import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { KedgeError } from '../../../base/errors.ts';
import type { LogSlice } from '../../../ports/driver.ts';
import { codeOf, readRecord } from './durable-file.ts';
import type { NodeDirectory } from './node-directory.ts';
import { endOf } from './observe-node.ts';
import type { SupervisorRecord } from './records.ts';

/** A piece of a node's output. Errors: `state.corrupt`. */
export async function readNodeLog(
  node: NodeDirectory,
  { offset, maxBytes }: { readonly offset: number; readonly maxBytes: number },
): Promise<LogSlice> {
  // Asked before reading: what is written after the look at the file must not be missed.
  const hasEnded = await hasEndedNow(node);
  try {
    const file = await open(node.logFile, constants.O_RDONLY | constants.O_NOFOLLOW);
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
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') return { bytes: new Uint8Array(), nextOffset: offset, ended: hasEnded };
    throw new KedgeError('state.corrupt', `cannot read ${node.logFile}: ${code}`, { cause });
  }
}

async function hasEndedNow(node: NodeDirectory): Promise<boolean> {
  const owner = await readRecord<SupervisorRecord>(node.supervisorFile);
  return owner !== null && (await endOf(node, owner)) !== null;
}
