import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import {
  type Coefficients,
  type FittedModel,
  NO_DEVICE,
  type Predictor,
} from '../calibration/fitted-model.ts';
import {
  isBeforeFlashAttention,
  type MeasuredWork,
  type Quantity,
} from '../calibration/measurement.ts';
import { PRIOR_MEMORY } from '../memory/memory-coefficients.ts';
import { USUAL_TASK } from '../memory/training-task.ts';
import { laddersOf, searchLayouts } from './search-layouts.ts';
import { secondsOf, stepWork } from './step-time.ts';
import { type ParallelLayout, type TrainingStep } from './training-layout.ts';
import { TRAINING_PRIORS, trainingCoefficients } from './training-priors.ts';

/** Speed and hours of training, by the time of its steps. */
export const trainingModel: FittedModel = {
  name: 'training',
  quantities: ['training-tokens', 'training-hours'],
  priors: TRAINING_PRIORS,
  predictor: trainingPredictor,
};

const SECONDS_PER_HOUR = 3600;

function trainingPredictor(work: MeasuredWork, quantity: Quantity): Predictor | string {
  const { device } = work;
  if (device === null) return NO_DEVICE;
  if (work.model.sample !== null || work.model.layers === 0)
    return 'it is no transformer over tokens';
  const filled = filledIn(work, device);
  if (typeof filled === 'string') return filled;
  const { step, layout } = filled;
  const { generation } = device;
  const stepOf = stepWork(work.model, step, layout);
  const tokensPerSecond = (all: Coefficients) => {
    const coefficients = trainingCoefficients(all, generation);
    const { total } = secondsOf(stepOf, device, coefficients);
    return (step.globalBatch * step.sequenceLength) / total;
  };
  if (quantity === 'training-tokens') return tokensPerSecond;
  const { tokens, devices } = work;
  if (tokens === null) return 'the source does not say how many tokens the run passes';
  return (all) => (all['run']! * tokens * devices) / tokensPerSecond(all) / SECONDS_PER_HOUR;
}

/** Tokens of a pass where nothing says: as many as keep products wide, or, in pipelines, stages busy. */
const MICRO_TOKENS = 16_384;
const PIPELINE_MICRO_TOKENS = 2048;
/** Passes of each pipeline stage where nothing says how many. */
const PASSES_OF_STAGE = 4;

type Filled = { readonly step: TrainingStep; readonly layout: ParallelLayout };

/** With what the source does not say as most would choose it; a sentence where too much is missing. */
function filledIn(work: MeasuredWork, device: AcceleratorFacts): Filled | string {
  const { sequenceLength, devices, globalBatch } = work;
  if (sequenceLength === null) return 'the source does not say how long sequences are';
  if (work.layout.dataParallel === null && globalBatch !== null && globalBatch < devices)
    return searched({ ...work, sequenceLength, globalBatch }, device);
  const layout = filledLayout(work);
  const share = (globalBatch ?? Infinity) / layout.dataParallel;
  if (share < 1 / ROUNDING && devices > 1)
    return 'the batch has less than a sequence for each replica';
  const { pipelineParallel, dataParallel } = layout;
  const usual = pipelineParallel > 1 ? PIPELINE_MICRO_TOKENS : MICRO_TOKENS;
  const microBatch =
    work.microBatch ?? Math.max(1, Math.min(share, Math.round(usual / sequenceLength)));
  const passes = pipelineParallel > 1 ? PASSES_OF_STAGE * pipelineParallel : 1;
  const step = {
    method: work.method ?? 'pretrain',
    precision: precisionOf(work),
    sequenceLength,
    globalBatch: globalBatch ?? dataParallel * microBatch * passes,
    microBatch: Math.min(microBatch, Math.max(1, share)),
    writesScores: isBeforeFlashAttention(work),
  };
  return { step, layout };
}

/** Batches that sources give in tokens come to sequences with an error of this much. */
const ROUNDING = 1.001;

const PRIORS = Object.fromEntries(TRAINING_PRIORS.map(({ name, mid }) => [name, mid]));

/**
 * Where the batch has fewer sequences than there are devices, so that they do not all hold other
 * ones: the fastest layout by what is known before measurements.
 */
function searched(
  work: MeasuredWork & { readonly sequenceLength: number; readonly globalBatch: number },
  device: AcceleratorFacts,
): Filled | string {
  const { model, sequenceLength, globalBatch } = work;
  const method = work.method ?? 'pretrain';
  const step = { method, precision: precisionOf(work), sequenceLength, globalBatch };
  const task = { ...USUAL_TASK, method, precision: work.precision, sequenceLength };
  const ladders = laddersOf({ model, step, task }, work.devices, PRIOR_MEMORY);
  const best = searchLayouts(ladders, device, trainingCoefficients(PRIORS, device.generation));
  if (best === null || best.time === null)
    return 'no layout is known that shares so small a batch and fits';
  return { step: { ...step, microBatch: best.microBatch }, layout: best.layout };
}

function precisionOf(work: MeasuredWork): TrainingStep['precision'] {
  const { operands } = work;
  return operands === 'nvfp4' || operands === 'mxfp4' ? 'fp4' : work.precision;
}

const SHARDED_PARAMS = 1e9;

function filledLayout({ layout, devices, model }: MeasuredWork): ParallelLayout {
  const { tensorParallel, pipelineParallel, contextParallel, dataParallel, expertParallel } =
    layout;
  const [tensor, pipeline, context] = [
    tensorParallel ?? 1,
    pipelineParallel ?? 1,
    contextParallel ?? 1,
  ];
  const data = dataParallel ?? Math.max(1, devices / (tensor * pipeline * context));
  const usual = model.params > SHARDED_PARAMS && tensor * pipeline === 1 ? 3 : 1;
  return {
    tensorParallel: tensor,
    sequenceParallel: layout.sequenceParallel ?? tensor > 1,
    pipelineParallel: pipeline,
    virtualStages: layout.virtualStages ?? 1,
    contextParallel: context,
    expertParallel: expertParallel ?? 1,
    dataParallel: data,
    zeroStage: layout.zeroStage ?? usual,
    recompute: layout.recompute ?? 'none',
  };
}
