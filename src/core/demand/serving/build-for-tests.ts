import { assert } from '../../../base/assert.ts';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import type { Coefficients } from '../calibration/fitted-model.ts';
import type { MeasuredWork } from '../calibration/measurement.ts';
import type { Architecture } from '../models/architecture.ts';
import { priorServingCoefficients } from './serving-coefficients.ts';
import {
  type ServedModel,
  type ServingReplica,
  type ServingScope,
  servingScope,
} from './serving-replica.ts';

/** Llama 3.1 70B (arXiv:2407.21783, table 3). */
export const LLAMA_70B: Architecture = {
  name: 'Llama-3.1-70B',
  family: 'decoder',
  layers: 80,
  hidden: 8192,
  heads: 64,
  kvHeads: 8,
  headDim: 128,
  feedForward: 28_672,
  gated: true,
  vocab: 128_256,
  experts: 1,
  expertsPerToken: 1,
  routedLayers: 0,
  sharedFeedForward: 0,
  params: 70.55e9,
  activeParams: 70.55e9,
  matmulParams: 69.5e9,
  embeddingParams: 2 * 128_256 * 8192,
  expertParams: 0,
  cachePerToken: 2 * 80 * 8 * 128,
  window: null,
  sample: null,
};

/** Llama 3 8B, of the same table. */
export const LLAMA_8B: Architecture = {
  ...LLAMA_70B,
  name: 'Llama-3-8B',
  layers: 32,
  hidden: 4096,
  heads: 32,
  feedForward: 14_336,
  params: 8.03e9,
  activeParams: 8.03e9,
  matmulParams: 7.5e9,
  embeddingParams: 2 * 128_256 * 4096,
  cachePerToken: 2 * 32 * 8 * 128,
};

/** DeepSeek-V3 (arXiv:2412.19437, section 4.2): latent attention, 256 experts. */
export const DEEPSEEK_V3: Architecture = {
  ...LLAMA_70B,
  name: 'DeepSeek-V3',
  layers: 61,
  hidden: 7168,
  heads: 128,
  kvHeads: 128,
  feedForward: 2048,
  vocab: 129_280,
  experts: 256,
  expertsPerToken: 8,
  routedLayers: 58,
  sharedFeedForward: 2048,
  params: 671e9,
  activeParams: 37.5e9,
  matmulParams: 36.6e9,
  embeddingParams: 2 * 129_280 * 7168,
  expertParams: 58 * 256 * 3 * 7168 * 2048,
  cachePerToken: 61 * 576,
};

/** Llama 3.1 70B in fp8 on four H100 with vLLM, unless the test says otherwise. */
export function buildScope(
  parts: Partial<ServedModel & Omit<ServingReplica, 'device'>> & {
    readonly accelerator?: string;
    readonly coefficients?: Coefficients;
  } = {},
): ServingScope {
  const { accelerator = 'H100', coefficients = priorServingCoefficients(), ...rest } = parts;
  const device = findAccelerator(accelerator);
  assert(device !== undefined, `${accelerator} is not in the registry`);
  const served: ServedModel = {
    model: LLAMA_70B,
    precision: 'fp8',
    weightBytes: null,
    operands: null,
    cacheBytes: 1,
    ...rest,
  };
  const replica: ServingReplica = {
    device,
    tensorParallel: 4,
    pipelineParallel: 1,
    dataParallel: 1,
    expertParallel: 1,
    engine: 'vllm',
    ...rest,
  };
  const scope = servingScope(served, replica, coefficients);
  assert(scope !== null, `${accelerator} does not compute ${served.precision}`);
  return scope;
}

/** A measurement of the same. */
export function buildWork(
  parts: Partial<Omit<MeasuredWork, 'layout' | 'device'>> & {
    readonly layout?: Partial<MeasuredWork['layout']>;
    /** By its name; the work has no device where none is called so. */
    readonly accelerator?: string;
  } = {},
): MeasuredWork {
  const { layout, accelerator = 'H100', ...rest } = parts;
  return {
    kind: 'infer',
    model: LLAMA_70B,
    precision: 'fp8',
    weightBytes: null,
    operands: null,
    device: findAccelerator(accelerator) ?? null,
    devices: 4,
    method: null,
    sequenceLength: null,
    globalBatch: null,
    microBatch: null,
    tokens: null,
    inputTokens: 1024,
    outputTokens: 1024,
    concurrency: 16,
    engine: 'vllm',
    ...rest,
    layout: {
      tensorParallel: 4,
      pipelineParallel: 1,
      virtualStages: 1,
      contextParallel: 1,
      expertParallel: 1,
      dataParallel: 1,
      sequenceParallel: null,
      zeroStage: null,
      recompute: null,
      ...layout,
    },
  };
}
