import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Interval, Layout } from '../../../spec/demand.ts';
import type { Precision } from '../../../spec/task.ts';
import {
  type AcceleratorFacts,
  acceleratorFacts,
  computeFormat,
} from '../accelerators/accelerator-facts.ts';
import { doublingsOf } from '../calibration/doublings.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import { widthFor } from '../calibration/interval-width.ts';
import type { MeasuredWork } from '../calibration/measurement.ts';
import { type Fitted, floorOf, predictiveSpread } from '../calibration/predictive-spread.ts';
import { dividedBy, spreadAround } from '../interval.ts';
import { trainingMemory } from '../memory/training-memory.ts';
import { USUAL_TASK } from '../memory/training-task.ts';
import { usableBytes } from '../memory/usable-memory.ts';
import type { Architecture } from '../models/architecture.ts';
import { ONE_DEVICE } from '../training/training-layout.ts';
import { samplesModel } from './samples-model.ts';

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

/** Samples of one device in one pass: where memory is short, fewer. */
const BATCHES = [256, 128, 64, 32, 16, 8, 4, 2, 1];

/** Data-parallel layouts on every device that has the format, in the order of the devices. */
export function sampleLayouts(
  model: Architecture,
  task: SampleTask,
  counts: readonly number[],
  accelerators: readonly AcceleratorFacts[] = acceleratorFacts(),
): Layout[] {
  const fitted = fittedOf(samplesModel);
  return accelerators
    .filter((device) => computeFormat(device, task.precision) !== null)
    .flatMap((device) =>
      counts
        .map((devices) => layoutOn(model, task, { device, devices, fitted }))
        .filter((layout) => layout !== null),
    );
}

type Place = {
  readonly device: AcceleratorFacts;
  readonly devices: number;
  readonly fitted: Fitted;
};

/** Null when the batch has less than a sample for each device, or the device has no such speed. */
function layoutOn(model: Architecture, task: SampleTask, place: Place): Layout | null {
  const { device, devices } = place;
  const share = task.globalBatch === null ? Infinity : Math.floor(task.globalBatch / devices);
  if (share < 1) return null;
  const sizes = [...new Set(BATCHES.map((size) => Math.min(size, share)))];
  const held = (size: number): Interval => memoryOf(model, task, size);
  const batch = sizes.find((size) => held(size).high <= usableBytes(device));
  const speed = batch === undefined ? null : speedOf(model, task, { ...place, batch });
  if (batch !== undefined && speed === null) return null;
  return {
    accelerator: device.name,
    acceleratorMemoryGib: device.memoryGib,
    devices,
    tensorParallel: 1,
    dataParallel: devices,
    training: null,
    memoryBytesPerDevice: held(batch ?? 1),
    fits: speed !== null,
    hours: speed && dividedBy(task.samples / SECONDS_PER_HOUR, speed),
    tokensPerSecond: null,
    ...(speed === null ? {} : { samplesPerSecond: speed }),
  };
}

/** A pass that answers keeps neither gradients nor what a backward pass would need. */
function memoryOf(model: Architecture, task: SampleTask, batch: number): Interval {
  const trains = task.kind === 'train';
  const memory = trainingMemory(
    model,
    {
      ...USUAL_TASK,
      precision: task.precision,
      optimizer: trains ? 'adamw' : 'sgd',
      sequenceLength: task.sequenceLength ?? 1,
      microBatch: batch,
      microBatches: 1,
    },
    { ...ONE_DEVICE, recompute: trains ? 'none' : 'full' },
  );
  return memory.total;
}

/** Samples a second of all devices, with the interval that left-out measurements ask for. */
function speedOf(
  model: Architecture,
  task: SampleTask,
  { device, devices, batch, fitted }: Place & { readonly batch: number },
): Interval | null {
  const quantity = task.kind === 'train' ? 'training-samples' : 'samples';
  const work = workOf(model, task, { device, devices, batch });
  const predict = samplesModel.predictor(work, quantity);
  if (typeof predict === 'string') return null;
  const mid = predict(fitted.coefficients);
  const width = widthFor(fitted, quantity, model);
  if (width === undefined) return { low: mid, mid, high: mid };
  const spread = predictiveSpread(predict, fitted, floorOf(width, doublingsOf(work, quantity)));
  return spreadAround(mid, {
    low: Math.exp(width.below * spread),
    high: Math.exp(width.above * spread),
  });
}

function workOf(
  model: Architecture,
  task: SampleTask,
  { device, devices, batch }: Pick<Place, 'device' | 'devices'> & { readonly batch: number },
): MeasuredWork {
  const { kind, precision, sequenceLength, globalBatch } = task;
  return {
    kind,
    model,
    precision,
    operands: null,
    weightBytes: null,
    device,
    devices,
    method: kind === 'train' ? 'full' : null,
    sequenceLength,
    globalBatch: kind === 'train' ? (globalBatch ?? batch * devices) : null,
    microBatch: kind === 'train' ? batch : null,
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
    concurrency: kind === 'infer' ? batch : null,
    engine: null,
  };
}
