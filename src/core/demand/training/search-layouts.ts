import type { Interval } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import { trainingMemory } from '../memory/training-memory.ts';
import type { Framework, TrainingTask } from '../memory/training-task.ts';
import { usableBytes } from '../memory/usable-memory.ts';
import type { Architecture } from '../models/architecture.ts';
import { type Candidate, candidateLayouts } from './candidate-layouts.ts';
import type { TrainingCoefficients } from './coefficients.ts';
import { layerSums } from './compute-work.ts';
import { type StepTime, type StepWork, secondsOf, stepWork } from './step-time.ts';
import type { ParallelLayout, TrainingStep } from './training-layout.ts';

/*
 * Problem: the fastest way to share a training step out over so many devices, among those that fit
 * into their memory; of those that are as fast but for 1 %, the leanest.
 * Method: branch and bound over ladders, each one way to split with its micro-batches from the
 * smallest on, activations kept or computed again. Ladders come in the order of a bound: of the
 * time of their fastest step with all activations kept, since to compute again only adds time. What
 * is slower than the best found needs no estimate of memory; and where a micro-batch does not fit,
 * no larger one does. What a layout takes and how much work it is does not depend on the device:
 * both are reckoned once for all kinds of them.
 * Complexity: ladders for each kind of device, some dozen to some hundred; estimates of memory once
 * for all kinds.
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
  readonly work: () => StepWork;
  /** Null where nothing fits: the layout is the leanest one then. */
  readonly time: StepTime | null;
};

/** Tensor parallelism beyond it is for domains wider than a machine, and seldom the fastest. */
const TENSOR_MAX = 16;

/** Of the time of a step: what is as fast but for this is taken where it needs less memory. */
const WORTH_IT = 0.99;

/** A layout with its micro-batch. */
export type Rung = {
  readonly layout: ParallelLayout;
  readonly microBatch: number;
  /** Reckoned when first asked for, as the work is. */
  readonly memory: () => Interval;
  readonly work: () => StepWork;
};

/**
 * One way to split a step, from its smallest micro-batch on: each with activations kept, and
 * computed again.
 */
export type Ladder = readonly { readonly kept: Rung; readonly again: Rung }[];

/** All ways to share a question out over so many devices, whatever their kind. */
export function laddersOf(
  question: TrainingQuestion,
  devices: number,
  coefficients: MemoryCoefficients,
): readonly Ladder[] {
  const { model, step } = question;
  const { sequenceLength, globalBatch } = step;
  const domain = Math.min(TENSOR_MAX, devices);
  const candidates = candidateLayouts({ model, devices, domain, sequenceLength, globalBatch });
  return candidates.flatMap(({ layout: split, microBatches }) => {
    const sums = once(() => layerSums(model, split));
    return zeroStages(split).map((zeroStage) =>
      microBatches.map((microBatch) => {
        const rung = (recompute: 'none' | 'full'): Rung => {
          const layout = { ...split, zeroStage, recompute };
          const task = memoryTask(question, layout, microBatch);
          return {
            layout,
            microBatch,
            memory: once(() => trainingMemory(model, task, layout, coefficients).total),
            work: once(() => stepWork(model, { ...step, microBatch }, layout, sums())),
          };
        };
        return { kept: rung('none'), again: rung('full') };
      }),
    );
  });
}

/** Whole weights with sharded states; all sharded, which pipelines have no use for (Megatron-LM). */
function zeroStages({
  dataParallel,
  contextParallel,
  pipelineParallel,
}: Candidate['layout']): readonly ParallelLayout['zeroStage'][] {
  if (dataParallel * contextParallel === 1) return [0];
  return pipelineParallel === 1 ? [1, 3] : [1];
}

/** What the memory of a layout is reckoned for. */
export function memoryTask(
  { step, task }: TrainingQuestion,
  layout: ParallelLayout,
  microBatch: number,
): TrainingTask {
  const microBatches = Math.max(1, step.globalBatch / (layout.dataParallel * microBatch));
  return { ...task, framework: frameworkOf(layout), microBatch, microBatches };
}

/** What is lean for such a layout: it decides what is kept twice. */
function frameworkOf({ zeroStage }: ParallelLayout): Framework {
  return zeroStage === 3 ? 'fsdp' : 'megatron';
}

/** The fastest layout that fits; the leanest where none does; null where the batch is too small. */
export function searchLayouts(
  ladders: readonly Ladder[],
  device: AcceleratorFacts,
  coefficients: TrainingCoefficients,
): TrainingAnswer | null {
  const usable = usableBytes(device);
  const fits = ({ memory }: Rung): boolean => memory().high <= usable;
  const timed = (rung: Rung): Timed => ({
    rung,
    time: secondsOf(rung.work(), device, coefficients),
  });
  const possible = ladders.filter(([least]) => tensorParallelOf(least!) <= device.domain);
  const byBound = possible
    .map((ladder) => ({ ladder, bound: leastSeconds(ladder, timed) }))
    .sort((one, other) => one.bound - other.bound);
  const found: Timed[] = [];
  let limit = Infinity;
  for (const { ladder, bound } of byBound) {
    if (bound > limit) break;
    if (!fits(ladder[0]!.again)) continue;
    let keeps = true;
    for (const { kept, again } of ladder) {
      const asKept = timed(kept);
      if (asKept.time.total > limit) continue;
      keeps &&= fits(kept);
      if (!keeps && !fits(again)) break;
      const one = keeps ? asKept : timed(again);
      found.push(one);
      limit = Math.min(limit, one.time.total / WORTH_IT);
    }
  }
  const best = leanestOf(found.filter(({ time }) => time.total <= limit));
  if (best !== null) return { ...best.rung, memory: best.rung.memory(), time: best.time };
  const none = leanestOf(possible.map(([least]) => ({ rung: least!.again, time: null })));
  return none && { ...none.rung, memory: none.rung.memory(), time: null };
}

/**
 * No micro-batch of a ladder takes less. Without a pipeline the largest takes least, since weights
 * are read and gathered and kernels started less often; in one, fewer passes idle more.
 */
function leastSeconds(ladder: Ladder, timed: (rung: Rung) => Timed): number {
  const { kept: largest } = ladder.at(-1)!;
  if (largest.layout.pipelineParallel === 1) return timed(largest).time.total;
  return ladder.reduce((least, { kept }) => Math.min(least, timed(kept).time.total), Infinity);
}

type Timed = { readonly rung: Rung; readonly time: StepTime };

function tensorParallelOf({ kept }: Ladder[number]): number {
  return kept.layout.tensorParallel;
}

/** The first of those that need the least memory. */
function leanestOf<T extends { readonly rung: Rung }>(all: readonly T[]): T | null {
  let leanest: T | null = null;
  for (const one of all)
    if (leanest === null || one.rung.memory().high < leanest.rung.memory().high) leanest = one;
  return leanest;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
