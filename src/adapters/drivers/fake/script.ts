import type { EpochMs } from '../../../base/time.ts';
import type { NodeRef, NodeSpec } from '../../../ports/driver.ts';
import type { Sample } from '../../../spec/sample.ts';

/** What the task of a virtual machine does, from its start on. */
export type FakeTask = {
  /** Until it ends by itself; null for never. */
  readonly durationMs: number | null;
  readonly exitCode: number;
  /** Written at its start. */
  readonly output: string;
  /** Asked to terminate it goes on, until it is killed after the grace. */
  readonly ignoresTerminate: boolean;
};

/**
 * How a virtual provider behaves. `call` counts the calls for one node from 0, so that a fault
 * can be given to the first, or the first three, of them.
 */
export type FakeScript = {
  readonly task: (spec: NodeSpec) => FakeTask;
  /** From the purchase to the start of the task, drawn evenly. */
  readonly bootMs: { readonly min: number; readonly max: number };
  /** What observe and list tell is this old; a function where each look finds another replica. */
  readonly lagMs: number | (() => number);
  /**
   * `reply-lost`: done, and the caller is told of an error. `no-capacity` and `denied` refuse what
   * was not bought before: under a token that is known they do nothing.
   */
  readonly onCreate: (
    ref: NodeRef,
    call: number,
  ) => 'done' | 'reply-lost' | 'no-capacity' | 'denied';
  /** `ignored`: the caller is told that it was done. */
  readonly onStop: (ref: NodeRef, call: number) => 'done' | 'reply-lost' | 'ignored';
  /** After its start the machine is taken away; null for never. */
  readonly preemptedAfterMs: (ref: NodeRef) => number | null;
  /**
   * So long after its start the machine is gone and the provider has never heard of its token; null
   * for never. `purchase` counts the machines of one token from 0.
   */
  readonly forgottenAfterMs: (ref: NodeRef, purchase: number) => number | null;
  /** The provider cannot say what became of the node. */
  readonly isOutOfSight: (ref: NodeRef, at: EpochMs) => boolean;
  /** What a machine that runs since `startedAt` uses; null where the provider does not tell. */
  readonly sample: (ref: NodeRef, at: EpochMs, startedAt: EpochMs) => Sample | null;
};

/** A provider without faults, whose tasks succeed after a minute. */
export const CALM: FakeScript = {
  task: () => ({ durationMs: 60_000, exitCode: 0, output: '', ignoresTerminate: false }),
  bootMs: { min: 1000, max: 5000 },
  lagMs: 0,
  onCreate: () => 'done',
  onStop: () => 'done',
  preemptedAfterMs: () => null,
  forgottenAfterMs: () => null,
  isOutOfSight: () => false,
  sample: () => null,
};
