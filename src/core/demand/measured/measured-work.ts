import type { Layout, TrainingSplit } from '../../../spec/demand.ts';
import type { FittedModel } from '../calibration/fitted-model.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import type { MeasuredWork, Quantity } from '../calibration/measurement.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import { memoryModel } from '../memory/memory-model.ts';
import { trainingMemory } from '../memory/training-memory.ts';
import { USUAL_TASK } from '../memory/training-task.ts';
import type { Architecture } from '../models/architecture.ts';
import { servingModel } from '../serving/serving-model.ts';
import { operandsOf, type ServingTask } from '../serving/serving-task.ts';
import { devicesOf, type ReplicaSplit } from '../split-of-layout.ts';
import type { ParallelLayout } from '../training/training-layout.ts';
import type { TrainingRun } from '../training/training-layouts.ts';
import { trainingModel } from '../training/training-model.ts';

/** What the task does, as the estimate understands it. */
export type AskedTask =
  | { readonly kind: 'training'; readonly model: Architecture; readonly run: TrainingRun }
  | { readonly kind: 'serving'; readonly model: Architecture; readonly request: ServingTask | null }
  | {
      readonly kind: 'samples';
      readonly model: Architecture;
      readonly globalBatch: number | null;
    };

const NOTHING = {
  weightBytes: null,
  operands: null,
  method: null,
  sequenceLength: null,
  globalBatch: null,
  microBatch: null,
  tokens: null,
  inputTokens: null,
  outputTokens: null,
  concurrency: null,
  engine: null,
} as const;

/** A layout of a training that the search found, or that a user states. */
export type TrainingSetUp = TrainingSplit & Pick<Layout, 'tensorParallel' | 'dataParallel'>;

/** Tokens a second of all devices; null where such a training cannot be timed. */
export function trainingSpeed(
  { model, run }: Extract<AskedTask, { kind: 'training' }>,
  { device, devices }: Pick<MeasuredWork, 'device' | 'devices'>,
  setUp: TrainingSetUp,
): number | null {
  const work: MeasuredWork = {
    ...NOTHING,
    kind: run.method === 'pretrain' ? 'train' : 'finetune',
    model,
    precision: run.precision,
    operands: run.operands ?? null,
    device,
    devices,
    method: run.method,
    sequenceLength: run.sequenceLength,
    globalBatch: run.globalBatch,
    microBatch: setUp.microBatch,
    layout: { ...setUp, sequenceParallel: setUp.tensorParallel > 1 },
  };
  return predicted(trainingModel, work, 'training-tokens');
}

/** Bytes of the fullest device. */
export function trainingBytes(
  { model, run }: Extract<AskedTask, { kind: 'training' }>,
  setUp: TrainingSetUp,
): number {
  const { method, precision, sequenceLength, globalBatch } = run;
  const { microBatch, dataParallel } = setUp;
  const layout: ParallelLayout = { ...setUp, sequenceParallel: setUp.tensorParallel > 1 };
  const task = {
    ...USUAL_TASK,
    method,
    precision,
    sequenceLength,
    framework: setUp.zeroStage === 3 ? ('fsdp' as const) : ('megatron' as const),
    microBatch,
    microBatches: Math.max(1, (globalBatch ?? Infinity) / (dataParallel * microBatch)),
  };
  const coefficients = fittedOf(memoryModel).coefficients as MemoryCoefficients;
  return trainingMemory(model, task, layout, coefficients).total.mid;
}

/** One replica, and the requests that it works on at once. */
export type ReplicaAsked = Pick<MeasuredWork, 'device'> & {
  readonly split: ReplicaSplit;
  readonly concurrency: number;
};

/** Of one replica with so many requests at once, in the quantity's unit; null where it has none. */
export function servingFigure(
  model: Architecture,
  request: ServingTask,
  { device, split, concurrency }: ReplicaAsked,
  quantity: 'time-per-token' | 'time-to-first-token' | 'output-tokens',
): number | null {
  const work: MeasuredWork = {
    ...NOTHING,
    kind: 'infer',
    model,
    ...operandsOf(request.precision),
    device,
    devices: devicesOf(split),
    layout: {
      ...split,
      virtualStages: 1,
      contextParallel: 1,
      sequenceParallel: false,
      zeroStage: null,
      recompute: null,
    },
    inputTokens: request.inputTokens,
    outputTokens: request.outputTokens,
    concurrency,
  };
  return predicted(servingModel, work, quantity);
}

function predicted(model: FittedModel, work: MeasuredWork, quantity: Quantity): number | null {
  const predict = model.predictor(work, quantity);
  return typeof predict === 'string' ? null : predict(fittedOf(model).coefficients);
}
