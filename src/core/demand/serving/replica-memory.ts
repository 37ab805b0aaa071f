import type { Interval } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import type { MemoryEstimate } from '../memory/memory-line.ts';
import { servingMemory } from '../memory/serving-memory.ts';
import { usableBytes } from '../memory/usable-memory.ts';
import { layerWeightBytes } from '../memory/weight-bytes.ts';
import type { Architecture } from '../models/architecture.ts';
import type { ReplicaSplit } from '../split-of-layout.ts';
import type { ServingTask } from './serving-task.ts';
import { sequencesMax } from './serving-throughput.ts';

/** Tokens of prompts that a pass takes at most (vLLM's max_num_batched_tokens). */
const PASS_TOKENS = 8192;

export type Held = {
  readonly split: ReplicaSplit;
  /** Of the whole replica, at once. */
  readonly sequences: number;
  readonly memory: MemoryCoefficients;
};

/** Bytes on the fullest device for a number of sequences at once. */
export function memoryOf(model: Architecture, task: ServingTask, held: Held): Interval {
  return memoryLinesOf(model, task, held).total;
}

/** The same, line by line. */
export function memoryLinesOf(
  model: Architecture,
  { inputTokens, outputTokens, precision }: ServingTask,
  { split, sequences, memory }: Held,
): MemoryEstimate {
  const layers = layerWeightBytes(precision);
  const ofCopy = Math.ceil(sequences / split.dataParallel);
  const load = {
    weightBytes: { layers, tables: Math.max(2, layers) },
    cacheWidth: 2,
    sequences: ofCopy,
    tokens: inputTokens + outputTokens,
    passTokens: Math.min(PASS_TOKENS, ofCopy * inputTokens),
    engine: 'usual',
    hasContext: true,
  } as const;
  return servingMemory(model, load, split, memory);
}

/**
 * The most sequences at once for which the memory of every device does; each copy of attention
 * takes up to what engines take. 0 where one is too much.
 */
export function sequencesWithin(
  device: AcceleratorFacts,
  { dataParallel }: ReplicaSplit,
  bytesOf: (sequences: number) => Interval,
): number {
  const [usable, most] = [usableBytes(device), sequencesMax(device)];
  const holds = (ofCopy: number): boolean => bytesOf(ofCopy * dataParallel).high <= usable;
  if (holds(most)) return most * dataParallel;
  let [good, bad] = [0, most];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good * dataParallel;
}
