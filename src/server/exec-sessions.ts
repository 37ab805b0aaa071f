import { KedgeError } from '../base/errors.ts';

/** Bytes on their way to a command: no more are taken before it has read what there is. */
export class StdinQueue {
  readonly #chunks: Uint8Array[] = [];
  #isEnded = false;
  #news = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();

  /** Resolves when the command has taken it, or will take nothing more. */
  async put(bytes: Uint8Array): Promise<void> {
    if (this.#isEnded) return;
    this.#room = Promise.withResolvers<void>();
    this.#chunks.push(bytes);
    this.#news.resolve();
    await this.#room.promise;
  }

  end(): void {
    this.#isEnded = true;
    this.#news.resolve();
    this.#room.resolve();
  }

  async *read(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const bytes = this.#chunks.shift();
        if (bytes !== undefined) yield bytes;
        else if (this.#isEnded) return;
        else {
          this.#room.resolve();
          this.#news = Promise.withResolvers<void>();
          await this.#news.promise;
        }
      }
    } finally {
      this.end();
    }
  }
}

/** The commands that run now, by the names that this server has given them. */
export class ExecSessions {
  readonly #queues = new Map<string, StdinQueue>();

  open(): { readonly session: string; readonly stdin: StdinQueue } {
    const session = crypto.randomUUID();
    const stdin = new StdinQueue();
    this.#queues.set(session, stdin);
    return { session, stdin };
  }

  close(session: string): void {
    this.#queues.get(session)?.end();
    this.#queues.delete(session);
  }

  /** Errors: `run.not-found`. */
  stdinOf(session: string): StdinQueue {
    const stdin = this.#queues.get(session);
    if (stdin !== undefined) return stdin;
    throw new KedgeError('run.not-found', `no command ${session} runs: it has ended`);
  }
}
