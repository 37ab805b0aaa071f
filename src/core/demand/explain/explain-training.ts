import { assert } from '../../../base/assert.ts';
import { SECONDS_PER_HOUR } from '../../../base/time.ts';
import type { Layout } from '../../../spec/demand.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import { fittedOf } from '../calibration/fitted-of.ts';
import type { MemoryCoefficients } from '../memory/memory-coefficients.ts';
import { memoryModel } from '../memory/memory-model.ts';
import { trainingMemory } from '../memory/training-memory.ts';
import type { Architecture } from '../models/architecture.ts';
import { memoryTask, type TrainingQuestion } from '../training/search-layouts.ts';
import { stepWork } from '../training/step-time.ts';
import type { ParallelLayout } from '../training/training-layout.ts';
import { questionOf, type TrainingRun } from '../training/training-layouts.ts';
import { trainingModel } from '../training/training-model.ts';
import { trainingCoefficients } from '../training/training-priors.ts';
import { computeLines, type StepAsked } from './compute-lines.ts';
import {
  activationLines,
  bubbleLine,
  optimizerLine,
  scaleLine,
  weightsLine,
} from './exchange-lines.ts';
import {
  type ExplainedLayout,
  type ExplainedResult,
  type ExplainedTime,
  sumOf,
  told,
} from './explained.ts';
import { heldBy } from './held-by.ts';
import { count, factor, over, seconds, times } from './term.ts';

/** How memory and time of one layout of a training come about. */
export function explainTraining(
  model: Architecture,
  run: TrainingRun,
  { layout, device }: { readonly layout: Layout; readonly device: AcceleratorFacts },
): ExplainedLayout {
  const question = questionOf(model, run, layout.devices);
  const split = splitOf(layout);
  const { microBatch } = layout.training!;
  const held = trainingMemory(
    model,
    memoryTask(question, split, microBatch),
    split,
    fittedOf(memoryModel).coefficients as MemoryCoefficients,
  );
  const { accelerator, devices, tensorParallel, dataParallel, training, fits } = layout;
  const { tokensPerSecond, hours } = layout;
  const step = fits ? [explainStep(question, { split, microBatch, device })] : [];
  return {
    accelerator,
    devices,
    layout: { tensorParallel, dataParallel, training },
    requests: null,
    ...heldBy(held, device),
    fits,
    time: step,
    results: step.flatMap((time) => resultsOf(question, { run, layout, time })),
    tokensPerSecond,
    hours,
  };
}

function splitOf({ tensorParallel, dataParallel, training }: Layout): ParallelLayout {
  assert(training !== null, 'a layout of a training says how it is split');
  const { microBatch: _, ...split } = training;
  return { ...split, tensorParallel, dataParallel, sequenceParallel: tensorParallel > 1 };
}

type Place = {
  readonly split: ParallelLayout;
  readonly microBatch: number;
  readonly device: AcceleratorFacts;
};

/** The parts of `stepTime`, each as the arithmetic that gives it. */
function explainStep(
  { model, step }: TrainingQuestion,
  { split, microBatch, device }: Place,
): ExplainedTime {
  const { coefficients } = fittedOf(trainingModel);
  const own = trainingCoefficients(coefficients, device.generation);
  const work = stepWork(model, { ...step, microBatch }, split);
  const asked: StepAsked = {
    work,
    scope: { ...work.scope, device, coefficients: own },
    micro: count(work.passes, 'micro-batches'),
  };
  const arithmetic = told(computeLines(asked));
  const exchanges = told(activationLines(asked));
  const steady = told([
    ...arithmetic,
    ...exchanges,
    bubbleLine(asked, (sumOf(arithmetic) + sumOf(exchanges)) / work.passes),
    weightsLine(asked, sumOf(arithmetic) / work.passes),
    optimizerLine(asked),
  ]);
  const lines = told([...steady, scaleLine(asked, sumOf(steady))]);
  return { of: 'step', seconds: sumOf(lines), lines };
}

function resultsOf(
  { step }: TrainingQuestion,
  {
    run,
    layout,
    time,
  }: { readonly run: TrainingRun; readonly layout: Layout; readonly time: ExplainedTime },
): readonly ExplainedResult[] {
  const sequences = times(
    count(step.globalBatch, 'sequences'),
    count(step.sequenceLength, 'tokens'),
  );
  const speed = over(sequences, seconds(time.seconds, 'a step'));
  const results = [
    {
      name: 'tokens/s',
      value: speed.value,
      formula: speed.text,
      source: 'of all devices; a step is one update of the weights',
    },
  ];
  if (layout.hours === null) return results;
  const bare = over(
    count(run.tokens, 'tokens'),
    count(speed.value, 'tokens/s'),
    count(SECONDS_PER_HOUR, 's/h'),
  );
  const onTheClock = factor(layout.hours.mid / bare.value, 'on the clock');
  const hours = times(bare, onTheClock);
  return [
    ...results,
    {
      name: 'hours',
      value: hours.value,
      formula: hours.text,
      source:
        'checkpoints, evaluation, restarts: between none and what published runs took, fitted (Llama 3, arXiv:2407.21783, section 3.3.4)',
    },
  ];
}
