import type { Precision, Training } from '../../../spec/task.ts';

/** How a training step is split over devices; every count is 1 where it is not. */
export type ParallelLayout = {
  readonly tensorParallel: number;
  /** Activations between tensor-parallel parts are split along the sequence. */
  readonly sequenceParallel: boolean;
  readonly pipelineParallel: number;
  /** Interleaved stages of one device. */
  readonly virtualStages: number;
  readonly contextParallel: number;
  /** Devices among which the experts of a layer are split; they also hold different data. */
  readonly expertParallel: number;
  readonly dataParallel: number;
  /** ZeRO: 1 optimizer, 2 gradients too, 3 weights too (FSDP); 0 for none. */
  readonly zeroStage: 0 | 1 | 2 | 3;
  readonly recompute: 'none' | 'selective' | 'full';
};

/** What is done between two updates of the weights. */
export type TrainingStep = {
  readonly method: Training['method'];
  /** What products are computed in. */
  readonly precision: Precision | 'fp4';
  readonly sequenceLength: number;
  /** Sequences of all devices. */
  readonly globalBatch: number;
  /** Sequences of one replica in one pass. */
  readonly microBatch: number;
  /** Attention's scores pass memory, as before FlashAttention; absent: one kernel makes and uses them. */
  readonly writesScores?: boolean;
};

export function devicesOf({
  tensorParallel,
  pipelineParallel,
  contextParallel,
  dataParallel,
}: ParallelLayout): number {
  return tensorParallel * pipelineParallel * contextParallel * dataParallel;
}

/** One device that shares nothing. */
export const ONE_DEVICE = {
  tensorParallel: 1,
  sequenceParallel: false,
  pipelineParallel: 1,
  virtualStages: 1,
  contextParallel: 1,
  expertParallel: 1,
  dataParallel: 1,
  zeroStage: 0,
  recompute: 'none',
} as const satisfies ParallelLayout;
