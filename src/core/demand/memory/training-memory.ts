import { GIB } from '../../../base/units.ts';
import type { Interval } from '../../../spec/demand.ts';
import { sum } from '../interval.ts';
import type { Architecture } from '../models/architecture.ts';
import type { ParallelLayout } from '../training/training-layout.ts';
import { layerLines, logitsLine, scoresLine } from './activation-lines.ts';
import { type MemoryCoefficients, PRIOR_MEMORY } from './memory-coefficients.ts';
import {
  estimateOf,
  type MemoryEstimate,
  type MemoryLine,
  memoryLine,
  middleOf,
} from './memory-line.ts';
import { gatheredLine, stateLines, updateLine } from './model-states.ts';
import { fullestStages, type PipelineStage, replicas, stageParams } from './pipeline-stage.ts';
import type { TrainingScope, TrainingTask } from './training-task.ts';

/** Numbers that DeepSpeed's buckets hold (reduce_bucket_size, allgather_bucket_size: 5e8). */
const BUCKET = 5e8;

/**
 * What the fullest device of a training holds, line by line: of the stages of a pipeline the first
 * or the last, whichever holds more.
 */
export function trainingMemory(
  model: Architecture,
  task: TrainingTask,
  layout: ParallelLayout,
  coefficients: MemoryCoefficients = PRIOR_MEMORY,
): MemoryEstimate {
  const scope = { model, task, layout, coefficients };
  const estimates = fullestStages(scope).map((stage) => stageMemory(scope, stage));
  return estimates.reduce((most, one) => (one.total.mid > most.total.mid ? one : most));
}

function stageMemory(scope: TrainingScope, stage: PipelineStage): MemoryEstimate {
  const asked = [
    ...stateLines(scope, stage),
    updateLine(scope, stage),
    gatheredLine(scope, stage),
    ...layerLines(scope, stage),
    scoresLine(scope),
    logitsLine(scope, stage),
  ];
  return estimateOf([
    ...asked,
    fragmentationLine(middleOf(asked), scope),
    bucketLine(scope, stage),
    ...overheadLines(scope),
  ]);
}

/** The allocator's blocks that are reserved and not used. */
export function fragmentationLine(
  asked: number,
  { coefficients, task }: TrainingScope,
): MemoryLine | null {
  const { slack, deepspeedSlack } = coefficients;
  const extra = (task.framework === 'deepspeed' ? deepspeedSlack : slack) - 1;
  const bytes = {
    low: 0.7 * asked * extra,
    mid: asked * extra,
    high: asked * 1.8 * extra,
  };
  return memoryLine('fragmentation', bytes, {
    formula: () => `${Number((100 * extra).toPrecision(2))} % of the lines above`,
    source: 'PyTorch, CUDA memory management: reserved beyond allocated; fitted',
  });
}

/**
 * DeepSpeed's ZeRO-1 and -2 reduce gradients and gather weights in buckets, of 16 bits (its
 * docs/config-json: reduce_bucket_size and allgather_bucket_size, 5e8 numbers each).
 */
function bucketLine(scope: TrainingScope, stage: PipelineStage): MemoryLine | null {
  const { zeroStage } = scope.layout;
  if (scope.task.framework !== 'deepspeed' || (zeroStage !== 1 && zeroStage !== 2)) return null;
  if (replicas(scope).shared === 1) return null;
  const { shared, experts } = stageParams(scope, stage);
  const one = 2 * Math.min(BUCKET, shared + experts);
  return memoryLine(
    'buckets',
    { low: one, mid: 2 * one, high: 2.5 * one },
    {
      formula: () => `two of 2 B × ${Math.min(BUCKET, shared + experts).toExponential(2)}`,
      source: 'DeepSpeed, config-json: reduce_bucket_size, allgather_bucket_size',
    },
  );
}

/** Context, libraries, and the buffers of each group of devices that exchange. */
export function overheadLines({ layout, coefficients }: TrainingScope): (MemoryLine | null)[] {
  const { contextGib, communicatorGib } = coefficients;
  const { tensorParallel, pipelineParallel, contextParallel, dataParallel, expertParallel } =
    layout;
  const degrees = [tensorParallel, pipelineParallel, contextParallel, dataParallel, expertParallel];
  const groups = degrees.filter((degree) => degree > 1).length;
  const around = (gib: number): Interval => ({
    low: 0.7 * gib * GIB,
    mid: gib * GIB,
    high: 1.4 * gib * GIB,
  });
  return [
    memoryLine('context', around(contextGib), {
      formula: () => `${rounded(contextGib)} GiB`,
      source: 'CUDA context and libraries: 0.5 to 0.9 GiB',
    }),
    memoryLine('communicators', around(groups * communicatorGib), {
      formula: () =>
        `${rounded(communicatorGib)} GiB × ${groups} ${groups === 1 ? 'group' : 'groups'}`,
      source: 'NCCL buffers: 0.34 to 0.39 GiB (aiconfigurator, systems/*.yaml)',
    }),
  ];
}

/**
 * Weights, gradients and optimizer of one device, on average over the stages of a pipeline: what
 * papers call model states.
 */
export function modelStates(
  model: Architecture,
  task: TrainingTask,
  layout: ParallelLayout,
): Interval {
  const scope = { model, task, layout, coefficients: { ...PRIOR_MEMORY, halfGradients: 0 } };
  const layers = model.layers / layout.pipelineParallel;
  const middle = { layers, inFlight: 1, hasInput: false, hasOutput: false };
  const whole = { ...middle, layers: model.layers, hasInput: true, hasOutput: true };
  const stage = layout.pipelineParallel === 1 ? whole : middle;
  const lines = stateLines(scope, stage).filter((line) => line !== null);
  return sum(...lines.map(({ bytes }) => bytes));
}

/** What the layers of the fullest stage keep for their backward passes: papers' activations. */
export function layerActivations(
  model: Architecture,
  task: TrainingTask,
  layout: ParallelLayout,
): Interval {
  const scope = { model, task, layout, coefficients: PRIOR_MEMORY };
  const lines = layerLines(scope, fullestStages(scope)[0]!).filter((line) => line !== null);
  return sum(...lines.map(({ bytes }) => bytes));
}

function rounded(gib: number): number {
  return Number(gib.toPrecision(3));
}
