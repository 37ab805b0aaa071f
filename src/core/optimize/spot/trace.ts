/** How many machines of one kind could be had at one place, tick after tick. */
export type Trace = {
  readonly name: string;
  readonly tickMs: number;
  /** At each tick, oldest first. */
  readonly counts: Float64Array;
  /** How many were asked for when it was taken; null when it does not say. */
  readonly asked: number | null;
  /** The same in traces that are zones of one region, taken together; null when it does not say. */
  readonly region: string | null;
};

/** By tick, 1 where at least `need` machines could be had. */
export function availabilityOf(trace: Trace, need: number): Uint8Array {
  return Uint8Array.from(trace.counts, (count) => (count >= need ? 1 : 0));
}
