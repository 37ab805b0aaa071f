import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Interval, Layout } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { dividedBy, exactly, times } from '../interval.ts';
import type { Architecture } from '../models/architecture.ts';
import { servingLayouts } from './serving-layouts.ts';
import type { ServingTask } from './serving-task.ts';

/** Answers to so many requests, as soon as can be. */
export type BatchTask = ServingTask & { readonly requests: number };

/**
 * Layouts of a batch of requests on every device that has the format and so many of them: as many replicas
 * as there is room for, of the size that together answer most. Each replica is busy all the time,
 * since requests need not be answered in order.
 */
export function batchLayouts(
  model: Architecture,
  task: BatchTask,
  counts: readonly number[],
  accelerators?: readonly AcceleratorFacts[],
): Layout[] {
  const onEach = servingLayouts(model, task, accelerators);
  const byDevice = Map.groupBy(onEach, ({ accelerator }) => accelerator);
  return [...byDevice.values()].flatMap((replicas) =>
    counts.flatMap((devices) => {
      const possible = replicas.filter((one) => one.devices <= devices);
      const best = possible.filter(({ fits }) => fits).toSorted(byRateOn(devices))[0];
      const shown = best ?? possible.at(-1);
      return shown === undefined ? [] : [onDevices(task, shown, devices)];
    }),
  );
}

function byRateOn(devices: number): (one: Layout, other: Layout) => number {
  const rate = (layout: Layout): number =>
    Math.floor(devices / layout.devices) * layout.tokensPerSecond!.mid;
  return (one, other) => rate(other) - rate(one);
}

/** Devices that are left over do nothing. */
function onDevices(
  { requests, outputTokens }: BatchTask,
  replica: Layout,
  devices: number,
): Layout {
  const { serves: _, ...layout } = replica;
  const replicas = Math.min(Math.floor(devices / replica.devices), requests);
  const speed = layout.tokensPerSecond && times(layout.tokensPerSecond, exactly(replicas));
  return {
    ...layout,
    devices,
    dataParallel: replicas,
    hours: layout.fits && speed !== null ? hoursOf(requests * outputTokens, speed) : null,
    tokensPerSecond: speed,
  };
}

function hoursOf(tokens: number, speed: Interval): Interval {
  return dividedBy(tokens / SECONDS_PER_HOUR, speed);
}
