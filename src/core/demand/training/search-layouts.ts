import type { Interval } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import { trainingMemory } from '../memory/training-memory.ts';
import type { Framework, TrainingTask } from '../memory/training-task.ts';
import { usableBytes } from '../memory/usable-memory.ts';
import type { Architecture } from '../models/architecture.ts';
import { type Candidate, candidateLayouts } from './candidate-layouts.ts';
import type { TrainingCoefficients } from './coefficients.ts';
import { type StepTime, stepTime } from './step-time.ts';
import type { ParallelLayout, TrainingStep } from './training-layout.ts';

/*
 * Problem: the fastest way to share a training step out over so many devices, among those that fit
 * into their memory.
 * Method: every candidate in turn. What it keeps in memory is a ladder from the fastest to the
 * leanest (activations kept or computed again, states whole or sharded), of which the first rung
 * that fits is taken: each further one costs arithmetic or traffic. What a rung takes does not
 * depend on the device, and is reckoned once for all kinds of them.
 * Complexity: candidates × rungs for a number of devices, candidates for each kind; some hundred.
 */

/** What is trained. */
export type TrainingQuestion = {
  readonly model: Architecture;
  readonly step: Omit<TrainingStep, 'microBatch'>;
  readonly task: Omit<TrainingTask, 'microBatch' | 'microBatches' | 'framework'>;
};

export type TrainingAnswer = {
  readonly layout: ParallelLayout;
  /** Sequences of one replica in one pass. */
  readonly microBatch: number;
  /** Bytes of the fullest device. */
  readonly memory: Interval;
  /** Null where nothing fits: the layout is the leanest one then. */
  readonly time: StepTime | null;
};

const RUNGS = [
  { zeroStage: 1, recompute: 'none' },
  { zeroStage: 1, recompute: 'full' },
  { zeroStage: 3, recompute: 'none' },
  { zeroStage: 3, recompute: 'full' },
] as const;

/** Tensor parallelism beyond it is for domains wider than a machine, and seldom the fastest. */
const TENSOR_MAX = 16;

/** Of the time of a step: what is as fast but for this is taken where it needs less memory. */
const WORTH_IT = 0.99;

type Rung = {
  readonly layout: ParallelLayout;
  /** Reckoned when first asked for. */
  readonly memory: () => Interval;
};

/** The candidates of a number of devices, each with its rungs. */
export type Ladders = readonly { readonly candidate: Candidate; readonly rungs: readonly Rung[] }[];

/** All ways to share a question out over so many devices, whatever their kind. */
export function laddersOf(
  { model, step, task }: TrainingQuestion,
  devices: number,
  coefficients: MemoryCoefficients,
): Ladders {
  const { sequenceLength, globalBatch } = step;
  const domain = Math.min(TENSOR_MAX, devices);
  const candidates = candidateLayouts({ model, devices, domain, sequenceLength, globalBatch });
  return candidates.map((candidate) => {
    const { layout: split, microBatch } = candidate;
    const { pipelineParallel, dataParallel, contextParallel } = split;
    const microBatches = Math.max(1, globalBatch / (dataParallel * microBatch));
    const isAlone = dataParallel * contextParallel === 1;
    const possible = RUNGS.filter(
      ({ zeroStage }) => zeroStage < 3 || (!isAlone && pipelineParallel === 1),
    );
    const rungs = possible.map(({ zeroStage, recompute }) => {
      const layout = { ...split, zeroStage: isAlone ? (0 as const) : zeroStage, recompute };
      const held = { ...task, framework: frameworkOf(layout), microBatch, microBatches };
      return {
        layout,
        memory: once(() => trainingMemory(model, held, layout, coefficients).total),
      };
    });
    return { candidate, rungs };
  });
}

/** What is lean for such a layout: it decides what is kept twice. */
function frameworkOf({ zeroStage }: ParallelLayout): Framework {
  return zeroStage === 3 ? 'fsdp' : 'megatron';
}

/** The fastest layout that fits; the leanest where none does; null where the batch is too small. */
export function searchLayouts(
  { model, step }: TrainingQuestion,
  ladders: Ladders,
  device: AcceleratorFacts,
  coefficients: TrainingCoefficients,
): TrainingAnswer | null {
  const usable = usableBytes(device);
  let best: TrainingAnswer | null = null;
  let leanest: TrainingAnswer | null = null;
  for (const { candidate, rungs } of ladders) {
    if (candidate.layout.tensorParallel > device.domain) continue;
    const { microBatch } = candidate;
    const fitting = rungs.find(({ memory }) => memory().high <= usable);
    if (fitting === undefined) {
      const { layout, memory } = rungs.at(-1)!;
      if (leanest === null || memory().high < leanest.memory.high)
        leanest = { layout, microBatch, memory: memory(), time: null };
      continue;
    }
    const { layout, memory } = fitting;
    const time = stepTime(model, { ...step, microBatch }, device, layout, coefficients);
    // Candidates come from the leanest on: a larger one must be worth its memory.
    if (best === null || time.total < best.time!.total * WORTH_IT)
      best = { layout, microBatch, memory: memory(), time };
  }
  return best ?? leanest;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
