import type { FittedModel } from '../calibration/fitted-model.ts';
import {
  isBeforeFlashAttention,
  type MeasuredWork,
  type Quantity,
} from '../calibration/measurement.ts';
import type { ParallelLayout } from '../training/training-layout.ts';
import { cacheBytesPerToken, cacheWidth } from './kv-cache.ts';
import { MEMORY_PRIORS, type MemoryCoefficients, PRIOR_MEMORY } from './memory-coefficients.ts';
import type { MemoryEstimate } from './memory-line.ts';
import { LLAMA_CPP_PASS, type ServingLoad, servingMemory } from './serving-memory.ts';
import { layerActivations, modelStates, trainingMemory } from './training-memory.ts';
import { type Framework, type TrainingTask, USUAL_TASK } from './training-task.ts';
import { layerWeightBytes, MXFP4_BYTES, modelWeightBytes, NVFP4_BYTES } from './weight-bytes.ts';

/** Tokens of one pass over prompts in vLLM and its like (max_num_batched_tokens). */
const PASS_TOKENS = 8192;

/** Engines that let requests wait while the cache is full: one at a time is all that must fit. */
const PAGED: ReadonlySet<string> = new Set(['vllm', 'sglang', 'trtllm']);

/** Bytes of measured work; only the peak depends on coefficients, all else is counted. */
export const memoryModel: FittedModel = {
  name: 'memory',
  quantities: ['peak-memory', 'model-states', 'activations', 'cache-per-token'],
  priors: MEMORY_PRIORS,
  predictor: (work, quantity) => {
    const counted = countedBytes(work, quantity);
    if (counted !== null) return typeof counted === 'string' ? counted : () => counted;
    const estimate = measuredMemory(work);
    if (typeof estimate === 'string') return estimate;
    return (coefficients) =>
      (measuredMemory(work, coefficients as MemoryCoefficients) as MemoryEstimate).total.mid;
  },
};

/** What no coefficient changes; null for the peak, which depends on them. */
function countedBytes(work: MeasuredWork, quantity: Quantity): number | string | null {
  if (quantity === 'cache-per-token')
    return cacheBytesPerToken(work.model, Math.max(2, cacheWidth(work.precision)));
  if (quantity === 'model-states') return statesOf(work);
  if (quantity !== 'activations') return null;
  const training = trainingOf(work);
  if (typeof training === 'string') return training;
  return layerActivations(work.model, training.task, training.layout).mid;
}

/**
 * The least that the device of measured work must have: where a source does not say whether
 * activations were computed again, they were if that was needed.
 */
export function leastMemory(
  work: MeasuredWork,
  coefficients: MemoryCoefficients = PRIOR_MEMORY,
): MemoryEstimate | string {
  const recompute = work.layout.recompute ?? 'full';
  return measuredMemory({ ...work, layout: { ...work.layout, recompute } }, coefficients);
}

/** What the fullest device of measured work holds; a sentence where the work does not say enough. */
export function measuredMemory(
  work: MeasuredWork,
  coefficients: MemoryCoefficients = PRIOR_MEMORY,
): MemoryEstimate | string {
  if (work.kind === 'infer') return servedMemory(work, coefficients);
  const training = trainingOf(work);
  if (typeof training === 'string') return training;
  return trainingMemory(work.model, training.task, training.layout, coefficients);
}

function statesOf(work: MeasuredWork): number | string {
  if (work.kind === 'infer') return modelWeightBytes(work.model, work.precision);
  const layout = layoutOf(work);
  return typeof layout === 'string' ? layout : modelStates(work.model, taskOf(work), layout).mid;
}

function trainingOf(
  work: MeasuredWork,
): { readonly task: TrainingTask; readonly layout: ParallelLayout } | string {
  if (work.microBatch === null) return 'the micro-batch is not stated';
  if (work.sequenceLength === null && work.model.sample === null)
    return 'the sequence length is not stated';
  const layout = layoutOf(work);
  return typeof layout === 'string' ? layout : { task: taskOf(work), layout };
}

/**
 * Of runs in fp16 that name no ZeRO stage, which are Megatron's, gradients are in fp32 (Korthikanti
 * et al., figure 1: 18 bytes a parameter).
 */
