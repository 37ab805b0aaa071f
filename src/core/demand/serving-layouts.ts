import { GIB } from '../../base/units.ts';
import type { Interval, Layout } from '../../spec/demand.ts';
import { acceleratorFacts, computeFormat } from './accelerators/accelerator-facts.ts';
import { exactly, type Spread, spreadAround, sum, times } from './interval.ts';
import type { Architecture } from './models/architecture.ts';
import {
  decodeSeconds,
  kvBytesPerDevice,
  prefillSeconds,
  type Replica,
  type Request,
  weightBytes,
} from './serving-speed.ts';

export type ServingTask = Request & {
  /** Of the first token and of each further one; null where the user does not say. */
  readonly ttftMs: number | null;
  readonly tpotMs: number | null;
};

/**
 * 80 % of 74 published times between tokens of dense models (aiconfigurator's table: H100,
 * H200 and B200; vLLM, SGLang, TensorRT-LLM) give a speed between these factors of the estimate.
 */
const SPEED_SPREAD: Spread = { low: 0.73, high: 1.27 };
const CONTEXT_BYTES: Interval = { low: 0.8 * GIB, mid: 1.5 * GIB, high: 2.5 * GIB };
/** Serving engines leave a tenth of the memory alone (vLLM: gpu_memory_utilization 0.9). */
const HEADROOM: Interval = { low: 1.03, mid: 1.07, high: 1 / 0.9 };
/** Sequences at once; vLLM's default of max_num_seqs. */
const BATCH_MAX = 256;
const TENSOR_PARALLEL = [1, 2, 4, 8];

/** Layouts of one replica on every device of the table, in its order. */
export function servingLayouts(model: Architecture, task: ServingTask): Layout[] {
  return acceleratorFacts()
    .filter((device) => computeFormat(device, task.precision) !== null)
    .flatMap((device) =>
      TENSOR_PARALLEL.filter((parallel) => parallel <= device.domain)
        .filter((parallel) => model.heads % parallel === 0)
        .map((tensorParallel) => layoutOf(model, task, { device, tensorParallel })),
    );
}

/** The same layouts for requests of several sizes, each by its share of all requests. */
export function mixLayouts(
  model: Architecture,
  sizes: readonly { readonly task: ServingTask; readonly share: number }[],
): Layout[] {
  const bySize = sizes.map(({ task }) => servingLayouts(model, task));
  return bySize[0]!.map((first, index) => {
    const layouts = bySize.map((own) => own[index]!);
    const taken = layouts.filter(({ fits }) => fits);
    const smallest = taken.toSorted(byMemory)[0] ?? layouts.toSorted(byMemory)[0]!;
    const speeds = layouts.flatMap(({ serves }) => serves!.requestsPerSecond);
    const seconds = weighted(sizes, (size) => 1 / speeds[size]!);
    const tokens = weighted(sizes, (size) => sizes[size]!.task.outputTokens);
    return {
      ...first,
      memoryBytesPerDevice: smallest.memoryBytesPerDevice,
      fits: taken.length > 0,
      tokensPerSecond: seconds < Infinity ? spreadAround(tokens / seconds, SPEED_SPREAD) : null,
      serves: {
        requestsPerSecond: speeds,
        concurrency: Math.min(...(taken.length > 0 ? taken : layouts).map(batchOf)),
      },
    };
  });
}

function batchOf({ serves }: Layout): number {
  return serves!.concurrency;
}

function byMemory(one: Layout, other: Layout): number {
  return one.memoryBytesPerDevice.high - other.memoryBytesPerDevice.high;
}

function weighted(
  sizes: readonly { readonly share: number }[],
  of: (size: number) => number,
): number {
  return sizes.reduce((all, { share }, size) => all + share * of(size), 0);
}

/** Needed for the weights and one sequence; what is left takes more sequences at once. */
function layoutOf(model: Architecture, task: ServingTask, replica: Replica): Layout {
  const { device, tensorParallel } = replica;
  const memory = servingMemory(model, task, { tensorParallel, batch: 1 });
  const holds = memory.high <= device.memoryGib * GIB;
  const batch = holds ? largestBatch(model, task, replica) : 0;
  const speed = holds ? outputTokensPerSecond(model, task, replica, Math.max(1, batch)) : null;
  return {
    accelerator: device.name,
    acceleratorMemoryGib: device.memoryGib,
    devices: tensorParallel,
    tensorParallel,
    dataParallel: 1,
    memoryBytesPerDevice: memory,
    fits: batch > 0,
    hours: null,
    tokensPerSecond: speed === null ? null : spreadAround(speed, SPEED_SPREAD),
    serves: {
      requestsPerSecond: [batch > 0 ? speed! / task.outputTokens : 0],
      concurrency: batch,
    },
  };
}

/** Bytes on the fullest device for a number of sequences at once. */
export function servingMemory(
  model: Architecture,
  request: Request,
  { tensorParallel, batch }: { readonly tensorParallel: number; readonly batch: number },
): Interval {
  const weights = weightBytes(model, request.precision) / tensorParallel;
  const tokens = batch * (request.inputTokens + request.outputTokens);
  const cache = kvBytesPerDevice(model, tokens, tensorParallel);
  return sum(times(exactly(weights + cache), HEADROOM), CONTEXT_BYTES);
}

/** The most sequences at once that fit the memory and keep both times; 0 where one is too slow. */
function largestBatch(model: Architecture, task: ServingTask, replica: Replica): number {
  if (task.ttftMs !== null && prefillSeconds(model, task, replica) * 1000 > task.ttftMs) return 0;
  const bytes = replica.device.memoryGib * GIB;
  const { tensorParallel } = replica;
  const isGood = (batch: number): boolean =>
    servingMemory(model, task, { tensorParallel, batch }).high <= bytes &&
    (task.tpotMs === null || tokenSeconds(model, task, replica, batch) * 1000 <= task.tpotMs);
  let good = 0;
  let bad = BATCH_MAX + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isGood(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

function outputTokensPerSecond(
  model: Architecture,
  task: ServingTask,
  replica: Replica,
  batch: number,
): number {
  return batch / tokenSeconds(model, task, replica, batch);
}

/** Between two tokens of one sequence: a decoding step, and its share of the others' prefills. */
function tokenSeconds(
  model: Architecture,
  task: ServingTask,
  replica: Replica,
  batch: number,
): number {
  const prefills = (batch * prefillSeconds(model, task, replica)) / task.outputTokens;
  return decodeSeconds(model, task, replica, batch) + prefills;
}
