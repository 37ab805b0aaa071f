import { KedgeError } from '../../base/errors.ts';
import type { Demand } from '../../spec/demand.ts';
import type { Model, Serving, Task, TrainedPrecision, Training } from '../../spec/task.ts';
import { acceleratorsFor, declaredBy } from './accelerators/accelerators-for.ts';
import { deviceCounts } from './device-counts.ts';
import { exactly } from './interval.ts';
import type { ReadModel } from './models/read-model-files.ts';
import { resolveModel } from './models/resolve-model.ts';
import { mixNotes, servingNotes, trainingNotes } from './notes.ts';
import { samplesDemand } from './samples-demand.ts';
import { batchLayouts } from './serving/batch-layouts.ts';
import { mixLayouts } from './serving/mix-layouts.ts';
import { type RequestShare, servingLayouts } from './serving/serving-layouts.ts';
import type { ServingTask } from './serving/serving-task.ts';
import { asksModel, resourcesDemand, statedDemand } from './stated-demand.ts';
import { trainingFlops } from './training/training-flops.ts';
import { type TrainingRun, trainingLayouts } from './training/training-layouts.ts';

/**
 * What a task needs. The user's own `work` is taken as it is; else a `model` with `training` or
 * `serving` gives memory, arithmetic and time for each kind and number of devices; else the
 * stated resources are all there is.
 * Errors: `spec.invalid` for a field that the estimate needs and the task lacks; `spec.bad-value`
 * for a model whose shape is not known, or a value that no training can have; those of
 * `acceleratorsFor`.
 */
export function estimateDemand(task: Task, book: ModelBook = NO_MODELS): Demand {
  const inherited = declaredBy(task).map((own) => own.inherited);
  if (!asksModel(task)) return statedDemand(task);
  const demand = demandOfModel(task, modelOf(task.model!, book), resourcesDemand(task));
  return { ...demand, notes: [...demand.notes, ...inherited] };
}

function demandOfModel(task: Task, read: ReadModel, stated: Demand): Demand {
  if (read.architecture.family !== 'decoder') return samplesDemand(task, read, stated);
  return task.training !== null
    ? trainingDemand(task, read, task.training, stated)
    : servingDemand(task, read, task.serving!, stated);
}

/** Models that the registry does not have, by what tasks call them. */
export type ModelBook = ReadonlyMap<string, ReadModel>;

const NO_MODELS: ModelBook = new Map();

/** Of the book, else of the registry or the task itself. Errors: those of `resolveModel`. */
export function modelOf(model: Model, book: ModelBook): ReadModel {
  const read = model.params === null ? book.get(model.id ?? '') : undefined;
  return read ?? { architecture: resolveModel(model), notes: [] };
}

const SEQUENCE_LENGTH = 4096;

function trainingDemand(
  task: Task,
  { architecture: model, notes }: ReadModel,
  training: Training,
  stated: Demand,
): Demand {
  const run = trainingRun(training);
  const perToken = trainingFlops(model, run);
  const flops = exactly((perToken.weights + perToken.attention) * run.tokens);
  const counts = deviceCounts(task, flops.mid);
  const layouts = trainingLayouts(model, run, counts, acceleratorsFor(task));
  return {
    ...stated,
    basis: 'model',
    flops,
    layouts,
    notes: [...trainingNotes(model, run), ...notes],
  };
}

/** A training with what the user leaves open. Errors: as `estimateDemand`. */
export function trainingRun(training: Training): TrainingRun {
  const { method, precision, globalBatch, optimizer, loraRank } = training;
  const sequenceLength = positive(
    training.sequenceLength ?? SEQUENCE_LENGTH,
    'training.sequence_length',
  );
  const ofSamples = training.samples === undefined ? null : training.samples * sequenceLength;
  const tokens = needed(training.tokens ?? ofSamples, 'training.tokens', 'tokens: 500M');
  refuseUntrainable(training);
  if (globalBatch !== null) positive(globalBatch, 'training.global_batch');
  return {
    method,
    ...trainedIn(precision),
    sequenceLength,
    tokens,
    globalBatch,
    ...(optimizer === undefined ? {} : { optimizer }),
    ...(loraRank === undefined ? {} : { loraRank }),
  };
}

