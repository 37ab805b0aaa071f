import { availabilityOf, type Trace } from '../../src/core/optimize/spot/trace.ts';

/** A part of a trace, as whether as many could be had as were asked for. */
export type Part = {
  readonly name: string;
  readonly tickMs: number;
  readonly available: Uint8Array;
};

/** What policies are tuned on; the other half is what they are reported on. */
export function firstHalf(trace: Trace): Part {
  const available = availabilityOf(trace, trace.asked ?? 1);
  return {
    name: trace.name,
    tickMs: trace.tickMs,
    available: available.subarray(0, Math.floor(available.length / 2)),
  };
}
