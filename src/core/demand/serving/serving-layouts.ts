import type { Interval, Layout } from '../../../spec/demand.ts';
import type { Precision } from '../../../spec/task.ts';
import {
  type AcceleratorFacts,
  acceleratorFacts,
  computeFormat,
} from '../accelerators/accelerator-facts.ts';
import { doublingsOf } from '../calibration/doublings.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import { widthFor } from '../calibration/interval-width.ts';
import { type Fitted, floorOf, predictiveSpread } from '../calibration/predictive-spread.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import type { MemoryEstimate } from '../memory/memory-line.ts';
import { memoryModel } from '../memory/memory-model.ts';
import { servingMemory } from '../memory/serving-memory.ts';
import { usableBytes } from '../memory/usable-memory.ts';
import { layerWeightBytes } from '../memory/weight-bytes.ts';
import type { Architecture } from '../models/architecture.ts';
import { servedTime } from './batching.ts';
import { servingModel } from './serving-model.ts';
import {
  type ServedModel,
  type ServingReplica,
  type ServingRequest,
  servingScope,
  usualEngine,
} from './serving-replica.ts';
import { SEQUENCES_MAX, servingThroughput } from './serving-throughput.ts';

export type ServingTask = ServingRequest & {
  /** How weights are kept. */
  readonly precision: Precision;
  /** Of the first token and of each further one; null where the user does not say. */
  readonly ttftMs: number | null;
  readonly tpotMs: number | null;
};

/** Tokens of prompts that a pass takes at most (vLLM's max_num_batched_tokens). */
const PASS_TOKENS = 8192;
const TENSOR_PARALLEL = [1, 2, 4, 8];
const MS = 1000;

/** Layouts of one replica on every device that has the format, in the order of the devices. */
export function servingLayouts(
  model: Architecture,
  task: ServingTask,
  accelerators: readonly AcceleratorFacts[] = acceleratorFacts(),
): Layout[] {
  const fitted = fittedOf(servingModel);
  const memory = fittedOf(memoryModel).coefficients as MemoryCoefficients;
  return accelerators
    .filter((device) => computeFormat(device, task.precision) !== null)
    .flatMap((device) =>
      TENSOR_PARALLEL.filter((parallel) => parallel <= device.domain)
        .filter((parallel) => model.heads % parallel === 0)
        .map((tensorParallel) => layoutOn(model, task, { device, tensorParallel, fitted, memory })),
    );
}

