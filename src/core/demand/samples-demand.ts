import { KedgeError } from '../../base/errors.ts';
import type { Demand } from '../../spec/demand.ts';
import type { Precision, ServedPrecision, Task } from '../../spec/task.ts';
import { acceleratorsFor } from './accelerators/accelerators-for.ts';
import { deviceCounts } from './device-counts.ts';
import { exactly } from './interval.ts';
import { type Architecture, formatCount } from './models/architecture.ts';
import type { ReadModel } from './models/read-model-files.ts';
import { sampleLayouts } from './samples/sample-layouts.ts';
import { type SampleTask, sampleWord } from './samples/sample-task.ts';
import { passWork } from './samples/sample-work.ts';

/** Tokens of a text where the user does not say: what BERT was pretrained on. */
const SEQUENCE_LENGTH = 512;

/**
 * What a model needs that works on images, or on texts as a whole.
 * Errors: `spec.invalid` where the task does not say how many there are; `spec.bad-value` for work
 * that is not known of such a model.
 */
export function samplesDemand(
  task: Task,
  { architecture: model, notes }: ReadModel,
  stated: Demand,
): Demand {
  const asked = sampleTask(task, model);
  const pass = passWork(model, asked.sequenceLength);
  if (typeof pass === 'string') throw noWork(model, pass);
  const perSample = 2 * pass.macs * (asked.kind === 'train' ? 3 : 1);
  const flops = exactly(perSample * asked.samples);
  return {
    ...stated,
    basis: 'model',
    flops,
    layouts: sampleLayouts(model, asked, deviceCounts(task, flops.mid), acceleratorsFor(task)),
    notes: [...notesOf(model, asked, perSample), ...notes],
  };
}

/**
 * The task as images, rows or whole texts. Errors: `spec.invalid` where it does not say how many.
 */
export function sampleTask({ training, serving }: Task, model: Architecture): SampleTask {
  const samples = training === null ? serving?.requests : training.samples;
  const sequenceLength = model.sample === null ? SEQUENCE_LENGTH : null;
  if (samples === undefined) throw noSamples(model, training !== null);
  if (training === null)
    return {
      kind: 'infer',
      precision: sampledPrecision('serving', serving!.precision),
      samples,
      sequenceLength: sequenceLength && (serving!.inputTokens ?? sequenceLength),
      globalBatch: null,
    };
  return {
    kind: 'train',
    precision: sampledPrecision('training', training.precision),
    samples,
    sequenceLength: sequenceLength && (training.sequenceLength ?? sequenceLength),
    globalBatch: training.globalBatch,
  };
}

/** Errors: `spec.bad-value` for blocks of 4 bits, of which nothing is known but for tokens. */
function sampledPrecision(field: 'serving' | 'training', precision: ServedPrecision): Precision {
  if (precision !== 'nvfp4' && precision !== 'mxfp4') return precision;
  throw new KedgeError(
    'spec.bad-value',
    `${field}.precision ${precision} is for models of tokens; this one counts images or texts`,
    { hint: 'say precision: fp8 or bf16' },
  );
}

function notesOf(
  model: Architecture,
  { kind, samples, sequenceLength }: SampleTask,
  perSample: number,
): readonly string[] {
  const word = sampleWord(model);
  const what = sequenceLength === null ? word : `${word} of ${sequenceLength} tokens`;
  const rule = kind === 'train' ? '3 × 2 × multiply-adds' : '2 × multiply-adds';
  return [
    `${model.name}: ${formatCount(model.params)} parameters`,
    `FLOPs of ${word === 'image' ? 'an' : 'a'} ${what}: ${rule} = ${perSample.toExponential(2)}`,
    `FLOPs: that × ${formatCount(samples)} = ${(perSample * samples).toExponential(2)}`,
    'time: the longer of arithmetic and of what passes memory, kernels that start',
    '  one after another, gradients that are reduced and do not hide',
    'memory and time of a layout, line by line: kedge demand --explain',
  ];
}

function noSamples({ name }: Architecture, trains: boolean): KedgeError {
  const field = trains ? 'training.samples' : 'serving.requests';
  const hint = trains
    ? 'add it, as in training: {samples: 115M, global_batch: 256}'
    : 'add it, as in serving: {requests: 10M}, of kind: batch';
  return new KedgeError(
    'spec.invalid',
    `${name} counts images or sequences, and the task does not say how many: ${field} is missing`,
    { hint, details: { field } },
  );
}

function noWork({ name }: Architecture, why: string): KedgeError {
  return new KedgeError('spec.bad-value', `what ${name} does of a sample is not known: ${why}`, {
    hint: 'state work: {units, per, throughput} with what a machine does of it',
  });
}
