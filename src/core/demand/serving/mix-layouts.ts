import type { Interval, Layout } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { Architecture } from '../models/architecture.ts';
import { layoutsBySize, type RequestShare } from './serving-layouts.ts';

/** Layouts of one replica for requests of several sizes, each by its share of all requests. */
export function mixLayouts(
  model: Architecture,
  sizes: readonly RequestShare[],
  accelerators?: readonly AcceleratorFacts[],
): Layout[] {
  return layoutsBySize(model, sizes, accelerators).map((layouts) => {
    const taken = layouts.filter(({ fits }) => fits);
    const smallest = taken.toSorted(byMemory)[0] ?? layouts.toSorted(byMemory)[0]!;
    const speeds = layouts.flatMap(({ serves }) => serves!.requestsPerSecond);
    const seconds = weighted(sizes, (size) => 1 / speeds[size]!);
    const tokens = weighted(sizes, (size) => sizes[size]!.task.outputTokens);
    return {
      ...layouts[0]!,
      memoryBytesPerDevice: smallest.memoryBytesPerDevice,
      fits: taken.length > 0,
      tokensPerSecond: seconds < Infinity ? mixedSpeed(layouts, tokens / seconds) : null,
      serves: {
        requestsPerSecond: speeds,
        concurrency: Math.min(...(taken.length > 0 ? taken : layouts).map(batchOf)),
      },
    };
  });
}

function batchOf({ serves }: Layout): number {
  return serves!.concurrency;
}

function byMemory(one: Layout, other: Layout): number {
  return one.memoryBytesPerDevice.high - other.memoryBytesPerDevice.high;
}

function weighted(sizes: readonly RequestShare[], of: (size: number) => number): number {
  return sizes.reduce((all, { share }, size) => all + share * of(size), 0);
}

/** The interval of the size that is least sure. */
function mixedSpeed(layouts: readonly Layout[], mid: number): Interval {
  const speeds = layouts.flatMap(({ tokensPerSecond }) => tokensPerSecond ?? []);
  return {
    low: mid * Math.min(...speeds.map((speed) => speed.low / speed.mid)),
    mid,
    high: mid * Math.max(...speeds.map((speed) => speed.high / speed.mid)),
  };
}
