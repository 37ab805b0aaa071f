import type { Precision } from '../../../spec/task.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { MeasuredWork } from '../calibration/measurement.ts';
import type { Architecture } from '../models/architecture.ts';

/** Images or sequences that a model is trained on, or answers. */
export type SampleTask = {
  readonly kind: 'train' | 'infer';
  readonly precision: Precision;
  readonly samples: number;
  /** Of a text; null for images. */
  readonly sequenceLength: number | null;
  /** Samples between two updates over all devices; null where the user does not say. */
  readonly globalBatch: number | null;
};

/** What a model counts, as people call it: one, or many of them. */
export function sampleWord({ family, sample }: Architecture): 'image' | 'row' | 'sequence' {
  if (sample === null) return 'sequence';
  return family === 'recommender' ? 'row' : 'image';
}

/** A task on some equal devices, so many samples of each in one pass, as its time is asked for. */
export function workOn(
  model: Architecture,
  task: SampleTask,
  {
    device,
    devices,
    batch,
  }: { readonly device: AcceleratorFacts; readonly devices: number; readonly batch: number },
): MeasuredWork {
  const { kind, precision, sequenceLength, globalBatch } = task;
  const trains = kind === 'train';
  return {
    kind,
    model,
    precision,
    operands: null,
    weightBytes: null,
    device,
    devices,
    method: trains ? 'full' : null,
    sequenceLength,
    globalBatch: trains ? (globalBatch ?? batch * devices) : null,
    microBatch: trains ? batch : null,
    tokens: null,
    layout: {
      tensorParallel: 1,
      pipelineParallel: 1,
      virtualStages: 1,
      contextParallel: 1,
      expertParallel: 1,
      dataParallel: devices,
      sequenceParallel: null,
      zeroStage: null,
      recompute: null,
    },
    inputTokens: null,
    outputTokens: null,
    concurrency: trains ? null : batch,
    engine: null,
  };
}