function taskOf(work: MeasuredWork): TrainingTask {
  const { globalBatch, microBatch, layout } = work;
  const perReplica = (globalBatch ?? Infinity) / (layout.dataParallel ?? 1);
  return {
    ...USUAL_TASK,
    method: work.method ?? 'full',
    precision: work.precision,
    sequenceLength: work.sequenceLength ?? 1,
    microBatch: microBatch ?? 1,
    microBatches: Math.max(1, Math.round(perReplica / (microBatch ?? 1))),
    framework: frameworkOf(work),
    flashAttention: !isBeforeFlashAttention(work),
    gradients: work.precision === 'fp16' && layout.zeroStage === null ? 'fp32' : null,
  };
}

/** Sources name a ZeRO stage of DeepSpeed's, FSDP (read as stage 3), or none: Megatron. */
function frameworkOf({ layout, precision, devices }: MeasuredWork): Framework {
  if (layout.zeroStage === 3) return precision === 'fp16' ? 'deepspeed' : 'fsdp';
  return layout.zeroStage === null || devices === 1 ? 'megatron' : 'deepspeed';
}

/**
 * Where the source is silent: tensor parallelism with sequence parallelism, and the states of the
 * optimizer shared, as frameworks do since they train in bf16; QLoRA computes activations again
 * (PEFT, prepare_model_for_kbit_training).
 */
function layoutOf({ layout, devices, precision, method }: MeasuredWork): ParallelLayout | string {
  if (layout.tensorParallel === null && devices > 1) return 'the layout is not stated';
  const tensorParallel = layout.tensorParallel ?? 1;
  const isRecent = layout.zeroStage === null && precision !== 'fp16';
  return {
    tensorParallel,
    sequenceParallel: layout.sequenceParallel ?? (tensorParallel > 1 && isRecent),
    pipelineParallel: layout.pipelineParallel ?? 1,
    virtualStages: layout.virtualStages ?? 1,
    contextParallel: layout.contextParallel ?? 1,
    expertParallel: layout.expertParallel ?? 1,
    dataParallel: layout.dataParallel ?? 1,
    zeroStage: layout.zeroStage ?? (isRecent ? 1 : 0),
    recompute: layout.recompute ?? (method === 'qlora' ? 'full' : 'none'),
  };
}

function servedMemory(
  work: MeasuredWork,
  coefficients: MemoryCoefficients,
): MemoryEstimate | string {
  const { device, layout, model, inputTokens, outputTokens, sequenceLength } = work;
  if (layout.tensorParallel === null && work.devices > 1) return 'the layout is not stated';
  const stated = (inputTokens ?? 0) + (outputTokens ?? 0);
  const tokens = stated > 0 ? stated : sequenceLength;
  if (tokens === null && model.sample === null) return 'the length of a request is not stated';
  if (device?.memoryGib === 0) return 'its device keeps everything on the chip';
  const sequences = work.engine !== null && PAGED.has(work.engine) ? 1 : (work.concurrency ?? 1);
  const prompts = sequences * (inputTokens ?? tokens ?? 1);
  const pass = { fastertransformer: prompts, 'llama.cpp': LLAMA_CPP_PASS }[work.engine ?? ''];
  const layers = weightOf(work);
  const load: ServingLoad = {
    weightBytes: { layers, tables: work.weightBytes ?? Math.max(2, layers) },
    cacheWidth: Math.max(2, cacheWidth(work.precision)),
    sequences,
    tokens: tokens ?? 0,
    passTokens: Math.min(prompts, pass ?? PASS_TOKENS),
    engine: work.engine === 'llama.cpp' ? 'llama.cpp' : 'usual',
    hasContext: device?.generation !== 'apple' && device?.kind !== 'cpu' && device?.kind !== 'edge',
  };
  const split = {
    tensorParallel: layout.tensorParallel ?? 1,
    pipelineParallel: layout.pipelineParallel ?? 1,
    expertParallel: layout.expertParallel ?? 1,
  };
  return servingMemory(model, load, split, coefficients);
}

function weightOf({ weightBytes, operands, precision }: MeasuredWork): number {
  if (weightBytes !== null) return weightBytes;
  if (operands === 'nvfp4') return NVFP4_BYTES;
  return operands === 'mxfp4' ? MXFP4_BYTES : layerWeightBytes(precision);
}
