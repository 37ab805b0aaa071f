import fc from 'fast-check';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { findAccelerator } from '../accelerators/find-accelerator.ts';
import { buildModel } from '../build-for-tests.ts';
import { USUAL_TASK } from '../memory/training-task.ts';
import { type Architecture, architectureOf } from '../models/architecture.ts';
import { knownModels } from '../models/known-models.ts';
import { resolveModel } from '../models/resolve-model.ts';
import type { TrainingCoefficients } from './coefficients.ts';
import type { TrainingQuestion } from './search-layouts.ts';
import type { StepScope } from './step-scope.ts';
import type { ParallelLayout, TrainingStep } from './training-layout.ts';
import { ONE_DEVICE } from './training-layout.ts';
import { TRAINING_PRIORS, trainingCoefficients } from './training-priors.ts';

/** What is known without measurements, of no generation in particular. */
export const COEFFICIENTS: TrainingCoefficients = trainingCoefficients(
  Object.fromEntries(TRAINING_PRIORS.map(({ name, mid }) => [name, mid])),
  'x86',
);

export const LLAMA_8B = 'meta-llama/Llama-3.1-8B';
export const MIXTRAL = 'mistralai/Mixtral-8x7B-v0.1';
export const DEEPSEEK_V3 = 'deepseek-ai/DeepSeek-V3';

/** A model of the registry. */
export function modelOf(id: string): Architecture {
  return resolveModel(buildModel({ id }));
}

/** All models of the registry that tokens pass through. */
export function tokenModels(): readonly Architecture[] {
  const models = [...knownModels().values()].map(architectureOf);
  return models.filter(({ sample, layers }) => sample === null && layers > 0);
}

export function deviceOf(name: string, parts: Partial<AcceleratorFacts> = {}): AcceleratorFacts {
  return { ...findAccelerator(name)!, ...parts };
}

export function buildStep(parts: Partial<TrainingStep> = {}): TrainingStep {
  return {
    method: 'full',
    precision: 'bf16',
    sequenceLength: 4096,
    globalBatch: 64,
    microBatch: 1,
    ...parts,
  };
}

export function buildLayout(parts: Partial<ParallelLayout> = {}): ParallelLayout {
  const sequenceParallel = (parts.tensorParallel ?? 1) > 1;
  return { ...ONE_DEVICE, sequenceParallel, ...parts };
}

/** One micro-batch of Llama 3.1 8B on an H100, with what is said otherwise. */
export function buildScope(
  parts: Partial<Omit<StepScope, 'step' | 'layout'>> & {
    readonly step?: Partial<TrainingStep>;
    readonly layout?: Partial<ParallelLayout>;
  } = {},
): StepScope {
  const step = buildStep(parts.step);
  const layout = buildLayout(parts.layout);
  return {
    model: modelOf(LLAMA_8B),
    device: deviceOf('H100'),
    coefficients: COEFFICIENTS,
    tokens: (step.microBatch * step.sequenceLength) / layout.contextParallel,
    isFrozen: step.method === 'lora' || step.method === 'qlora',
    ...parts,
    step,
    layout,
  };
}

export function buildQuestion(
  model: Architecture,
  parts: Partial<TrainingQuestion['step']> = {},
): TrainingQuestion {
  const { microBatch: _, ...step } = buildStep(parts);
  const { method, sequenceLength } = step;
  return { model, step, task: { ...USUAL_TASK, method, precision: 'bf16', sequenceLength } };
}

const degree = fc.constantFrom(1, 2, 4, 8);

/** Layouts of all kinds; not all of them divide a model evenly. */
export const anyLayout: fc.Arbitrary<ParallelLayout> = fc.record({
  tensorParallel: degree,
  sequenceParallel: fc.boolean(),
  pipelineParallel: degree,
  virtualStages: fc.constantFrom(1, 2, 5),
  contextParallel: fc.constantFrom(1, 2),
  expertParallel: degree,
  dataParallel: fc.constantFrom(1, 3, 64),
  zeroStage: fc.constantFrom(0, 1, 2, 3),
  recompute: fc.constantFrom('none', 'selective', 'full'),
});

export const anyStep: fc.Arbitrary<TrainingStep> = fc.record({
  method: fc.constantFrom('pretrain', 'full', 'lora', 'qlora'),
  precision: fc.constantFrom('fp32', 'tf32', 'bf16', 'fp16', 'fp8', 'int8', 'nf4', 'fp4'),
  sequenceLength: fc.constantFrom(1, 128, 4096, 131_072),
  globalBatch: fc.constantFrom(1, 64, 4096),
  microBatch: fc.constantFrom(1, 2, 16),
});
