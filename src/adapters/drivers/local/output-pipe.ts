import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { KedgeError } from '../../../base/errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import { codeOf } from './durable-file.ts';

/** No pipe holds more, unless root has raised it. Source: pipe(7), /proc/sys/fs/pipe-max-size. */
const PIPE_BYTES_MAX = 1024 * 1024;
const { O_RDWR, O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;

/**
 * What a task writes to. A named pipe, which is unlinked at once: the pipes that Node itself makes
 * for a child are sockets, which a task cannot open as /dev/stdout, and one for each stream, so
 * that the order of output and errors would be lost.
 */
export class OutputPipe {
  readonly #socket: Socket;
  readonly #ended: Promise<void>;
  readonly #take: (bytes: Uint8Array) => void;
  /** Who holds it too, keeps what is in it. */
  readonly reader: number;
  /** For the task's stdout and stderr. */
  readonly writer: number;

  /** Errors: `driver.no-such-command`. */
  constructor(path: string, take: (bytes: Uint8Array) => void) {
    const { status, stderr } = spawnSync('mkfifo', ['-m', '600', path], { encoding: 'utf8' });
    if (status !== 0) {
      throw new KedgeError('driver.no-such-command', `mkfifo cannot make a pipe: ${stderr ?? ''}`);
    }
    // Both ends at once, so that opening either waits for nobody.
    const both = openSync(path, O_RDWR | O_NONBLOCK);
    this.writer = openSync(path, O_WRONLY);
    this.reader = openSync(path, O_RDONLY | O_NONBLOCK);
    closeSync(both);
    rmSync(path);
    this.#take = take;
    this.#socket = new Socket({ fd: this.reader, readable: true, writable: false });
    this.#socket.on('data', take);
    this.#ended = new Promise((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.once('error', () => resolve());
    });
  }

  /** Takes what has been written until now; what goes on writing does not hold us up. */
  drain(): void {
    takeAll(this.reader, this.#take);
  }

  /** Takes what is left; whoever still holds the other end is waited for no longer than this. */
  async end({ clock, waitMs }: { readonly clock: Clock; readonly waitMs: number }): Promise<void> {
    closeSync(this.writer);
    const over = new AbortController();
    await Promise.race([this.#ended, clock.sleep(waitMs, over.signal)]);
    over.abort();
    this.#socket.destroy();
  }
}

/** All that is in a pipe now, from its reading end, which waits for nobody. */
export function takeAll(reader: number, take: (bytes: Uint8Array) => void): void {
  const buffer = Buffer.allocUnsafe(PIPE_BYTES_MAX);
  for (let taken = 0; taken < PIPE_BYTES_MAX; ) {
    try {
      const count = readSync(reader, buffer);
      if (count === 0) return;
      take(buffer.subarray(0, count));
      taken += count;
    } catch (error) {
      if (codeOf(error) === 'EAGAIN') return;
      throw error;
    }
  }
}
