import { GIB } from '../../base/units.ts';
import type { Interval } from '../../spec/demand.ts';
import type { Precision, Training } from '../../spec/task.ts';
import { exactly, sum, times } from './interval.ts';
import type { Architecture } from './models/architecture.ts';
import { adapterParams } from './training-flops.ts';

/** How a training step is spread over devices, and what it keeps. */
export type TrainingLayout = {
  readonly tensorParallel: number;
  readonly dataParallel: number;
  /** Weights, gradients and optimizer cut over the data-parallel devices (ZeRO-3, FSDP). */
  readonly isSharded: boolean;
  /** Each layer's activations are computed again in the backward pass rather than kept. */
  readonly isRecomputed: boolean;
  /** Tokens that one pass of one model replica holds. */
  readonly microTokens: number;
};

/** Of the CUDA context, its libraries' workspace and the collectives' buffers. */
const CONTEXT_BYTES: Interval = { low: 0.7 * GIB, mid: 1.2 * GIB, high: 1.8 * GIB };
/** The allocator loses 3 to 10 % to fragments. */
const FRAGMENTATION: Interval = { low: 1, mid: 1.05, high: 1.1 };
/** Logits in 16 bits, as fp32 for the loss, and their gradient; fused losses keep less. */
const LOGIT_BYTES: Interval = { low: 3, mid: 8, high: 12 };
/** NF4 with double quantization: 4 + 0.127 bits (Dettmers et al., QLoRA, arXiv:2305.14314). */
export const NF4_BYTES = 0.516;

/**
 * Bytes on the fullest device. Sources: states of mixed-precision Adam, Rajbhandari et al., ZeRO,
 * arXiv:1910.02054, figure 1; activations, Korthikanti et al., arXiv:2205.05198, section 4, with
 * FlashAttention (no stored scores), sequence parallelism and no dropout masks.
 */
export function trainingMemory(
  model: Architecture,
  training: { readonly method: Training['method']; readonly precision: Precision },
  layout: TrainingLayout,
): Interval {
  const shards = layout.tensorParallel * (layout.isSharded ? layout.dataParallel : 1);
  const states = times(modelStates(model, training), exactly(1 / shards));
  const gathered = exactly(gatheredBytes(model, training, layout));
  const activations = exactly(activationBytes(model, training.precision, layout));
  const logits = (layout.microTokens * model.vocab) / layout.tensorParallel;
  const used = sum(states, gathered, activations, times(LOGIT_BYTES, exactly(logits)));
  return sum(times(used, FRAGMENTATION), CONTEXT_BYTES);
}

/**
 * Weights, gradients, optimizer. Full: 2 + 2 bytes and fp32 master, momentum and variance, 16;
 * 18 where gradients accumulate in fp32. Frozen weights have neither gradient nor optimizer.
 */
export function modelStates(
  model: Architecture,
  { method, precision }: { readonly method: Training['method']; readonly precision: Precision },
): Interval {
  const perTrained: Interval = { low: 16, mid: 16, high: isWide(precision) ? 16 : 18 };
  if (method === 'full' || method === 'pretrain') return times(perTrained, exactly(model.params));
  const adapters = times(perTrained, exactly(adapterParams(model)));
  return sum(adapters, exactly(frozenBytes(model, method, precision)));
}

function frozenBytes(
  { params, embeddingParams }: Architecture,
  method: 'lora' | 'qlora',
  precision: Precision,
): number {
  const full = isWide(precision) ? 4 : 2;
  if (method === 'lora') return full * params;
  return NF4_BYTES * (params - embeddingParams) + full * embeddingParams;
}

/**
 * What a sharded pass holds whole for a moment: the layer at work and the next one, with the
 * gradients of one where they are trained; without shards, QLoRA's one matrix in 16 bits.
 */
function gatheredBytes(
  model: Architecture,
  { method, precision }: { readonly method: Training['method']; readonly precision: Precision },
  { tensorParallel, dataParallel, isSharded }: TrainingLayout,
): number {
  const full = isWide(precision) ? 4 : 2;
  const matrix = method === 'qlora' ? full * model.hidden * model.feedForward : 0;
  if (!isSharded || dataParallel === 1) return matrix / tensorParallel;
  const layer = (model.params - model.embeddingParams) / model.layers;
  const largest = Math.max(layer, model.vocab * model.hidden);
  const copies = method === 'full' || method === 'pretrain' ? 3 : 2;
  const bytes = method === 'qlora' ? NF4_BYTES : full;
  return (copies * bytes * largest + matrix) / tensorParallel;
}

/** Per token and layer: inputs of the norms, of each product, gate and up of the feed-forward. */
function activationBytes(
  model: Architecture,
  precision: Precision,
  { microTokens, isRecomputed, tensorParallel }: TrainingLayout,
): number {
  const { hidden, layers, heads, kvHeads, headDim, feedForward, gated, expertsPerToken } = model;
  const width = isWide(precision) ? 2 : 1;
  const attention = 4 * (heads + kvHeads) * headDim;
  const layer = 8 * hidden + attention + (gated ? 8 : 4) * feedForward * expertsPerToken;
  const kept = isRecomputed ? 2 * hidden * layers + layer : layer * layers;
  return (width * kept * microTokens) / tensorParallel;
}

function isWide(precision: Precision): boolean {
  return precision === 'fp32' || precision === 'tf32';
}
