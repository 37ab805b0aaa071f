import { closeSync, constants, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { MIB } from '../../../base/units.ts';
import { type LogSegment, segmentFile } from './log-segments.ts';

export type LogLimits = {
  /** Of the beginning of the output, which is always kept. */
  readonly headBytes: number;
  /** The rest is kept in pieces of this size, the latest so many of them. */
  readonly segmentBytes: number;
  readonly segments: number;
};

/** At most 48 MiB on the disk: the first 16 MiB, and the last 24 to 32. */
export const LOG_LIMITS: LogLimits = {
  headBytes: 16 * MIB,
  segmentBytes: 8 * MIB,
  segments: 4,
};

type OpenSegment = { readonly fd: number; readonly start: number; size: number };

/**
 * Writes the output of a node, of whatever length, into files of limited size. Offsets count what
 * was written, kept or not, so that a reader knows where something is missing and how much. A
 * disk that is full or fails drops output, too, and neither holds up the task nor fails it.
 */
export class LogWriter {
  readonly #logFile: string;
  readonly #limits: LogLimits;
  readonly #kept: number[] = [];
  #open: OpenSegment | undefined;
  #offset = 0;

  /** Goes on after the segments that another writer has left. */
  constructor(
    logFile: string,
    {
      limits = LOG_LIMITS,
      segments = [],
    }: { readonly limits?: LogLimits; readonly segments?: readonly LogSegment[] } = {},
  ) {
    this.#logFile = logFile;
    this.#limits = limits;
    const last = segments.at(-1) ?? { start: 0, size: 0 };
    this.#offset = last.start + last.size;
    this.#kept.push(...segments.map(({ start }) => start).filter((start) => start > 0));
    this.#open = { fd: this.#openFile(last.start), ...last };
  }

  /** Where the end of the output lies. */
  get lastFile(): string {
    return segmentFile(this.#logFile, this.#kept.at(-1) ?? 0);
  }

  write(bytes: Uint8Array): void {
    let done = 0;
    try {
      while (done < bytes.length) done += this.#writeSome(bytes.subarray(done));
    } catch {
      this.#giveUpFile();
      this.#offset += bytes.length - done;
    }
  }

  /** What is written is on the disk. */
  end(): void {
    if (this.#open !== undefined) fsyncSync(this.#open.fd);
    this.#close();
  }

  #writeSome(bytes: Uint8Array): number {
    if (this.#open === undefined || this.#roomIn(this.#open) === 0) this.#roll();
    const open = this.#open!;
    const written = writeSync(open.fd, bytes, 0, Math.min(bytes.length, this.#roomIn(open)));
    open.size += written;
    this.#offset += written;
    // Only now: a file that nothing can be written to must not cost one that holds something.
    if (this.#kept.length > this.#limits.segments) this.#remove(this.#kept.shift()!);
    return written;
  }

  #roomIn({ start, size }: OpenSegment): number {
    return (start === 0 ? this.#limits.headBytes : this.#limits.segmentBytes) - size;
  }

  #roll(): void {
    this.#close();
    const start = this.#offset;
    this.#open = { fd: this.#openFile(start), start, size: 0 };
    if (start > 0) this.#kept.push(start);
  }

  #openFile(start: number): number {
    const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
    // What the task has put in its place, a link or a pipe, is not written to, nor waited for.
    const flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
    return openSync(segmentFile(this.#logFile, start), flags, 0o600);
  }

  /** What comes next begins another file, whose offset tells how much is missing. */
  #giveUpFile(): void {
    const open = this.#open;
    this.#close();
    if (open === undefined || open.size > 0 || open.start === 0) return;
    this.#kept.pop();
    this.#remove(open.start);
  }

  #remove(start: number): void {
    unlinkSync(segmentFile(this.#logFile, start));
  }

  #close(): void {
    if (this.#open !== undefined) closeSync(this.#open.fd);
    this.#open = undefined;
  }
}
