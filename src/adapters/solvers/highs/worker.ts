import { parentPort } from 'node:worker_threads';
import type { Highs } from 'highs';
import * as highsModule from 'highs';
import { assert } from '../../../base/assert.ts';
import type { SolveRequest, WorkerReply } from './model-data.ts';
import { solveModel } from './solve-model.ts';

/** The thread in which HiGHS runs: says `ready` once it is loaded, then answers each request. */
const port = parentPort;
assert(port !== null, 'highs/worker.ts runs as a worker thread only');
const highs = await load();
port.on('message', (request: SolveRequest) => port.postMessage(replyTo(request)));
port.postMessage({ kind: 'ready' } satisfies WorkerReply);

/** The package's declarations are those of its CommonJS form; what Node imports is the other. */
function load(): Promise<Highs> {
  const { default: loadHighs } = highsModule as unknown as { default: () => Promise<Highs> };
  return loadHighs();
}

function replyTo(request: SolveRequest): WorkerReply {
  try {
    return { kind: 'answer', answer: solveModel(highs, request) };
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
  }
}
