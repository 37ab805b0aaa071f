import type { Format } from '../../../spec/accelerator-declaration.ts';
import type { Precision } from '../../../spec/task.ts';
import { type AcceleratorFacts, computeFormat } from '../accelerators/accelerator-facts.ts';
import type { Coefficients } from '../calibration/fitted-model.ts';
import { layerWeightBytes } from '../memory/weight-bytes.ts';
import type { Architecture } from '../models/architecture.ts';
import { larger } from './larger.ts';
import { coefficientsOf, type ServingCoefficients } from './serving-coefficients.ts';

/** A model as it is kept for serving. */
export type ServedModel = {
  readonly model: Architecture;
  /** What weights are kept and multiplied in. */
  readonly precision: Precision;
  /** Bytes of a weight with its scales, where the format says it exactly; null otherwise. */
  readonly weightBytes: number | null;
  /**
   * Blocks of four bits: NVFP4 is multiplied as such where the device can, MXFP4 by activations of
   * 8 bits; null where the precision says all.
   */
  readonly operands: 'nvfp4' | 'mxfp4' | null;
  /** Bytes of a number in the cache: 2, or 1 for a cache of 8 bits. */
  readonly cacheBytes: number;
};

/** Equal devices that hold one copy of the model between them, and what runs it. */
export type ServingReplica = {
  readonly device: AcceleratorFacts;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  /** Groups of tensor-parallel devices that each attend to requests of their own. */
  readonly dataParallel: number;
  /** Devices among which experts are split whole; each one's matrices over what is left. */
  readonly expertParallel: number;
  /** `vllm`, `sglang`, `trtllm`, `llama.cpp`, `fastertransformer`, `neuron`, or another name. */
  readonly engine: string;
};

/** One request. */
export type ServingRequest = { readonly inputTokens: number; readonly outputTokens: number };

/** A replica with all rates of one of its ranks, from which every time follows. */
export type ServingScope = {
  readonly model: Architecture;
  readonly engine: string;
  readonly device: AcceleratorFacts;
  /** Ranks of a tensor-parallel group, groups, stages, ranks that experts are split among. */
  readonly tensor: number;
  readonly groups: number;
  readonly stages: number;
  readonly expertRanks: number;
  /** Bytes of a weight, of one of the output matrix, of a number in the cache. */
  readonly weightBytes: number;
  readonly headBytes: number;
  readonly cacheBytes: number;
  /** The cache keeps latents that all heads share (MLA): nothing of it is split by heads. */
  readonly isLatent: boolean;
  /** Of one rank: GiB, bytes/s of weights and cache, FLOP/s of products, of attention and of 16 bits. */
  readonly memoryGib: number;
  readonly weightRate: number;
  readonly cacheRate: number;
  readonly productRate: number;
  readonly attentionRate: number;
  readonly linkRate: number;
  readonly networkRate: number;
  /** Ranks that the fast links join. */
  readonly domain: number;
  readonly coefficients: ServingCoefficients;
};

/**
 * The rates of a replica; null where its devices do not compute the precision.
 *
 * Latent attention is split by heads up to eight ranks; beyond, and where heads do not divide, its
 * ranks attend to requests of their own, as DeepSeek serves it (arXiv:2412.19437, section 3.4).
 */
