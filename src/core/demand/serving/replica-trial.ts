import { assert } from '../../../base/assert.ts';
import type { Interval } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import type { Fitted } from '../calibration/predictive-spread.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import { memoryModel } from '../memory/memory-model.ts';
import type { Architecture } from '../models/architecture.ts';
import { type ReplicaSplit } from '../split-of-layout.ts';
import { memoryOf, sequencesWithin } from './replica-memory.ts';
import { replicaOn } from './replica-split.ts';
import { servingModel } from './serving-model.ts';
import { servingScope } from './serving-replica.ts';
import { type ServingTask, servedAs } from './serving-task.ts';
import { servingThroughput } from './serving-throughput.ts';

/** What estimates of serving rest on. */
export type ServingFits = { readonly fitted: Fitted; readonly memory: MemoryCoefficients };

export function servingFits(): ServingFits {
  return {
    fitted: fittedOf(servingModel),
    memory: fittedOf(memoryModel).coefficients as MemoryCoefficients,
  };
}

/** What a replica does of requests of one size. */
export type ReplicaTrial = {
  readonly device: AcceleratorFacts;
  readonly split: ReplicaSplit;
  readonly task: ServingTask;
  /** Of the fullest device with one request. */
  readonly memoryBytes: Interval;
  /** Requests that the memory holds; 0 where one is too much. */
  readonly slots: number;
  /** Requests at once within the user's limits; 0 where one alone breaks them. */
  readonly batch: number;
  /** With so many at once; 0 where there is none. */
  readonly requestsPerSecond: number;
};

const MS = 1000;

/** Of a device that computes the task's precision. */
export function tryReplica(
  model: Architecture,
  { device, split, task }: Pick<ReplicaTrial, 'device' | 'split' | 'task'>,
  { fitted, memory }: ServingFits,
): ReplicaTrial {
  const held = (sequences: number): Interval => memoryOf(model, task, { split, sequences, memory });
  const slots = sequencesWithin(device, split, held);
  const served = servedAs(model, task);
  const scope = servingScope(served, replicaOn(device, split), fitted.coefficients);
  assert(scope !== null, `${device.name} does not compute ${task.precision}`);
  const { ttftMs, tpotMs } = task;
  const level = { firstTokenMax: ttftMs && ttftMs / MS, perTokenMax: tpotMs && tpotMs / MS };
  const found = servingThroughput(scope, task, level, slots);
  return {
    device,
    split,
    task,
    memoryBytes: held(1),
    slots,
    batch: found.meets ? found.batch : 0,
    requestsPerSecond: found.meets ? found.outputTokensPerSecond / task.outputTokens : 0,
  };
}

/**
 * Of trials of each size on several splits, those of the best split: which takes most of the
 * requests; does what it takes in the least time; and needs the least memory. The first of equals.
 */
export function bestSplit(
  trials: readonly (readonly ReplicaTrial[])[],
  shares: readonly number[],
): readonly ReplicaTrial[] {
  return trials.reduce((best, one) => (isBetter(one, best, shares) ? one : best));
}

function isBetter(
  one: readonly ReplicaTrial[],
  other: readonly ReplicaTrial[],
  shares: readonly number[],
): boolean {
  const [mine, its] = [one, other].map((sizes) => worthOf(sizes, shares)) as [Worth, Worth];
  if (mine.taken !== its.taken) return mine.taken > its.taken;
  return mine.taken > 0 ? mine.seconds < its.seconds : mine.bytes < its.bytes;
}

type Worth = { readonly taken: number; readonly seconds: number; readonly bytes: number };

function worthOf(sizes: readonly ReplicaTrial[], shares: readonly number[]): Worth {
  let [taken, seconds, bytes] = [0, 0, Infinity];
  for (const [size, { batch, requestsPerSecond, memoryBytes }] of sizes.entries()) {
    bytes = Math.min(bytes, memoryBytes.high);
    if (batch === 0) continue;
    taken += shares[size]!;
    seconds += shares[size]! / requestsPerSecond;
  }
  return { taken, seconds, bytes };
}
