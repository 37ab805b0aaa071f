import type { Driver, NodeRef } from '../ports/driver.ts';
import { linearPattern, progressOfMatch } from '../spec/progress.ts';

/** Of what comes between two samples, the last so many bytes are looked at. */
const BYTES_MAX = 64 * 1024;
/** Of a longer line, the beginning. */
const LINE_CHARS_MAX = 4096;

/** Where the reading of a node's output stands. */
export type LogCursor = { readonly offset: number; readonly rest: string };

export type LogReading = { readonly cursor: LogCursor; readonly done: number | null };

/**
 * The last progress that a pattern finds in the output that is new. Lines end as terminals end
 * them too, so that a bar which is drawn over and over is many lines. Bounded in bytes and, by the
 * engine of the patterns, in time (fault 42).
 */
export async function readProgress(
  driver: Driver,
  ref: NodeRef,
  from: { readonly regex: string; readonly cursor: LogCursor | null; readonly logBytes: number },
): Promise<LogReading> {
  const earliest = Math.max(0, from.logBytes - BYTES_MAX);
  const known = from.cursor;
  const cursor = known === null || known.offset < earliest ? { offset: earliest, rest: '' } : known;
  const { offset } = cursor;
  const { bytes, nextOffset } = await driver.readLog(ref, { offset, maxBytes: BYTES_MAX });
  const text = cursor.rest + new TextDecoder().decode(bytes);
  const lines = text.split(/[\r\n]/);
  const rest = (lines.pop() ?? '').slice(0, LINE_CHARS_MAX);
  return { cursor: { offset: nextOffset, rest }, done: lastDone(lines, from.regex) };
}

function lastDone(lines: readonly string[], regex: string): number | null {
  const pattern = linearPattern(regex);
  for (const line of lines.toReversed()) {
    const match = pattern.exec(line.slice(0, LINE_CHARS_MAX));
    const done = match === null ? null : progressOfMatch(match);
    if (done !== null) return done;
  }
  return null;
}
