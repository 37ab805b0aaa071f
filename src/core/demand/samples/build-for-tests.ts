import { findAccelerator } from '../accelerators/find-accelerator.ts';
import type { MeasuredLayout, MeasuredWork } from '../calibration/measurement.ts';
import { type Architecture, architectureOf } from '../models/architecture.ts';
import { findModel } from '../models/known-models.ts';
import { SAMPLE_PRIORS } from './sample-coefficients.ts';
import { samplesModel } from './samples-model.ts';

export const PRIOR_COEFFICIENTS = Object.fromEntries(
  SAMPLE_PRIORS.map(({ name, mid }) => [name, mid]),
);

export function registered(name: string): Architecture {
  const shape = findModel(name);
  if (shape === undefined) throw new TypeError(`${name} is not in the registry`);
  return architectureOf(shape);
}

const UNKNOWN: MeasuredLayout = {
  tensorParallel: null,
  pipelineParallel: null,
  virtualStages: null,
  contextParallel: null,
  expertParallel: null,
  dataParallel: null,
  sequenceParallel: null,
  zeroStage: null,
  recompute: null,
};

/** A part by its name; without a device where none is called so. */
type WorkParts = Partial<Omit<MeasuredWork, 'device'>> & { readonly accelerator?: string };

/** ResNet-50 trained in 16 bits on one A100, 256 images at once, with what is said otherwise. */
export function buildWork({ accelerator = 'A100-80GB', ...parts }: WorkParts = {}): MeasuredWork {
  return {
    kind: 'train',
    model: registered('resnet50'),
    precision: 'fp16',
    weightBytes: null,
    operands: null,
    device: findAccelerator(accelerator) ?? null,
    devices: 1,
    method: parts.kind === 'infer' ? null : 'pretrain',
    sequenceLength: null,
    globalBatch: null,
    microBatch: parts.kind === 'infer' ? null : 256,
    tokens: null,
    layout: UNKNOWN,
    inputTokens: null,
    outputTokens: null,
    concurrency: parts.kind === 'infer' ? 256 : null,
    engine: null,
    ...parts,
  };
}

/** Samples a second by the coefficients before any fit. Fails the test where none are predicted. */
export function speedOf(parts: WorkParts): number {
  const work = buildWork(parts);
  const quantity = work.kind === 'infer' ? 'samples' : 'training-samples';
  const predict = samplesModel.predictor(work, quantity);
  if (typeof predict === 'string') throw new TypeError(predict);
  return predict(PRIOR_COEFFICIENTS);
}
