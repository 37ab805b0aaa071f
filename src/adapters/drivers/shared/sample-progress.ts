import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { parseProgress } from '../../../spec/progress.ts';

const TAIL_BYTES = 4096;

/**
 * What the last line of a file says of a task's progress; null when there is none. The file is
 * the task's, which may put anything in its place: no link is followed out of the working
 * directory, and nothing but a plain file is read.
 */
export async function sampleProgress(workDir: string, path: string): Promise<number | null> {
  try {
    const root = await realpath(workDir);
    const real = await realpath(join(root, path));
    if (!real.startsWith(root + sep)) return null;
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    const file = await open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) return null;
      const bytes = Buffer.alloc(Math.min(found.size, TAIL_BYTES));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, found.size - bytes.length);
      return lastProgress(bytes.toString('utf8', 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    // Not written yet, or being replaced: the next look may find it.
    return null;
  }
}

/** Of the last line that tells it: a line may be half written. */
function lastProgress(text: string): number | null {
  for (const line of text.split('\n').toReversed()) {
    const done = parseProgress(line);
    if (done !== null) return done;
  }
  return null;
}