/** The same layouts for requests of several sizes, each by its share of all requests. */
export function mixLayouts(
  model: Architecture,
  sizes: readonly { readonly task: ServingTask; readonly share: number }[],
  accelerators?: readonly AcceleratorFacts[],
): Layout[] {
  const bySize = sizes.map(({ task }) => servingLayouts(model, task, accelerators));
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
      tokensPerSecond: seconds < Infinity ? mixedSpeed(layouts, tokens / seconds) : null,
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

/** The interval of the size that is least sure. */
function mixedSpeed(layouts: readonly Layout[], mid: number): Interval {
  const speeds = layouts.flatMap(({ tokensPerSecond }) => tokensPerSecond ?? []);
  return {
    low: mid * Math.min(...speeds.map((speed) => speed.low / speed.mid)),
    mid,
    high: mid * Math.max(...speeds.map((speed) => speed.high / speed.mid)),
  };
}

type Place = {
  readonly device: AcceleratorFacts;
  readonly tensorParallel: number;
  readonly fitted: Fitted;
  readonly memory: MemoryCoefficients;
};

/** Needed for the weights and one sequence; what is left takes more sequences at once. */
function layoutOn(
  model: Architecture,
  task: ServingTask,
  { device, tensorParallel, fitted, memory }: Place,
): Layout {
  const { ttftMs, tpotMs } = task;
  const served = servedAs(model, task);
  const replica = replicaOn(device, tensorParallel);
  const held = (sequences: number): Interval =>
    memoryOf(model, task, { tensorParallel, sequences, memory });
  const slots = mostThat((sequences) => held(sequences).high <= usableBytes(device));
  const scope = servingScope(served, replica, fitted.coefficients)!;
  const level = { firstTokenMax: ttftMs && ttftMs / MS, perTokenMax: tpotMs && tpotMs / MS };
  const found = servingThroughput(scope, task, level, slots);
  const batch = found.meets ? found.batch : 0;
  const speed =
    slots === 0 ? null : speedOf(served, replica, task, { batch: Math.max(1, batch), fitted });
  return {
    accelerator: device.name,
    acceleratorMemoryGib: device.memoryGib,
    devices: tensorParallel,
    tensorParallel,
    dataParallel: 1,
    training: null,
    memoryBytesPerDevice: held(1),
    fits: batch > 0,
    hours: null,
    tokensPerSecond: speed,
    serves: {
      requestsPerSecond: [batch > 0 ? speed!.mid / task.outputTokens : 0],
      concurrency: batch,
    },
  };
}

/** A model in the format that a task asks for, with a cache of 16 bits. */
export function servedAs(model: Architecture, { precision }: ServingTask): ServedModel {
  return { model, precision, weightBytes: null, operands: null, cacheBytes: 2 };
}

/** Tensor parallelism alone, under what most people run. */
export function replicaOn(device: AcceleratorFacts, tensorParallel: number): ServingReplica {
  const alone = { pipelineParallel: 1, dataParallel: 1, expertParallel: 1 };
  return { device, tensorParallel, ...alone, engine: usualEngine(device) };
}

type Held = {
  readonly tensorParallel: number;
  readonly sequences: number;
  readonly memory: MemoryCoefficients;
};

/** Bytes on the fullest device for a number of sequences at once. */
export function memoryOf(model: Architecture, task: ServingTask, held: Held): Interval {
  return memoryLinesOf(model, task, held).total;
}

/** The same, line by line. */
export function memoryLinesOf(
  model: Architecture,
  { inputTokens, outputTokens, precision }: ServingTask,
  { tensorParallel, sequences, memory }: Held,
): MemoryEstimate {
  const layers = layerWeightBytes(precision);
  const load = {
    weightBytes: { layers, tables: Math.max(2, layers) },
    cacheWidth: 2,
    sequences,
    tokens: inputTokens + outputTokens,
    passTokens: Math.min(PASS_TOKENS, sequences * inputTokens),
    engine: 'usual',
    hasContext: true,
  } as const;
  const split = { tensorParallel, pipelineParallel: 1, expertParallel: 1 };
  return servingMemory(model, load, split, memory);
}

/** The most sequences, up to what engines take, for which something holds; 0 where it holds for none. */
function mostThat(holds: (sequences: number) => boolean): number {
  if (holds(SEQUENCES_MAX)) return SEQUENCES_MAX;
  let [good, bad] = [0, SEQUENCES_MAX];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** Output tokens a second of the replica, with the interval that left-out measurements ask for. */
function speedOf(
  served: ServedModel,
  replica: ServingReplica,
  request: ServingRequest,
  { batch, fitted }: { readonly batch: number; readonly fitted: Fitted },
): Interval {
  const predict = (all: Fitted['coefficients']): number => {
    const scope = servingScope(served, replica, all)!;
    return servedTime(scope, request, { clients: batch, slots: batch }).outputTokensPerSecond;
  };
  const mid = predict(fitted.coefficients);
  const width = widthFor(fitted, 'time-per-token', served.model);
  if (width === undefined) return { low: mid, mid, high: mid };
  // Those of other generations and engines have no say.
  const own = new Set<string>([replica.device.generation, replica.engine]);
  const spreads = Object.fromEntries(
    Object.entries(fitted.spreads).filter(([name]) => {
      const [, of] = name.split(':');
      return of === undefined || own.has(of);
    }),
  );
  const doublings = doublingsOf(
    { devices: replica.tensorParallel, concurrency: batch },
    'time-per-token',
  );
  const spread = predictiveSpread(predict, { ...fitted, spreads }, floorOf(width, doublings));
  // A time is as much above as a speed is below.
  return {
    low: mid * Math.exp(-width.above * spread),
    mid,
    high: mid * Math.exp(-width.below * spread),
  };
}
