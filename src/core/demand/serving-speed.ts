import { assert, unreachable } from '../../base/assert.ts';
import type { Precision } from '../../spec/task.ts';
import { type AcceleratorFacts, computeFormat } from './accelerators/accelerator-facts.ts';
import type { Architecture } from './models/architecture.ts';
import { NF4_BYTES } from './training-memory.ts';

/** One request, and how the weights are kept. */
export type Request = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly precision: Precision;
};

/** Some equal devices that hold one copy of the model between them. */
export type Replica = { readonly device: AcceleratorFacts; readonly tensorParallel: number };

/** Share of the peak that prefill reaches: 50 to 65 % on H100. */
const PREFILL_EFFICIENCY = 0.55;
/** Share of the memory's rate that decoding reaches (aiconfigurator uses 0.8 as well). */
const BANDWIDTH_EFFICIENCY = 0.8;
/** Kernels of one layer start one after another, several of 3 µs that nothing hides. */
const LAYER_OVERHEAD_S = 14e-6;
/** An all-reduce of a few kilobytes: its latency, not its size. */
const ALL_REDUCE_S = 14e-6;
const LINK_EFFICIENCY = 0.8;

/** Bytes of one weight; scales of quantized blocks included. */
export function weightBytes(model: Architecture, precision: Precision): number {
  const { params, embeddingParams } = model;
  switch (precision) {
    case 'fp32':
    case 'tf32':
      return 4 * params;
    case 'bf16':
    case 'fp16':
      return 2 * params;
    case 'fp8':
    case 'int8':
      return params;
    case 'int4':
    case 'nf4':
      return NF4_BYTES * (params - embeddingParams) + 2 * embeddingParams;
    default:
      return unreachable(precision);
  }
}

/** Key and value of each key-value head in each layer, in 16 bits (Pope, arXiv:2211.05102). */
export function kvBytesPerToken({ layers, kvHeads, headDim }: Architecture): number {
  return 2 * layers * kvHeads * headDim * 2;
}

/** Bytes of the cache on the fullest device: heads are split, and copied once they run out. */
export function kvBytesPerDevice(model: Architecture, tokens: number, parallel: number): number {
  const headsPerDevice = Math.ceil(model.kvHeads / parallel);
  return (kvBytesPerToken(model) * tokens * headsPerDevice) / model.kvHeads;
}

/** Seconds until the first token of a request that finds the replica idle: bound by arithmetic. */
export function prefillSeconds(model: Architecture, request: Request, replica: Replica): number {
  const { device, tensorParallel } = replica;
  const { inputTokens } = request;
  // 2N for each token, and the causal half of 4·L·width·s² for attention.
  const attention = 2 * model.layers * model.heads * model.headDim * inputTokens ** 2;
  const flops = 2 * model.matmulParams * inputTokens + attention;
  const arithmetic = flops / (tensorParallel * PREFILL_EFFICIENCY * peakFlops(device, request));
  const weights = weightBytes(model, request.precision) / tensorParallel;
  const reading = weights / (BANDWIDTH_EFFICIENCY * device.memoryBytesPerS);
  const bytes = model.layers * 2 * 2 * model.hidden * inputTokens * ringShare(tensorParallel);
  const exchange = bytes / (LINK_EFFICIENCY * device.linkBytesPerS);
  return Math.max(arithmetic, reading) + exchange + stepOverhead(model, tensorParallel);
}

/** Seconds of one token for each of `batch` sequences at once: bound by memory, then arithmetic. */
export function decodeSeconds(
  model: Architecture,
  request: Request,
  replica: Replica,
  batch: number,
): number {
  const { device, tensorParallel } = replica;
  // Half of the answer is there on average.
  const context = request.inputTokens + request.outputTokens / 2;
  const weights =
    (weightBytes(model, request.precision) * shareRead(model, batch)) / tensorParallel;
  const cache = batch * kvBytesPerDevice(model, context, tensorParallel);
  const reading = (weights + cache) / (BANDWIDTH_EFFICIENCY * device.memoryBytesPerS);
  const flops = 2 * model.matmulParams * batch;
  const arithmetic = flops / (tensorParallel * PREFILL_EFFICIENCY * peakFlops(device, request));
  const bytes = model.layers * 2 * 2 * model.hidden * batch * ringShare(tensorParallel);
  const exchange = bytes / (LINK_EFFICIENCY * device.linkBytesPerS);
  return Math.max(reading, arithmetic) + exchange + stepOverhead(model, tensorParallel);
}

/** Of E experts, a batch of B tokens with k each reads about E·(1 − (1 − k/E)^B). */
function shareRead(model: Architecture, batch: number): number {
  const { experts, expertsPerToken, params, activeParams } = model;
  if (experts === 1) return 1;
  const reached = 1 - (1 - expertsPerToken / experts) ** batch;
  const inExperts = (params - activeParams) / (1 - expertsPerToken / experts);
  return (params - inExperts + inExperts * reached) / params;
}

/** What a ring all-reduce sends of what it reduces. */
function ringShare(parallel: number): number {
  return (2 * (parallel - 1)) / parallel;
}

/** Two all-reduces in each layer where the layer is split. */
function stepOverhead({ layers }: Architecture, parallel: number): number {
  return layers * (LAYER_OVERHEAD_S + (parallel === 1 ? 0 : 2 * ALL_REDUCE_S));
}

function peakFlops(device: AcceleratorFacts, { precision }: Request): number {
  const format = computeFormat(device, precision);
  assert(format !== null, `${device.name} does not compute ${precision}`);
  return device.peak[format];
}
