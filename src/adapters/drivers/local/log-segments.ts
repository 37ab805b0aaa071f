import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from './durable-file.ts';

/** A file that holds the output of a node from one offset on. */
export type LogSegment = { readonly path: string; readonly start: number; readonly size: number };

/** `output.log` holds the beginning; what starts later lies beside it, in `output-<start>.log`. */
export function segmentFile(logFile: string, start: number): string {
  return start === 0 ? logFile : logFile.replace(/\.log$/, `-${start}.log`);
}

/** The segments that there are, in the order of the output; between two of them some is missing. */
export async function listSegments(logFile: string): Promise<readonly LogSegment[]> {
  const names = await readdir(dirname(logFile)).catch((error) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const first = basename(logFile, '.log');
  const found = names.map(async (name): Promise<LogSegment | null> => {
    const match = /^(.*?)(?:-(\d+))?\.log$/.exec(name);
    if (match === null || match[1] !== first) return null;
    const path = join(dirname(logFile), name);
    // Its turn to go may have come since its name was read. A link could lead anywhere.
    const size = await lstat(path).then(
      (file) => (file.isFile() ? file.size : null),
      () => null,
    );
    return size === null ? null : { path, start: Number(match[2] ?? 0), size };
  });
  const segments = (await Promise.all(found)).filter((segment) => segment !== null);
  return segments.toSorted((a, b) => a.start - b.start);
}
