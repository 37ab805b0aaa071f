import type { Precision, Training } from '../../../spec/task.ts';
import type { Architecture } from '../models/architecture.ts';
import type { ParallelLayout } from '../training/training-layout.ts';
import type { MemoryCoefficients } from './memory-coefficients.ts';

export type Optimizer = 'adamw' | 'adamw-8bit' | 'adafactor' | 'sgd' | 'lion';

/** Whose habits of keeping weights and gradients a training has. */
export type Framework = 'megatron' | 'deepspeed' | 'fsdp';

/** What of a training its memory depends on, beside the model and the layout. */
export type TrainingTask = {
  readonly method: Training['method'];
  readonly precision: Precision;
  readonly optimizer: Optimizer;
  readonly framework: Framework;
  /** What gradients are added up in; null for what is usual: see `gradientFormat`. */
  readonly gradients: '16-bit' | 'fp32' | null;
  readonly sequenceLength: number;
  /** Sequences (or images) of one replica in one pass. */
  readonly microBatch: number;
  /** Passes between two updates: a pipeline holds no more of them at once. */
  readonly microBatches: number;
  /** Scores of attention are never written to memory (Dao et al., arXiv:2205.14135). */
  readonly flashAttention: boolean;
  /** Of LoRA and QLoRA. */
  readonly loraRank: number;
};

/** One training on one layout. */
export type TrainingScope = {
  readonly model: Architecture;
  readonly task: TrainingTask;
  readonly layout: ParallelLayout;
  readonly coefficients: MemoryCoefficients;
};

/** What most runs have where nothing is said. */
export const USUAL_TASK: TrainingTask = {
  method: 'full',
  precision: 'bf16',
  optimizer: 'adamw',
  framework: 'megatron',
  gradients: null,
  sequenceLength: 2048,
  microBatch: 1,
  microBatches: Number.POSITIVE_INFINITY,
  flashAttention: true,
  loraRank: 16,
};

/** GPT-2 and its kin; what is trained with FlashAttention, or gated, is of the time after dropout. */
export function hasDropout({ task, model }: Pick<TrainingScope, 'task' | 'model'>): boolean {
  return !task.flashAttention && !model.gated;
}

/** fp32 and tf32: weights, gradients and activations of four bytes. */
export function isWide({ precision }: Pick<TrainingTask, 'precision'>): boolean {
  return precision === 'fp32' || precision === 'tf32';
}

export function isFrozen({ method }: Pick<TrainingTask, 'method'>): boolean {
  return method === 'lora' || method === 'qlora';
}

/**
 * bf16 has too few digits to add many small gradients, so frameworks add in fp32 (Megatron-LM's and
 * DeepSpeed's default for bf16); of fp16 they keep 16 bits (ZeRO, arXiv:1910.02054, section 3.1).
 */
export function gradientFormat({ task }: TrainingScope): '16-bit' | 'fp32' {
  if (isWide(task)) return 'fp32';
  return task.gradients ?? (task.precision === 'fp16' ? '16-bit' : 'fp32');
}
