import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';

/** What a user measured of a task, in seconds, bytes and units a second. */
export type OwnMeasurement = {
  /** On what, and how many of it in all. */
  readonly device: AcceleratorFacts;
  readonly devices: number;
  /** Null where only memory was measured. */
  readonly speed: { readonly quantity: SpeedQuantity; readonly value: number } | null;
  /** Of the fullest device; null where it was not measured. */
  readonly peakMemoryBytes: number | null;
  readonly setUp: StatedSetUp;
};

export type SpeedQuantity =
  | 'step_time'
  | 'tokens_per_second'
  | 'samples_per_second'
  | 'tpot'
  | 'ttft'
  | 'output_tokens_per_second';

/** How it ran, as far as the user says; what is left out is as the search would have it. */
export type StatedSetUp = {
  readonly tensorParallel?: number;
  readonly pipelineParallel?: number;
  readonly virtualStages?: number;
  readonly contextParallel?: number;
  readonly expertParallel?: number;
  readonly zeroStage?: 0 | 1 | 2 | 3;
  readonly microBatch?: number;
  /** Sequences (images) of a step. */
  readonly globalBatch?: number;
  /** Requests at once. */
  readonly concurrency?: number;
  readonly recompute?: 'none' | 'selective' | 'full';
};
