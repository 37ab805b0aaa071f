import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { KedgeError } from '../../base/errors.ts';
import type { Pool } from '../../ports/pool.ts';
import type { PoolFunction, PoolReply } from './pool-thread.ts';

/** Beside this file, in the sources and in the build. */
const THREAD = new URL(`./pool-thread${extname(import.meta.url)}`, import.meta.url);

export type PoolOptions = {
  /** The module of the function. */
  readonly module: URL;
  /** What it is exported as. */
  readonly name: string;
  /** Threads at most; by default as many as the machine has cores. */
  readonly size?: number;
};

type Waiting<Job, Result> = {
  readonly job: Job;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: KedgeError) => void;
};

/**
 * Worker threads that run one exported function, started as they are needed. A job that fails ends
 * its thread, and the next job has a new one. They do not hold the process.
 */
export function workerPool<Job, Result>(options: PoolOptions): Pool<Job, Result> {
  const threads = new Threads<Job, Result>(options);
  return { run: (job) => threads.run(job), close: () => threads.end() };
}

class Threads<Job, Result> {
  readonly #function: PoolFunction;
  readonly #size: number;
  readonly #all = new Set<Worker>();
  readonly #idle: Worker[] = [];
  readonly #waiting: Waiting<Job, Result>[] = [];
  readonly #working = new Map<Worker, Waiting<Job, Result>>();

  constructor({ module, name, size = availableParallelism() }: PoolOptions) {
    this.#function = { module: module.href, name };
    this.#size = size;
  }

  run(job: Job): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.push({ job, resolve, reject });
    this.#next();
    return promise;
  }

  async end(): Promise<void> {
    const all = [...this.#all];
    this.#all.clear();
    this.#idle.length = 0;
    await Promise.all(all.map((thread) => thread.terminate()));
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const thread = this.#idle.pop() ?? (this.#all.size < this.#size ? this.#started() : undefined);
    if (thread === undefined) return;
    const work = this.#waiting.shift()!;
    this.#working.set(thread, work);
    thread.ref();
    thread.postMessage(work.job, []);
  }

  #started(): Worker {
    const thread = new Worker(THREAD, { execArgv: [], workerData: this.#function });
    this.#all.add(thread);
    thread.on('message', (reply: PoolReply) => {
      if (reply.kind === 'error') this.#failed(thread, reply.message);
      else this.#done(thread, reply.result as Result);
    });
    thread.on('error', ({ message }) => this.#failed(thread, message));
    thread.on('exit', (code) => this.#failed(thread, `its thread ended with ${code}`));
    return thread;
  }

  #done(thread: Worker, result: Result): void {
    const work = this.#working.get(thread);
    this.#working.delete(thread);
    // One that is being ended holds the process until it has ended.
    if (this.#all.has(thread)) {
      thread.unref();
      this.#idle.push(thread);
    }
    work?.resolve(result);
    this.#next();
  }

  /** Forgets a thread; what it was at has failed. */
  #failed(thread: Worker, why: string): void {
    const work = this.#working.get(thread);
    this.#working.delete(thread);
    this.#all.delete(thread);
    if (this.#idle.includes(thread)) this.#idle.splice(this.#idle.indexOf(thread), 1);
    void thread.terminate();
    work?.reject(
      new KedgeError('pool.failed', `a thread failed: ${why}`, {
        hint: 'it works without threads, only slower',
      }),
    );
    this.#next();
  }
}
