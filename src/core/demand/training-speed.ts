import { assert } from '../../base/assert.ts';
import type { Precision, Training } from '../../spec/task.ts';
import {
  type AcceleratorFacts,
  computeFormat,
  type Generation,
} from './accelerators/accelerator-facts.ts';
import type { Architecture } from './models/architecture.ts';
import { type TokenFlops, trainingFlops } from './training-flops.ts';
import { NF4_BYTES, type TrainingLayout } from './training-memory.ts';

/** What of a task the speed depends on. */
export type TrainingStep = {
  readonly method: Training['method'];
  readonly precision: Precision;
  readonly sequenceLength: number;
  /** Tokens between two updates of the weights. */
  readonly batchTokens: number;
};

/**
 * Share of the peak that products of wide matrices reach within a training step. One constant for
 * each generation, set to the middle of published speeds: Ampere and Hopper by llm-foundry's and
 * Meta's tables, Blackwell by Megatron-Bridge, TPUs by MaxText, Trainium by the Neuron SDK, Ada by
 * MLPerf's L40S rows. Nothing measured stands behind Pascal, Volta, Turing, CDNA and Gaudi: their
 * shares are our judgement, and their intervals are as wide as any.
 */
const EFFICIENCY: Readonly<Record<Generation, number>> = {
  pascal: 0.4,
  volta: 0.42,
  turing: 0.4,
  ampere: 0.6,
  'ampere-small': 0.55,
  ada: 0.42,
  hopper: 0.48,
  blackwell: 0.5,
  'blackwell-small': 0.5,
  cdna3: 0.4,
  cdna4: 0.4,
  gaudi: 0.45,
  neuron: 0.28,
  tpu: 0.68,
  'tpu-v6': 0.58,
};

/** Narrow formats reach less of their higher peak: what surrounds a product does not shrink. */
const NARROW_FORMAT = 0.9;
/** Small products of experts, and tokens sent to them and back. */
const EXPERTS = 0.68;
/** A width at which half of the efficiency is lost to the parts that are not products. */
const HALF_WIDTH = 512;
/** Attention kernels reach about half of what products do. */
const ATTENTION_SLOWDOWN = 2;
/** Share of a link's rate that collectives reach. */
const LINK_EFFICIENCY = 0.8;
/** Share of the arithmetic behind which gathers and reductions hide. */
const OVERLAP = 0.7;
/** Widening NF4 weights in each pass. */
const DEQUANTIZATION = 1.15;

/** Tokens a second of all devices together. */
export function trainingTokensPerSecond(
  model: Architecture,
  step: TrainingStep,
  device: AcceleratorFacts,
  layout: TrainingLayout,
): number {
  const { tensorParallel, dataParallel, microTokens } = layout;
  const compute = computeSeconds(model, step, device, layout) * microTokens;
  const exchange = tensorSeconds(model, device, tensorParallel) * microTokens;
  const reduce = dataSeconds(model, step, device, layout);
  const pass = compute + exchange + Math.max(0, reduce - OVERLAP * compute);
  return (dataParallel * microTokens) / pass;
}

/** Arithmetic of one token on one replica. */
function computeSeconds(
  model: Architecture,
  step: TrainingStep,
  device: AcceleratorFacts,
  layout: TrainingLayout,
): number {
  const flops = trainingFlops(model, step);
  const again = layout.isRecomputed ? forwardFlops(model, flops) : 0;
  const work = flops.weights + ATTENTION_SLOWDOWN * flops.attention + again;
  const slow = step.method === 'qlora' ? DEQUANTIZATION : 1;
  return (work * slow) / (layout.tensorParallel * reachableFlops(model, step, device));
}

function forwardFlops(model: Architecture, { attention }: TokenFlops): number {
  return 2 * model.matmulParams + (ATTENTION_SLOWDOWN * attention) / 3;
}

function reachableFlops(
  model: Architecture,
  { precision }: TrainingStep,
  device: AcceleratorFacts,
): number {
  const format = computeFormat(device, precision);
  assert(format !== null, `${device.name} does not compute ${precision}`);
  const narrow = format === 'fp8' || format === 'int8' ? NARROW_FORMAT : 1;
  const shape = model.hidden / (model.hidden + HALF_WIDTH);
  const routed = model.experts > 1 ? EXPERTS : 1;
  return device.peak[format] * EFFICIENCY[device.generation] * narrow * shape * routed;
}

/** Four all-reduces of a token's 16-bit activations in each layer (Shoeybi, arXiv:1909.08053). */
function tensorSeconds(model: Architecture, device: AcceleratorFacts, parallel: number): number {
  if (parallel === 1) return 0;
  const ring = (2 * (parallel - 1)) / parallel;
  const bytes = 4 * model.layers * 2 * model.hidden * ring;
  return bytes / (LINK_EFFICIENCY * device.linkBytesPerS);
}

/**
 * Collectives of one pass. Sharded: weights gathered twice and gradients scattered once, in each
 * pass (ZeRO, section 7); replicated: gradients all-reduced once in each step, shared by its passes.
 */
function dataSeconds(
  model: Architecture,
  step: TrainingStep,
  device: AcceleratorFacts,
  layout: TrainingLayout,
): number {
  const { tensorParallel, dataParallel, isSharded } = layout;
  if (dataParallel === 1) return 0;
  const isFrozen = step.method === 'lora' || step.method === 'qlora';
  const weight = step.method === 'qlora' ? NF4_BYTES : 2;
  const passes = Math.max(1, step.batchTokens / (dataParallel * layout.microTokens));
  const sharded = isFrozen ? 2 * weight : 2 * weight + 2;
  const replicated = isFrozen ? 0 : 4 / passes;
  const bytes = ((isSharded ? sharded : replicated) * model.params) / tensorParallel;
  return bytes / (LINK_EFFICIENCY * ringBytesPerS(device, tensorParallel * dataParallel));
}

/** Within the domain the links; beyond it all network cards of a machine work together. */
function ringBytesPerS(device: AcceleratorFacts, devices: number): number {
  if (devices <= device.domain) return device.linkBytesPerS;
  return Math.min(device.linkBytesPerS, device.networkBytesPerS * device.domain);
}
