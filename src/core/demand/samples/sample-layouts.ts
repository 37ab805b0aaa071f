import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Interval, Layout } from '../../../spec/demand.ts';
import {
  type AcceleratorFacts,
  acceleratorFacts,
  computeFormat,
} from '../accelerators/accelerator-facts.ts';
import { doublingsOf } from '../calibration/doublings.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import { widthFor } from '../calibration/interval-width.ts';
import {
  type Fitted,
  floorOf,
  predictiveSpread,
  spreadsWithin,
} from '../calibration/predictive-spread.ts';
import { dividedBy, spreadAround } from '../interval.ts';
import type { Architecture } from '../models/architecture.ts';
import { batchOn, bytesByBatch } from './sample-memory.ts';
import { groupOf } from './sample-scope.ts';
import { type SampleTask, workOn } from './sample-task.ts';
import { samplesModel } from './samples-model.ts';

/** Data-parallel layouts on every device that has the format, in the order of the devices. */
export function sampleLayouts(
  model: Architecture,
  task: SampleTask,
  counts: readonly number[],
  accelerators: readonly AcceleratorFacts[] = acceleratorFacts(),
): Layout[] {
  const fitted = fittedOf(samplesModel);
  const heldBy = bytesByBatch(model, task);
  return accelerators
    .filter((device) => computeFormat(device, task.precision) !== null)
    .flatMap((device) =>
      counts
        .map((devices) => layoutOn(model, task, { device, devices, fitted, heldBy }))
        .filter((layout) => layout !== null),
    );
}

type Place = {
  readonly device: AcceleratorFacts;
  readonly devices: number;
  readonly fitted: Fitted;
  /** Bytes of the memory that so many samples in one pass take. */
  readonly heldBy: (batch: number) => Interval;
};

/** Null when the batch has less than a sample for each device, or the device has no such speed. */
function layoutOn(model: Architecture, task: SampleTask, place: Place): Layout | null {
  const { device, devices, heldBy } = place;
  if (task.globalBatch !== null && task.globalBatch < devices) return null;
  const batch = batchOn(task, place, heldBy);
  const speed = batch === null ? null : speedOf(model, task, { ...place, batch });
  if (batch !== null && speed === null) return null;
  return {
    accelerator: device.name,
    acceleratorMemoryGib: device.memoryGib,
    devices,
    tensorParallel: 1,
    dataParallel: devices,
    training: null,
    memoryBytesPerDevice: heldBy(batch ?? 1),
    fits: speed !== null,
    hours: speed && dividedBy(task.samples / SECONDS_PER_HOUR, speed),
    tokensPerSecond: null,
    ...(speed === null ? {} : { samplesPerSecond: speed }),
  };
}

/** Samples a second of all devices, with the interval that left-out measurements ask for. */
function speedOf(
  model: Architecture,
  task: SampleTask,
  { device, devices, batch, fitted }: Place & { readonly batch: number },
): Interval | null {
  const quantity = task.kind === 'train' ? 'training-samples' : 'samples';
  const work = workOn(model, task, { device, devices, batch });
  const predict = samplesModel.predictor(work, quantity);
  if (typeof predict === 'string') return null;
  const mid = predict(fitted.coefficients);
  const width = widthFor(fitted, quantity, model);
  if (width === undefined) return { low: mid, mid, high: mid };
  const spreads = spreadsWithin(fitted.spreads, [groupOf(device)]);
  const floor = floorOf(width, doublingsOf(work, quantity));
  const spread = predictiveSpread(predict, { ...fitted, spreads }, floor);
  return spreadAround(mid, {
    low: Math.exp(width.below * spread),
    high: Math.exp(width.above * spread),
  });
}