/** Products in NVFP4; what is kept is as it is with products in fp8. */
function trainedIn(precision: TrainedPrecision): Pick<TrainingRun, 'precision' | 'operands'> {
  return precision === 'nvfp4' ? { precision: 'fp8', operands: 'nvfp4' } : { precision };
}

/**
 * Gradients need a format that they fit in; QLoRA's four bits are those of its frozen weights, and
 * recipes of NVFP4 train all weights.
 */
function refuseUntrainable({ method, precision }: Training): void {
  if (precision === 'nvfp4' && (method === 'lora' || method === 'qlora'))
    throw new KedgeError(
      'spec.bad-value',
      `training.precision nvfp4 does not go with ${method}: it trains all weights`,
      { hint: 'say method: full or pretrain, or precision: bf16' },
    );
  if (method === 'qlora' || !['int8', 'int4', 'nf4'].includes(precision)) return;
  throw new KedgeError(
    'spec.bad-value',
    `training.precision ${precision} does not go with ${method}`,
    {
      hint: 'say method: qlora for frozen weights of 4 bits, or precision: bf16',
    },
  );
}

function servingDemand(
  task: Task,
  { architecture: model, notes: origin }: ReadModel,
  serving: Serving,
  stated: Demand,
): Demand {
  const { requestsPerSecond } = serving;
  const accelerators = acceleratorsFor(task);
  if (serving.mix !== undefined) {
    const sizes = requestSizes(serving);
    const layouts = mixLayouts(model, sizes, accelerators);
    return {
      ...stated,
      basis: 'model',
      layouts,
      notes: [...mixNotes(model, sizes, layouts), ...origin],
    };
  }
  const request = requestOf(serving);
  const { requests } = serving;
  if (requests !== undefined) {
    const perRequest = 2 * model.matmulParams * (request.inputTokens + request.outputTokens);
    const flops = exactly(perRequest * positive(requests, 'serving.requests'));
    const counts = deviceCounts(task, flops.mid);
    const layouts = batchLayouts(model, { ...request, requests }, counts, accelerators);
    const notes = servingNotes(model, { ...request, requestsPerSecond: null }, layouts);
    return { ...stated, basis: 'model', flops, layouts, notes: [...notes, ...origin] };
  }
  const layouts = servingLayouts(model, request, accelerators);
  const notes = servingNotes(model, { ...request, requestsPerSecond }, layouts);
  return { ...stated, basis: 'model', layouts, notes: [...notes, ...origin] };
}

/** Requests by their size, each with its share of all. Errors: as `estimateDemand`. */
export function requestSizes(serving: Serving): readonly RequestShare[] {
  const sizes = serving.mix?.sizes ?? [{ ...serving, share: 1 }];
  return sizes.map(({ share, ...size }) => ({ share, task: requestOf({ ...serving, ...size }) }));
}

function requestOf({ ttftMs, tpotMs, precision, ...serving }: Serving): ServingTask {
  const inputTokens = needed(serving.inputTokens, 'serving.input_tokens', 'input_tokens: 512');
  const outputTokens = needed(serving.outputTokens, 'serving.output_tokens', 'output_tokens: 256');
  return { inputTokens, outputTokens, precision, ttftMs, tpotMs };
}

function needed(value: number | null, field: string, example: string): number {
  if (value !== null) return positive(value, field);
  throw new KedgeError('spec.invalid', `${field} is missing; the estimate cannot do without it`, {
    hint: `add it, as in ${example}`,
    details: { field },
  });
}

function positive(value: number, field: string): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new KedgeError('spec.bad-value', `${field} is ${value}; it must be above zero`, {
    details: { field },
  });
}
