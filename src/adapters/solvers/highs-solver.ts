import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { KedgeError } from '../../base/errors.ts';
import type { LinearModel, Solver, SolverAnswer, SolverLimits } from '../../ports/solver.ts';
import {
  buffersOf,
  type SolveRequest,
  toHighsModel,
  type WorkerReply,
} from './highs/model-data.ts';

/** Beside this file, in the sources and in the build. */
const WORKER = new URL(`./highs/worker${extname(import.meta.url)}`, import.meta.url);
/** To load 3.5 MB of WebAssembly takes a tenth of a second; a crowded machine needs longer. */
const START_MS_MAX = 30_000;
/** A longer timer would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;
/** HiGHS looks at its clock between steps; a step that takes this much longer is stuck. */
const GRACE_MS = 5_000;

export type HighsOptions = {
  /** The worker's module; tests give worse ones. */
  readonly worker?: URL;
  readonly graceMs?: number;
};

/**
 * HiGHS 1.15 (MIT; WebAssembly, npm `highs`) in a worker thread of its own, started at the first
 * solve; one model at a time, in the order asked. A worker that fails or is stuck is ended, and
 * the next solve has a new one. Errors: `solver.failed`, `solver.timeout`.
 */
export function highsSolver({ worker = WORKER, graceMs = GRACE_MS }: HighsOptions = {}): Solver {
  let thread: Thread | null = null;
  let last: Promise<unknown> = Promise.resolve();

  return {
    name: 'highs',
    solve: (model, limits) => {
      const answer = last.then(() => solveNow(model, limits));
      last = answer.catch(() => undefined);
      return answer;
    },
    close: async () => {
      await last;
      await thread?.end();
      thread = null;
    },
  };

  async function solveNow(model: LinearModel, limits: SolverLimits): Promise<SolverAnswer> {
    thread ??= new Thread(worker);
    try {
      return await thread.solve(model, limits, graceMs);
    } catch (error) {
      // Whatever went wrong, the memory of a WebAssembly instance cannot be trusted after it.
      await thread.end();
      thread = null;
      throw error;
    }
  }
}

/** One worker; it holds the process only while it works. */
class Thread {
  readonly #worker: Worker;
  readonly #ready: Promise<WorkerReply>;
  #reader: Reader | null = null;
  #failure: KedgeError | null = null;

  constructor(module: URL) {
    this.#worker = new Worker(module, { execArgv: [], stdout: true, stderr: true });
    this.#worker.on('message', (reply: WorkerReply) => this.#reader?.resolve(reply));
    this.#worker.on('error', (cause) => this.#fail(cause.message, cause));
    this.#worker.on('exit', (code) => this.#fail(`its thread ended with ${code}`));
    this.#ready = this.#next(START_MS_MAX);
  }

  async solve(model: LinearModel, limits: SolverLimits, graceMs: number): Promise<SolverAnswer> {
    this.#worker.ref();
    await this.#ready;
    const request: SolveRequest = { model: toHighsModel(model), limits };
    this.#worker.postMessage(request, buffersOf(request.model));
    const reply = await this.#next(limits.timeLimitMs + graceMs);
    this.#worker.unref();
    if (reply.kind === 'answer') return reply.answer;
    throw failed(reply.kind === 'error' ? reply.message : 'its thread answered out of turn');
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  async #next(limitMs: number): Promise<WorkerReply> {
    if (this.#failure !== null) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<WorkerReply>();
    const timer = setTimeout(() => reject(stuck(limitMs)), Math.min(limitMs, TIMER_MS_MAX));
    this.#reader = { resolve, reject };
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#reader = null;
    }
  }

  #fail(why: string, cause?: unknown): void {
    this.#failure ??= failed(why, cause);
    this.#reader?.reject(this.#failure);
  }
}

/** Who waits for the next word of the worker. */
type Reader = {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: KedgeError) => void;
};

function failed(why: string, cause?: unknown): KedgeError {
  return new KedgeError('solver.failed', `HiGHS failed: ${why}`, {
    cause,
    hint: 'a model with fewer offers or tasks may work',
  });
}

function stuck(limitMs: number): KedgeError {
  return new KedgeError('solver.timeout', `HiGHS gave no answer in ${limitMs} ms`, {
    hint: 'give it more time, or a model with fewer offers or tasks',
  });
}
