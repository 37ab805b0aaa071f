import type { Layout } from '../../../spec/demand.ts';
import type { Expected } from './expected-figures.ts';
import {
  type AskedTask,
  type TrainingSetUp,
  trainingBytes,
  trainingSpeed,
} from './measured-work.ts';
import type { OwnMeasurement, SpeedQuantity, StatedSetUp } from './own-measurement.ts';
import { badValue, stepBatch, wrongQuantity } from './refuse.ts';
import { scaled } from './scaled.ts';

/** Errors: as `expectedFigures`. */
export function ofTraining(
  asked: Extract<AskedTask, { kind: 'training' }>,
  layout: Layout,
  { device, devices, setUp, speed }: OwnMeasurement,
): Expected {
  const { tensorParallel, dataParallel, training } = layout;
  const searched: TrainingSetUp = { tensorParallel, dataParallel, ...training! };
  const stated = statedLayout(searched, setUp, devices);
  const batch = setUp.globalBatch ?? asked.run.globalBatch;
  const place = { device, devices };
  const ran = { ...asked, run: { ...asked.run, globalBatch: batch } };
  const isAsSearched = isSame(searched, stated) && batch === asked.run.globalBatch;
  const tokensPerSecond = isAsSearched
    ? (layout.tokensPerSecond?.mid ?? trainingSpeed(asked, place, searched))
    : scaled(layout.tokensPerSecond?.mid ?? null, {
        searched: trainingSpeed(asked, place, searched),
        stated: trainingSpeed(ran, place, stated),
      });
  if (tokensPerSecond === null)
    throw badValue('such a set-up cannot be timed: its batch has too few sequences', {
      hint: 'check global_batch, micro_batch and the degrees of parallelism',
    });
  return {
    layout,
    isAsSearched,
    speed: speed && {
      quantity: speed.quantity,
      measured: speed.value,
      tokensPerSecond,
      estimated: trainingFigure(speed.quantity, tokensPerSecond, { ...asked.run, batch }),
    },
    memoryBytes: isAsSearched ? layout.memoryBytesPerDevice.mid : trainingBytes(ran, stated),
  };
}

function statedLayout(searched: TrainingSetUp, setUp: StatedSetUp, devices: number): TrainingSetUp {
  const isResplit =
    setUp.pipelineParallel !== undefined && setUp.pipelineParallel !== searched.pipelineParallel;
  const merged: TrainingSetUp = {
    tensorParallel: setUp.tensorParallel ?? searched.tensorParallel,
    pipelineParallel: setUp.pipelineParallel ?? searched.pipelineParallel,
    virtualStages: setUp.virtualStages ?? (isResplit ? 1 : searched.virtualStages),
    contextParallel: setUp.contextParallel ?? searched.contextParallel,
    expertParallel: setUp.expertParallel ?? searched.expertParallel,
    dataParallel: searched.dataParallel,
    zeroStage: setUp.zeroStage ?? searched.zeroStage,
    recompute: setUp.recompute ?? searched.recompute,
    microBatch: setUp.microBatch ?? searched.microBatch,
  };
  const { tensorParallel, pipelineParallel, contextParallel } = merged;
  const dataParallel = devices / (tensorParallel * pipelineParallel * contextParallel);
  if (Number.isInteger(dataParallel)) return { ...merged, dataParallel };
  throw badValue(
    `tp ${tensorParallel} × pp ${pipelineParallel} × cp ${contextParallel} does not divide ` +
      `${devices} devices`,
    { hint: 'state all three, or none of them' },
  );
}

function isSame(one: TrainingSetUp, other: TrainingSetUp): boolean {
  return (Object.keys(one) as (keyof TrainingSetUp)[]).every((key) => one[key] === other[key]);
}

function trainingFigure(
  quantity: SpeedQuantity,
  tokensPerSecond: number,
  { sequenceLength, batch }: { readonly sequenceLength: number; readonly batch: number | null },
): number {
  switch (quantity) {
    case 'tokens_per_second':
      return tokensPerSecond;
    case 'samples_per_second':
      return tokensPerSecond / sequenceLength;
    case 'step_time':
      return (stepBatch(batch) * sequenceLength) / tokensPerSecond;
    default:
      throw wrongQuantity(quantity, 'step_time, tokens_per_second or samples_per_second');
  }
}