export function servingScope(
  served: ServedModel,
  replica: ServingReplica,
  all: Coefficients,
): ServingScope | null {
  const { model, precision, weightBytes, cacheBytes } = served;
  const { device, engine, dataParallel, pipelineParallel } = replica;
  const peak = productPeak(device, served, engine);
  if (peak === null) return null;
  const cores = coresOf(device);
  const ranks = replica.tensorParallel * cores;
  const isLatent = model.cachePerToken < 1.98 * model.layers * model.kvHeads * model.headDim;
  const isSplit = ranks <= model.heads && (!isLatent || (ranks <= 8 && model.heads % ranks === 0));
  const coefficients = coefficientsOf(all, { generation: device.generation, engine });
  const memoryRate = device.memoryBytesPerS / cores;
  const weightRate = memoryRate * coefficients.memory;
  return {
    model,
    engine,
    device,
    tensor: isSplit ? ranks : 1,
    groups: isSplit ? dataParallel : dataParallel * ranks,
    stages: pipelineParallel,
    expertRanks: Math.min(replica.expertParallel, ranks * dataParallel),
    weightBytes: weightBytes ?? layerWeightBytes(served.operands ?? precision),
    headBytes: engine === 'llama.cpp' && weightBytes !== null ? weightBytes : headBytes(precision),
    cacheBytes,
    isLatent,
    memoryGib: device.memoryGib / cores,
    weightRate:
      engine === 'llama.cpp' ? 1 / larger(1 / weightRate, 1 / coefficients.reach) : weightRate,
    cacheRate: (weightRate * coefficients.cache) / all['memory']!,
    productRate: (peak / cores) * coefficients.arithmetic,
    attentionRate: (widePeak(device) / cores) * coefficients.attention,
    linkRate: (device.linkBytesPerS / cores) * coefficients.link,
    networkRate: (device.networkBytesPerS / cores) * coefficients.link,
    domain: device.domain * cores,
    coefficients,
  };
}

/** What most people run on a device, where nothing says. */
export function usualEngine({ kind, generation }: AcceleratorFacts): string {
  if (generation === 'neuron') return 'neuron';
  return kind === 'cpu' || generation === 'apple' ? 'llama.cpp' : 'vllm';
}

/** Embeddings and the output matrix stay in 16 bits where the rest is narrower. */
function headBytes(precision: Precision): number {
  return precision === 'fp32' || precision === 'tf32' ? 4 : 2;
}

/** Achievable FLOP/s of products; null where the device does not compute the precision. */
function productPeak(device: AcceleratorFacts, served: ServedModel, engine: string): number | null {
  const { peak, ceiling, narrowCeiling } = device;
  if (engine === 'llama.cpp') {
    // It accumulates in 16 bits, at half of the rate for int8, where consumer cards are twice as fast.
    const rate = Math.max(peak.bf16, peak.fp16, peak.int8 / 2, peak.fp32);
    const reached = device.generation === 'hopper' ? OLD_INSTRUCTIONS_ON_HOPPER : 1;
    return rate > 0 ? rate * ceiling * reached : null;
  }
  const format = operandFormat(device, served);
  if (format === null) return null;
  const isNarrow = format === 'fp8' || format === 'int8' || format === 'fp4';
  return peak[format] * (isNarrow ? narrowCeiling : ceiling);
}

/** What the warp's mma reaches of a Hopper's peak, against wgmma (Luo et al., arXiv:2402.13499). */
const OLD_INSTRUCTIONS_ON_HOPPER = 0.63;

/**
 * What a device multiplies a served model in; null where it cannot. Blocks of four bits are widened
 * to 16 on devices without the format (Marlin kernels: Frantar et al., arXiv:2408.11743).
 */
export function operandFormat(
  device: AcceleratorFacts,
  { precision, operands }: Pick<ServedModel, 'precision' | 'operands'>,
): Format | null {
  if (operands === null) return computeFormat(device, precision);
  if (device.peak.fp4 === 0) return computeFormat(device, 'bf16');
  return operands === 'nvfp4' ? 'fp4' : computeFormat(device, 'fp8');
}

function widePeak({ peak }: AcceleratorFacts): number {
  return Math.max(peak.bf16, peak.fp16, peak.fp32);
}

/**
 * Cores of one device that each are a rank of their own: NeuronCores (AWS Neuron SDK,
 * neuron-hardware: two on Trainium 1 and Inferentia 2, four logical ones on Trainium 2).
 */
function coresOf({ generation, memoryGib }: AcceleratorFacts): number {
  if (generation !== 'neuron' || memoryGib < 32) return 1;
  return memoryGib > 32 ? 4 : 2;
}
