import type { Format } from '../../../spec/accelerator-declaration.ts';
import { type AcceleratorFacts, computeFormat } from '../accelerators/accelerator-facts.ts';
import type { MeasuredWork } from '../calibration/measurement.ts';
import type { DeviceGroup } from './sample-coefficients.ts';
import { kernelsOf, type PassWork, passWork } from './sample-work.ts';

/** What the time of a step follows from, whatever the coefficients. */
export type SampleScope = {
  readonly device: AcceleratorFacts;
  readonly group: DeviceGroup;
  /** That products are computed in. */
  readonly format: Format;
  /** Of an activation or weight in memory. */
  readonly bytes: number;
  readonly trains: boolean;
  /** Graphs are compiled: kernels fused, and started together. */
  readonly isCompiled: boolean;
  readonly work: PassWork;
  /** Of convolutions, each with a norm and an activation; not of transformer blocks. */
  readonly isConvolutional: boolean;
  /** Tokens of a text, padded to the longest; null for images and rows. */
  readonly tokens: number | null;
  /** Only the tokens of a text that are no padding are worked on. */
  readonly skipsPadding: boolean;
  /** That a framework starts, forward. */
  readonly kernels: number;
  /** Parameters that each pass reads: of a recommender not the tables, of which it reads rows. */
  readonly params: number;
  readonly devices: number;
  /** Samples of one device in one pass, and passes between two updates. */
  readonly batch: number;
  readonly passes: number;
};

/** Engines that compile the whole graph; so do contests' entries. */
const COMPILING: ReadonlySet<string> = new Set([
  'mlperf',
  'tensorrt',
  'tflite',
  'openvino',
  'onnxruntime',
  'neuron',
]);

/**
 * What is known of some work; a sentence where it is not enough. Padding is skipped where the most
 * is at stake, in contests and in pretraining on GPUs; graphs of other devices have fixed sizes.
 */
export function sampleScope(work: MeasuredWork, device: AcceleratorFacts): SampleScope | string {
  const pass = passWork(work.model, work.sequenceLength);
  if (typeof pass === 'string') return pass;
  const format = computeFormat(device, work.precision);
  if (format === null) return `the arithmetic of ${device.name} in ${work.precision} is not known`;
  const trains = work.kind !== 'infer';
  const isOfText = work.model.sample === null;
  const scope = { device, bytes: bytesOf(format), trains, work: pass };
  const { family } = work.model;
  return {
    ...scope,
    format: castFormat(device, format),
    isConvolutional: family === 'convolution' || family === 'diffusion',
    group: groupOf(device),
    isCompiled: isCompiled(work, device, format),
    tokens: isOfText ? work.sequenceLength : null,
    skipsPadding: work.engine === 'mlperf' || (work.method === 'pretrain' && device.kind === 'gpu'),
    kernels: kernelsOf(work.model),
    params: family === 'recommender' ? work.model.matmulParams : work.model.params,
    devices: work.devices,
    ...batchOf(work, scope),
  };
}

/** Devices whose kernels were written together. */
export function groupOf({ generation }: AcceleratorFacts): DeviceGroup {
  return GROUPS[generation];
}

/** All devices but GPUs and CPUs run compiled graphs only; int8 needs one that was calibrated. */
function isCompiled(work: MeasuredWork, { kind }: AcceleratorFacts, format: Format): boolean {
  const isFree = kind === 'gpu' || kind === 'cpu';
  return !isFree || format === 'int8' || COMPILING.has(work.engine ?? '');
}

/** Neuron's compiler casts the products of fp32 work to bf16 unless told (`--auto-cast=matmult`). */
function castFormat({ generation }: AcceleratorFacts, format: Format): Format {
  return generation === 'neuron' && format === 'fp32' ? 'bf16' : format;
}

/** Of a device's memory, what activations may fill. */
const FILLED_MEMORY = 0.5;
/** Copies of each activation that a training step keeps: the inputs of its operations. */
const KEPT_COPIES = 2;
/** More is seldom chosen, however much would fit. */
const BATCH_MAX = 256;

type BatchScope = Pick<SampleScope, 'device' | 'bytes' | 'trains' | 'work'>;

/** As stated, or as much as fits: of a whole update where only that is stated. */
function batchOf(
  work: MeasuredWork,
  scope: BatchScope,
): { readonly batch: number; readonly passes: number } {
  if (!scope.trains) return { batch: work.concurrency ?? usualBatch(scope), passes: 1 };
  const share = work.globalBatch === null ? null : Math.max(1, work.globalBatch / work.devices);
  const batch = work.microBatch ?? Math.min(share ?? Infinity, usualBatch(scope));
  return { batch, passes: Math.max(1, Math.round((share ?? batch) / batch)) };
}

function usualBatch({ device, bytes, work, trains }: BatchScope): number {
  const kept = work.activations * bytes * (trains ? KEPT_COPIES : 1 / KEPT_COPIES);
  const memory = device.memoryGib * 2 ** 30 * FILLED_MEMORY;
  if (memory === 0) return 1;
  return Math.min(BATCH_MAX, Math.max(1, 2 ** Math.floor(Math.log2(memory / kept))));
}

/** Of an activation in memory: products of narrow operands hand on 16 bits, int8 ones int8. */
function bytesOf(format: Format): number {
  if (format === 'fp32' || format === 'tf32') return 4;
  return format === 'int8' ? 1 : 2;
}

const GROUPS: { readonly [generation in AcceleratorFacts['generation']]: DeviceGroup } = {
  kepler: 'kepler',
  maxwell: 'pascal',
  pascal: 'pascal',
  volta: 'volta',
  turing: 'turing',
  ampere: 'ampere',
  'ampere-small': 'ampere',
  ada: 'ada',
  hopper: 'hopper',
  blackwell: 'blackwell',
  'blackwell-small': 'blackwell',
  rubin: 'blackwell',
  cdna: 'other-gpu',
  cdna2: 'other-gpu',
  cdna3: 'other-gpu',
  cdna4: 'other-gpu',
  cdna5: 'other-gpu',
  rdna3: 'other-gpu',
  arc: 'other-gpu',
  apple: 'other-gpu',
  gaudi: 'other-npu',
  ascend: 'other-npu',
  neuron: 'neuron',
  tpu: 'tpu',
  'tpu-v6': 'tpu',
  'tpu-v7': 'tpu',
  x86: 'cpu',
  amx: 'cpu',
  arm: 'cpu',
  hailo: 'edge',
  'edge-tpu': 'edge',
};
