import { GIB } from '../../../base/units.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import {
  type Coefficients,
  type FittedModel,
  NO_DEVICE,
  type Predictor,
} from '../calibration/fitted-model.ts';
import type { MeasuredWork, Quantity } from '../calibration/measurement.ts';
import { layerWeightBytes } from '../memory/weight-bytes.ts';
import { sequencesThatFit, servedTime } from './batching.ts';
import { isStatic, priorServingCoefficients, SERVING_PRIORS } from './serving-coefficients.ts';
import {
  type ServedModel,
  type ServingReplica,
  type ServingRequest,
  type ServingScope,
  servingScope,
  usualEngine,
} from './serving-replica.ts';

const QUANTITIES = [
  'time-per-token',
  'time-to-first-token',
  'prefill-tokens',
  'output-tokens',
  'request-latency',
] as const satisfies readonly Quantity[];

type ServingQuantity = (typeof QUANTITIES)[number];

/** Time of decoders that answer requests; encoder models and images are another model's. */
export const servingModel: FittedModel = {
  name: 'serving',
  quantities: QUANTITIES,
  priors: SERVING_PRIORS,
  predictor: servingPredictor,
};

/** Where a source says nothing: what llama-bench and its kin generate, after a short prompt. */
const UNSTATED: ServingRequest = { inputTokens: 512, outputTokens: 128 };
/** vLLM's defaults of max_num_seqs on parts of 70 GiB or more, and others, for offline runs. */
const SLOTS_MAX = { large: 1024, small: 256, largeGib: 70 } as const;

function servingPredictor(work: MeasuredWork, quantity: Quantity): Predictor | string {
  if (!isServing(quantity)) return `${quantity} is not a time of serving`;
  if (work.model.family !== 'decoder') return 'the model is no decoder';
  const isThroughput = quantity === 'output-tokens' || quantity === 'request-latency';
  if (isThroughput && work.outputTokens === null) return 'the tokens of an answer are not stated';
  const { device } = work;
  if (device === null) return NO_DEVICE;
  const engine = work.engine ?? usualEngine(device);
  const served = servedModel(work, engine);
  const replica: ServingReplica = { device, engine, ...degreesOf(work, device, quantity) };
  const scopeOf = (all: Coefficients) => servingScope(served, replica, all);
  if (scopeOf(priorServingCoefficients()) === null)
    return `${device.name} does not compute ${work.precision}`;
  return (all) => ofQuantity(scopeOf(all)!, work, quantity);
}

function servedModel(work: MeasuredWork, engine: string): ServedModel {
  return {
    model: work.model,
    precision: work.precision,
    weightBytes: work.weightBytes,
    operands: work.operands === 'nvfp4' || work.operands === 'mxfp4' ? work.operands : null,
    cacheBytes: usualCacheBytes(work, engine),
  };
}

function isServing(quantity: Quantity): quantity is ServingQuantity {
  return (QUANTITIES as readonly Quantity[]).includes(quantity);
}

function ofQuantity(scope: ServingScope, work: MeasuredWork, quantity: ServingQuantity): number {
  const request = {
    inputTokens: work.inputTokens ?? UNSTATED.inputTokens,
    outputTokens: work.outputTokens ?? UNSTATED.outputTokens,
  };
  const fitting = Math.max(1, sequencesThatFit(scope, request));
  const isLarge = scope.device.memoryGib >= SLOTS_MAX.largeGib;
  const most = (isLarge ? SLOTS_MAX.large : SLOTS_MAX.small) * scope.groups;
  const clients = work.concurrency ?? Math.min(fitting, most);
  const slots = isStatic(scope.engine) ? clients : fitting;
  const time = servedTime(scope, request, { clients, slots });
  switch (quantity) {
    case 'time-per-token':
      return time.perToken;
    case 'time-to-first-token':
      return time.firstToken;
    case 'prefill-tokens':
      return request.inputTokens / time.prompt;
    case 'output-tokens':
      return time.outputTokensPerSecond;
    case 'request-latency':
      return time.prompt + request.outputTokens * time.perToken;
  }
}

/**
 * Quantized checkpoints are served with a cache of 8 bits: NVIDIA's ModelOpt exports of fp8 and
 * NVFP4 name it, and published runs of the large engines set it.
 */
function usualCacheBytes({ precision }: MeasuredWork, engine: string): number {
  return precision === 'fp8' && !isStatic(engine) ? 1 : 2;
}

/**
 * Degrees of a replica as the source states them. Where it does not say how several devices share
 * the work, a throughput is that of as many copies as hold the model and as much cache, and a
 * latency that of one copy on all of them.
 */
function degreesOf(work: MeasuredWork, device: AcceleratorFacts, quantity: ServingQuantity) {
  const { layout, devices } = work;
  const pipelineParallel = layout.pipelineParallel ?? 1;
  const left = Math.max(1, devices / (pipelineParallel * (layout.dataParallel ?? 1)));
  const tensorParallel =
    layout.tensorParallel ?? (quantity === 'output-tokens' ? fewest(work, device, left) : left);
  return {
    pipelineParallel,
    tensorParallel,
    dataParallel: layout.dataParallel ?? Math.max(1, left / tensorParallel),
    expertParallel: layout.expertParallel ?? 1,
  };
}

function fewest(work: MeasuredWork, device: AcceleratorFacts, most: number): number {
  const weights = work.model.params * (work.weightBytes ?? layerWeightBytes(work.precision));
  let devices = 1;
  while (2 * devices <= most && weights > (devices * device.memoryGib * GIB) / 2) devices *= 2;
  return devices;
}
