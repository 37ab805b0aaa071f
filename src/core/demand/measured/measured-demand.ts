import type { Demand } from '../../../spec/demand.ts';
import type { Task } from '../../../spec/task.ts';
import { acceleratorsFor } from '../accelerators/accelerators-for.ts';
import {
  estimateDemand,
  type ModelBook,
  modelOf,
  requestSizes,
  trainingRun,
} from '../estimate-demand.ts';
import { applyMeasurement } from './apply-measurement.ts';
import type { AskedTask } from './measured-work.ts';
import type { OwnMeasurement } from './own-measurement.ts';
import { badValue } from './refuse.ts';

/**
 * What a task needs, by the estimate and by what a user measured of it.
 * Errors: as `estimateDemand` and `applyMeasurement`; `spec.bad-value` for a task that states its
 * needs or its speed, since nothing is estimated of it then.
 */
export function measuredDemand(task: Task, own: OwnMeasurement, models?: ModelBook): Demand {
  const ran = withBatch(task, own);
  const { numNodes, resources } = task;
  const demand = { ...estimateDemand(withDevices(ran, own), models), numNodes, resources };
  const asked = demand.basis === 'model' ? askedOf(ran, models) : null;
  if (asked !== null)
    return applyMeasurement(asked, demand, { own, accelerators: acceleratorsFor(task) });
  throw badValue('--measured has no estimate to update: the task states what it needs', {
    hint: 'it takes a task with a model, and training or serving',
  });
}

/** Steps have as many sequences as the user measured them with, where the task says nothing. */
function withBatch(task: Task, { setUp }: OwnMeasurement): Task {
  const { training } = task;
  if (training === null || setUp.globalBatch === undefined) return task;
  const globalBatch = training.globalBatch ?? setUp.globalBatch;
  return { ...task, training: { ...training, globalBatch } };
}

/** On one node, with as many devices as all nodes have, so that what it ran on is one of them. */
function withDevices(task: Task, { device, devices }: OwnMeasurement): Task {
  const { numNodes, resources, offers } = task;
  const [first] = resources;
  const asked = resources.map((one) => ({
    ...one,
    accelerators: one.accelerators.map(({ name, count }) => ({ name, count: count * numNodes })),
  }));
  const measured = { ...first!, accelerators: [{ name: device.name, count: devices }] };
  return {
    ...task,
    numNodes: 1,
    resources: [...asked, measured],
    offers: offers.map((one) => ({ ...one, acceleratorCount: one.acceleratorCount * numNodes })),
  };
}

/** Null where the task is not estimated. */
function askedOf(task: Task, models: ModelBook | undefined): AskedTask | null {
  const { model: named, training, serving } = task;
  if (named === null || (training === null && serving === null)) return null;
  const model = modelOf(named, models ?? new Map()).architecture;
  if (model.family !== 'decoder')
    return { kind: 'samples', model, globalBatch: training?.globalBatch ?? null };
  if (training !== null) return { kind: 'training', model, run: trainingRun(training) };
  const sizes = requestSizes(serving!);
  return { kind: 'serving', model, request: sizes.length === 1 ? sizes[0]!.task : null };
}
