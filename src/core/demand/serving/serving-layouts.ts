import type { Interval, Layout } from '../../../spec/demand.ts';
import { type AcceleratorFacts, acceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { doublingsOf } from '../calibration/doublings.ts';
import { widthFor } from '../calibration/interval-width.ts';
import {
  type Fitted,
  floorOf,
  predictiveSpread,
  spreadsWithin,
} from '../calibration/predictive-spread.ts';
import type { Architecture } from '../models/architecture.ts';
import { degreesOf, devicesOf } from '../split-of-layout.ts';
import { servedTime } from './batching.ts';
import { replicaOn, sizesBeyond, sizesInMachine, splitsOver } from './replica-split.ts';
import {
  bestSplit,
  type ReplicaTrial,
  type ServingFits,
  servingFits,
  tryReplica,
} from './replica-trial.ts';
import {
  operandFormat,
  type ServedModel,
  type ServingReplica,
  servingScope,
} from './serving-replica.ts';
import { operandsOf, type ServingTask, servedAs } from './serving-task.ts';

/*
 * Problem: how a model is best laid out over the devices of one replica, for each device and number
 * of them.
 * Method: every split is tried with as many requests at once as its memory holds and the user's
 * limits allow; the fastest is kept. Two machines are tried where one holds no request.
 * Complexity: devices × splits (4 of a dense model, 10 of a mixture) × log of the requests.
 */

/** Requests of one size, and their share of all. */
export type RequestShare = { readonly task: ServingTask; readonly share: number };

/** Layouts of one replica on every device that has the format, in the order of the devices. */
export function servingLayouts(
  model: Architecture,
  task: ServingTask,
  accelerators?: readonly AcceleratorFacts[],
): Layout[] {
  return layoutsBySize(model, [{ task, share: 1 }], accelerators).map(([layout]) => layout!);
}

/** Of each device and number of them the layout that is best for all sizes, as it is for each size. */
export function layoutsBySize(
  model: Architecture,
  sizes: readonly RequestShare[],
  accelerators: readonly AcceleratorFacts[] = acceleratorFacts(),
): readonly (readonly Layout[])[] {
  const fits = servingFits();
  const operands = operandsOf(sizes[0]!.task.precision);
  return accelerators
    .filter((device) => operandFormat(device, operands) !== null)
    .flatMap((device) => trialsOn(model, sizes, { device, fits }))
    .map((trials) => trials.map((trial) => layoutOf(model, trial, fits)));
}

/** One replica as a layout has it, for requests of another size or under other limits. */
export function sameReplica(
  model: Architecture,
  task: ServingTask,
  place: Pick<ReplicaTrial, 'device' | 'split'>,
): Layout {
  const fits = servingFits();
  return layoutOf(model, tryReplica(model, { ...place, task }, fits), fits);
}

/** By number of devices, then by size. */
function trialsOn(
  model: Architecture,
  sizes: readonly RequestShare[],
  { device, fits }: { readonly device: AcceleratorFacts; readonly fits: ServingFits },
): readonly (readonly ReplicaTrial[])[] {
  const shares = sizes.map(({ share }) => share);
  const best = (devices: number): readonly ReplicaTrial[] => {
    const trials = splitsOver(model, device, devices).map((split) =>
      sizes.map(({ task }) => tryReplica(model, { device, split, task }, fits)),
    );
    return bestSplit(trials, shares);
  };
  const holds = (trials: readonly ReplicaTrial[]): boolean => trials.some(({ slots }) => slots > 0);
  const inMachine = sizesInMachine(model, device).map(best);
  if (inMachine.some(holds)) return inMachine;
  return [...inMachine, ...sizesBeyond(model, device).map(best).filter(holds)];
}

/** Needed for the weights and one sequence; what is left takes more sequences at once. */
function layoutOf(model: Architecture, trial: ReplicaTrial, { fitted }: ServingFits): Layout {
  const { device, split, task, slots, batch } = trial;
  const replica = replicaOn(device, split);
  const atOnce = { batch: Math.max(1, batch), fitted };
  const speed = slots === 0 ? null : speedOf(servedAs(model, task), replica, task, atOnce);
  return {
    accelerator: device.name,
    acceleratorMemoryGib: device.memoryGib,
    devices: devicesOf(split),
    ...degreesOf(split),
    dataParallel: 1,
    training: null,
    memoryBytesPerDevice: trial.memoryBytes,
    fits: batch > 0,
    hours: null,
    tokensPerSecond: speed,
    serves: { requestsPerSecond: [trial.requestsPerSecond], concurrency: batch },
  };
}

/** Output tokens a second of the replica, with the interval that left-out measurements ask for. */
function speedOf(
  served: ServedModel,
  replica: ServingReplica,
  request: ServingTask,
  { batch, fitted }: { readonly batch: number; readonly fitted: Fitted },
): Interval {
  const predict = (all: Fitted['coefficients']): number => {
    const scope = servingScope(served, replica, all)!;
    return servedTime(scope, request, { clients: batch, slots: batch }).outputTokensPerSecond;
  };
  const mid = predict(fitted.coefficients);
  const width = widthFor(fitted, 'time-per-token', served.model);
  if (width === undefined) return { low: mid, mid, high: mid };
  const { device, engine } = replica;
  const spreads = spreadsWithin(fitted.spreads, [device.generation, engine]);
  const doublings = doublingsOf(
    { devices: devicesOf(replica), concurrency: batch },
    'time-per-token',
  );
  const spread = predictiveSpread(predict, { ...fitted, spreads }, floorOf(width, doublings));
  // A time is as much above as a speed is below.
  return {
    low: mid * Math.exp(-width.above * spread),
    mid,
    high: mid * Math.exp(-width.below * spread),
  };
}
