import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Interval, Layout } from '../../../spec/demand.ts';
import type { Training } from '../../../spec/task.ts';
import {
  type AcceleratorFacts,
  acceleratorFacts,
  computeFormat,
} from '../accelerators/accelerator-facts.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import { widthFor } from '../calibration/interval-width.ts';
import { type Fitted, predictiveSpread } from '../calibration/predictive-spread.ts';
import { dividedBy, times } from '../interval.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import { MEMORY_MODEL } from '../memory/memory-model.ts';
import { USUAL_TASK } from '../memory/training-task.ts';
import type { Architecture } from '../models/architecture.ts';
import type { TrainingCoefficients } from './coefficients.ts';
import {
  type Ladders,
  laddersOf,
  searchLayouts,
  type TrainingAnswer,
  type TrainingQuestion,
} from './search-layouts.ts';
import { stepTime } from './step-time.ts';
import { trainingModel } from './training-model.ts';
import { trainingCoefficients, trainingSpreads } from './training-priors.ts';

/** A training as the user describes it. */
export type TrainingRun = Pick<Training, 'method' | 'precision'> & {
  readonly sequenceLength: number;
  /** Sequences between two updates; null where the user does not say. */
  readonly globalBatch: number | null;
  /** That the whole run passes. */
  readonly tokens: number;
};

/** Tokens between two updates where the user does not say: LLaMA's 4M, and 0.5M for fine-tuning. */
const PRETRAIN_BATCH_TOKENS = 4e6;
const FINETUNE_BATCH_TOKENS = 5e5;

/**
 * Hours of a run over those of its steps: checkpoints, evaluation, restarts. Between a run that
 * nothing disturbs and the published ones, which tell `run` of the fitted coefficients.
 */
const UNDISTURBED = 1;

/** Layouts of every device of the table that can run the method, in its order. */
export function trainingLayouts(
  model: Architecture,
  run: TrainingRun,
  counts: readonly number[],
): Layout[] {
  const fitted = fittedOf(trainingModel);
  const memory = fittedOf(MEMORY_MODEL).coefficients as MemoryCoefficients;
  const choices = counts.map((devices) => {
    const question = questionOf(model, run, devices);
    return { devices, question, ladders: laddersOf(question, devices, memory) };
  });
  return acceleratorFacts()
    .filter((device) => canTrain(device, run))
    .flatMap((device) =>
      choices
        .map((choice) => layoutOn(run, { ...choice, device, fitted }))
        .filter((layout) => layout !== null),
    );
}

/** A batch that the user leaves open is the usual one, or has a sequence for each device. */
function questionOf(model: Architecture, run: TrainingRun, devices: number): TrainingQuestion {
  const { method, precision, sequenceLength } = run;
  const tokens = method === 'pretrain' ? PRETRAIN_BATCH_TOKENS : FINETUNE_BATCH_TOKENS;
  const usual = 2 ** Math.max(0, Math.round(Math.log2(tokens / sequenceLength)));
  const globalBatch = run.globalBatch ?? Math.max(usual, devices);
  return {
    model,
    step: { method, precision, sequenceLength, globalBatch },
    task: { ...USUAL_TASK, method, precision, sequenceLength },
  };
}

/** NF4 kernels (bitsandbytes) are for NVIDIA's and AMD's devices; Inferentia only infers. */
function canTrain(device: AcceleratorFacts, { method, precision }: TrainingRun): boolean {
  if (device.name === 'Inferentia2' || computeFormat(device, precision) === null) return false;
  return method !== 'qlora' || !['tpu', 'tpu-v6', 'neuron', 'gaudi'].includes(device.generation);
}

type Place = {
  readonly question: TrainingQuestion;
  readonly device: AcceleratorFacts;
  readonly devices: number;
  readonly ladders: Ladders;
  readonly fitted: Fitted;
};

/** Null when the batch is too small to share. */
function layoutOn(
  run: TrainingRun,
  { question, device, devices, ladders, fitted }: Place,
): Layout | null {
  const coefficients = trainingCoefficients(fitted.coefficients, device.generation);
  const found = searchLayouts(question, ladders, device, coefficients);
  if (found === null) return null;
  const { layout, microBatch, memory } = found;
  const speed = found.time === null ? null : speedOf(question, found, device, fitted);
  return {
    accelerator: device.name,
    acceleratorMemoryGib: device.memoryGib,
    devices,
    tensorParallel: layout.tensorParallel,
    dataParallel: layout.dataParallel,
    training: {
      pipelineParallel: layout.pipelineParallel,
      virtualStages: layout.virtualStages,
      contextParallel: layout.contextParallel,
      expertParallel: layout.expertParallel,
      zeroStage: layout.zeroStage,
      recompute: layout.recompute,
      microBatch,
    },
    memoryBytesPerDevice: memory,
    fits: speed !== null,
    hours: speed && hoursOf(run.tokens, speed, fitted),
    tokensPerSecond: speed,
  };
}

/** Tokens a second, with the interval that left-out measurements ask for. */
function speedOf(
  { model, step }: TrainingQuestion,
  { layout, microBatch }: TrainingAnswer,
  device: AcceleratorFacts,
  { coefficients, spreads, widths }: Fitted,
): Interval {
  const own = trainingCoefficients(coefficients, device.generation);
  const tokens = step.globalBatch * step.sequenceLength;
  const predict = (some: TrainingCoefficients): number =>
    tokens / stepTime(model, { ...step, microBatch }, device, layout, some).total;
  const mid = predict(own);
  const width = widthFor({ widths }, 'training-tokens', model);
  if (width === undefined) return { low: mid, mid, high: mid };
  const fitted = { coefficients: own, spreads: trainingSpreads(spreads, device.generation) };
  const spread = predictiveSpread(predict, fitted, width.floor);
  return {
    low: mid * Math.exp(width.below * spread),
    mid,
    high: mid * Math.exp(width.above * spread),
  };
}

function hoursOf(tokens: number, tokensPerSecond: Interval, { coefficients }: Fitted): Interval {
  const run = coefficients['run'] ?? UNDISTURBED;
  const onTheClock = { low: UNDISTURBED, mid: Math.sqrt(run), high: run };
  return times(dividedBy(tokens / SECONDS_PER_HOUR, tokensPerSecond), onTheClock);
}
