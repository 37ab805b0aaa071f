import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';

/** Where the function is that the threads of a pool run. */
export type PoolFunction = { readonly module: string; readonly name: string };

/** What a thread answers to a job. */
export type PoolReply =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly message: string };

/** One thread of a pool: answers each job in turn. */
const port = parentPort;
assert(port !== null, 'pool-thread.ts runs as a worker thread only');
const { module, name } = workerData as PoolFunction;
const exported = (await import(module)) as Readonly<Record<string, (job: unknown) => unknown>>;
const run = exported[name];
assert(run !== undefined, `${module} exports no ${name}`);
port.on('message', (job: unknown) => port.postMessage(replyTo(job)));

function replyTo(job: unknown): PoolReply {
  try {
    return { kind: 'result', result: run!(job) };
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
  }
}
