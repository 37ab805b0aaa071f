import type { Precision } from '../../../spec/task.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { Architecture } from '../models/architecture.ts';

/** One published figure, read into what the estimate speaks of. */
export type Measurement = {
  readonly id: string;
  /** The source family: what cross-validation leaves out as one. */
  readonly family: string;
  /** Where it was published, in the row's words: rows of one release have the same. */
  readonly source: string;
  readonly work: MeasuredWork;
  /** What was measured, in its own unit (`QUANTITY_UNITS`). */
  readonly quantity: Quantity;
  readonly value: number;
};

export type Quantity = keyof typeof QUANTITY_UNITS;

export const QUANTITY_UNITS = {
  /** Of all devices together, or of one replica: tokens a second that pass training. */
  'training-tokens': 'tokens/s of all devices',
  'training-samples': 'sequences, images or rows/s of all devices',
  'training-hours': 'device-hours of the whole run',
  'time-per-token': 'seconds between two tokens of one request',
  'time-to-first-token': 'seconds',
  'prefill-tokens': 'tokens/s of one replica',
  'output-tokens': 'tokens/s of all devices',
  'request-latency': 'seconds of one batch of requests, prefill and decoding',
  samples: 'images or sequences/s of all devices, no training',
  'peak-memory': 'bytes of the fullest device',
  'model-states': 'bytes of one device: weights, gradients, optimizer',
  activations: 'bytes of one device',
  'cache-per-token': 'bytes',
  'fits-not': 'bytes of one device that it did not fit into',
} as const;

/** What ran, on what, how. Null for what the source does not say. */
export type MeasuredWork = {
  readonly kind: 'train' | 'finetune' | 'infer';
  readonly model: Architecture;
  /** Of what all weights are kept and multiplied in: a GEMM's operands. */
  readonly precision: Precision;
  /** Bytes of a weight where a format says it exactly (GGUF); null otherwise. */
  readonly weightBytes: number | null;
  /** A block-scaled format of the operands that `precision` does not tell; null for none. */
  readonly operands: 'nvfp4' | 'mxfp4' | 'mxfp8' | 'fp8-block' | null;
  /** Null where the quantity does not depend on it. */
  readonly device: AcceleratorFacts | null;
  readonly devices: number;
  readonly method: 'pretrain' | 'full' | 'lora' | 'qlora' | null;
  readonly sequenceLength: number | null;
  /** Sequences (images, rows) between two updates, over all devices. */
  readonly globalBatch: number | null;
  /** Of one replica in one pass. */
  readonly microBatch: number | null;
  /** Tokens (images) that the whole run passes. */
  readonly tokens: number | null;
  readonly layout: MeasuredLayout;
  /** Of a request. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Requests (sequences, images) at once, over all devices of one replica. */
  readonly concurrency: number | null;
  /** What runs it: `vllm`, `sglang`, `trtllm`, `llama.cpp`, `fastertransformer`, `neuron`; null for the usual. */
  readonly engine: string | null;
};

/** How the work is split. 1 where it is not; null where the source does not say. */
export type MeasuredLayout = {
  readonly tensorParallel: number | null;
  readonly pipelineParallel: number | null;
  /** Interleaved stages of one device. */
  readonly virtualStages: number | null;
  readonly contextParallel: number | null;
  readonly expertParallel: number | null;
  readonly dataParallel: number | null;
  readonly sequenceParallel: boolean | null;
  /** ZeRO: 1 optimizer, 2 gradients too, 3 weights too (FSDP); 0 for none. */
  readonly zeroStage: 0 | 1 | 2 | 3 | null;
  readonly recompute: 'none' | 'selective' | 'full' | null;
};

/** Whether attention wrote its scores to memory: runs in fp16 are older than FlashAttention (2022). */
export function isBeforeFlashAttention({ precision }: Pick<MeasuredWork, 'precision'>): boolean {
  return precision === 'fp16';
}
