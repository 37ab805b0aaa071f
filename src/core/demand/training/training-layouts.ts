import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Interval, Layout } from '../../../spec/demand.ts';
import type { Precision, Training } from '../../../spec/task.ts';
import {
  type AcceleratorFacts,
  acceleratorFacts,
  computeFormat,
} from '../accelerators/accelerator-facts.ts';
import { doublingsOf } from '../calibration/doublings.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import { widthFor } from '../calibration/interval-width.ts';
import {
  type Fitted,
  floorOf,
  type IntervalWidth,
  predictiveSpread,
} from '../calibration/predictive-spread.ts';
import { dividedBy, times } from '../interval.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import { memoryModel } from '../memory/memory-model.ts';
import { USUAL_TASK } from '../memory/training-task.ts';
import type { Architecture } from '../models/architecture.ts';
import type { TrainingCoefficients } from './coefficients.ts';
import {
  type Ladder,
  laddersOf,
  searchLayouts,
  type TrainingAnswer,
  type TrainingQuestion,
} from './search-layouts.ts';
import { secondsOf } from './step-time.ts';
import { trainingModel } from './training-model.ts';
import { trainingCoefficients, trainingSpreads } from './training-priors.ts';

/** A training as the user describes it. */
export type TrainingRun = Pick<Training, 'method' | 'optimizer' | 'loraRank'> & {
  /** Of what is kept; of products too, unless these have operands of their own. */
  readonly precision: Precision;
  readonly operands?: 'nvfp4';
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

/** Layouts of every device that can run the method, in the order of the devices. */
export function trainingLayouts(
  model: Architecture,
  run: TrainingRun,
  counts: readonly number[],
  accelerators: readonly AcceleratorFacts[] = acceleratorFacts(),
): Layout[] {
  const fitted = fittedOf(trainingModel);
  const width = widthFor(fitted, 'training-tokens', model);
  const memory = fittedOf(memoryModel).coefficients as MemoryCoefficients;
  const choices = counts.map((devices) => {
    const question = questionOf(model, run, devices);
    return { devices, question, ladders: laddersOf(question, devices, memory) };
  });
  return accelerators
    .filter((device) => canTrain(device, run))
    .flatMap((device) => {
      const kind = { device, width, ...ownFit(fitted, device) };
      return choices
        .map((choice) => layoutOn(run, choice, kind))
        .filter((layout) => layout !== null);
    });
}

/** What measurements say of a device's generation. */
function ownFit({ coefficients, spreads }: Fitted, { generation }: AcceleratorFacts) {
  return {
    coefficients: trainingCoefficients(coefficients, generation),
    spreads: trainingSpreads(spreads, generation),
    runOverSteps: coefficients['run'] ?? UNDISTURBED,
  };
}

/** A batch that the user leaves open is the usual one, or has a sequence for each device. */
export function questionOf(
  model: Architecture,
  run: TrainingRun,
  devices: number,
): TrainingQuestion {
  const { method, precision, sequenceLength } = run;
  const tokens = method === 'pretrain' ? PRETRAIN_BATCH_TOKENS : FINETUNE_BATCH_TOKENS;
  const usual = 2 ** Math.max(0, Math.round(Math.log2(tokens / sequenceLength)));
  const globalBatch = run.globalBatch ?? Math.max(usual, devices);
  return {
    model,
    step: { method, precision: run.operands ? 'fp4' : precision, sequenceLength, globalBatch },
    task: {
      ...USUAL_TASK,
      method,
      precision,
      sequenceLength,
      optimizer: run.optimizer ?? USUAL_TASK.optimizer,
      loraRank: run.loraRank ?? USUAL_TASK.loraRank,
    },
  };
}

/**
 * NF4 kernels (bitsandbytes) are for NVIDIA's and AMD's devices. Recipes of NVFP4 (Transformer Engine)
 * widen nothing: they are for devices that multiply it.
 */
function canTrain(device: AcceleratorFacts, { method, precision, operands }: TrainingRun): boolean {
  if (operands === 'nvfp4' && device.peak.fp4 === 0) return false;
  if (device.infersOnly || computeFormat(device, precision) === null) return false;
  return method !== 'qlora' || !['tpu', 'tpu-v6', 'neuron', 'gaudi'].includes(device.generation);
}

/** A number of devices, and the ways to share the question out over them. */
type Choice = {
  readonly devices: number;
  readonly question: TrainingQuestion;
  readonly ladders: readonly Ladder[];
};

/** One kind of device, with what is known of it. */
type Kind = ReturnType<typeof ownFit> & {
  readonly device: AcceleratorFacts;
  readonly width: IntervalWidth | undefined;
};

/** Null when the batch is too small to share. */
function layoutOn(
  run: TrainingRun,
  { question, devices, ladders }: Choice,
  kind: Kind,
): Layout | null {
  const { device } = kind;
  const found = searchLayouts(ladders, device, kind.coefficients);
  if (found === null) return null;
  const { layout, microBatch, memory } = found;
  const speed = found.time === null ? null : speedOf(question, found, { devices, kind });
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
    hours: speed && hoursOf(run.tokens, speed, kind),
    tokensPerSecond: speed,
  };
}

/** Tokens a second, with the interval that left-out measurements ask for. */
function speedOf(
  { step }: TrainingQuestion,
  found: TrainingAnswer,
  { devices, kind }: { readonly devices: number; readonly kind: Kind },
): Interval {
  const tokens = step.globalBatch * step.sequenceLength;
  const work = found.work();
  const predict = (some: TrainingCoefficients): number =>
    tokens / secondsOf(work, kind.device, some).total;
  const mid = predict(kind.coefficients);
  const { width } = kind;
  if (width === undefined) return { low: mid, mid, high: mid };
  const doublings = doublingsOf({ devices, concurrency: null }, 'training-tokens');
  const spread = predictiveSpread(predict, kind, floorOf(width, doublings));
  return {
    low: mid * Math.exp(width.below * spread),
    mid,
    high: mid * Math.exp(width.above * spread),
  };
}

function hoursOf(tokens: number, tokensPerSecond: Interval, { runOverSteps }: Kind): Interval {
  const onTheClock = { low: UNDISTURBED, mid: Math.sqrt(runOverSteps), high: runOverSteps };
  return times(dividedBy(tokens / SECONDS_PER_HOUR, tokensPerSecond), onTheClock);
}
