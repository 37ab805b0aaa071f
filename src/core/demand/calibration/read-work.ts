import type { Precision } from '../../../spec/task.ts';
import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { Architecture } from '../models/architecture.ts';
import type { MeasuredWork } from './measurement.ts';
import { type MeasurementRow, numberIn } from './measurement-row.ts';
import { readBatch, readSequence } from './read-batch.ts';
import { readLayout } from './read-layout.ts';
import { type ReadPrecision, readPrecision } from './read-precision.ts';

/** Whether a row trains: memory rows have no kind of their own, but say how they share a training. */
export function kindOf(row: MeasurementRow): MeasuredWork['kind'] | null {
  if (row.kind === 'train' || row.kind === 'finetune' || row.kind === 'infer') return row.kind;
  if (row.kind !== 'memory') return null;
  const text = `${row.global_batch_or_tokens} ${row.parallelism} ${row.arch_notes} ${row.precision}`;
  if (methodOf(row) !== null) return 'finetune';
  return TRAINING_WORDS.test(text) || /grad|opt|activation|state/.test(row.reported_metric)
    ? 'train'
    : 'infer';
}

const TRAINING_WORDS = /\b(?:GBS|MBS|ZeRO|Pos|Adam\w*|recompute|act ckpt|FSDP|DDP|mixed)\b/i;

/** LoRA and QLoRA say so in the model's name or the notes. */
function methodOf(row: MeasurementRow): 'lora' | 'qlora' | null {
  const text = `${row.model} ${row.arch_notes} ${row.parallelism}`;
  if (/\bqlora\b/i.test(text)) return 'qlora';
  return /\blora\b/i.test(text) ? 'lora' : null;
}

/**
 * What ran, on what, how. A sentence where the row does not say what the estimate must know.
 * `device` is null only where the quantity does not depend on it.
 */
export function readWork(
  row: MeasurementRow,
  model: Architecture,
  device: AcceleratorFacts | null,
): MeasuredWork | string {
  const kind = kindOf(row);
  if (kind === null) return `the kind "${row.kind}" is not known`;
  const format = readPrecision(row);
  if (format === null) return `the precision "${row.precision}" is not known`;
  const precision = chosenOf(format, device);
  const sequence = readSequence(row);
  const isInference = kind === 'infer';
  const { tokens } = readBatch(row, sequence.sequenceLength, 1);
  const devices = devicesOf(row, { isInference, tokens, model, device });
  if (devices === null) {
    const isRun = /hours|^wall/.test(row.reported_metric);
    return isRun
      ? 'how many tokens the run passes is not stated'
      : 'how many devices is not stated';
  }
  const layout = readLayout(row, devices);
  const replicas = layout.dataParallel ?? devices;
  return {
    kind,
    model,
    precision,
    weightBytes: isInference ? weightBytesOf(format, model) : null,
    operands: format.operands,
    device,
    devices,
    method: isInference ? null : (methodOf(row) ?? (kind === 'train' ? 'pretrain' : 'full')),
    ...sequence,
    ...readBatch(row, sequence.sequenceLength, replicas),
    layout,
    engine: engineOf(row),
  };
}

/** The first choice that the device multiplies itself; the last where it has none of them. */
function chosenOf(format: ReadPrecision, device: AcceleratorFacts | null): Precision {
  const { choices } = format;
  if (device === null) return choices[0]!;
  return choices.find((choice) => multiplies(device, choice)) ?? choices.at(-1)!;
}

/** Formats of 4 bits are widened on any device. */
function multiplies(device: AcceleratorFacts, precision: Precision): boolean {
  return precision === 'int4' || precision === 'nf4' || device.peak[precision] > 0;
}

function weightBytesOf(format: ReadPrecision, model: Architecture): number | null {
  return format.fileBytes === null ? format.weightBytes : format.fileBytes / model.params;
}

/**
 * Devices: the count; one where inference or a formula states none. Of a training run whose tokens
 * are known, as many as finish it in a month at 40 % of their peak, in powers of two: published
 * runs are that size, and device-hours hardly depend on it.
 */
function devicesOf(
  row: MeasurementRow,
  run: {
    readonly isInference: boolean;
    readonly tokens: number | null;
    readonly model: Architecture;
    readonly device: AcceleratorFacts | null;
  },
): number | null {
  const stated = numberIn(row.count, /^(\d+)$/);
  if (stated !== null) return stated;
  if (row.count !== '') return null;
  if (run.isInference || run.device === null) return 1;
  if (run.tokens === null) return null;
  const flops = 6 * run.model.activeParams * run.tokens;
  const peak = Math.max(run.device.peak.bf16, run.device.peak.fp16, run.device.peak.fp32);
  const devices = 2 ** Math.round(Math.log2(flops / (0.4 * peak * MONTH_SECONDS)));
  return Math.min(MOST_DEVICES, Math.max(1, devices));
}

const MONTH_SECONDS = 30 * 86_400;
const MOST_DEVICES = 16_384;

const ENGINES: readonly (readonly [RegExp, string])[] = [
  [/\bvllm\b/i, 'vllm'],
  [/\bsglang\b/i, 'sglang'],
  [/mlperf|mlcommons/i, 'mlperf'],
  [/\b(?:trt-?llm|tensorrt-llm)\b/i, 'trtllm'],
  [/llama\.cpp|\bgguf\b/i, 'llama.cpp'],
  [/fastertransformer/i, 'fastertransformer'],
  [/neuron/i, 'neuron'],
  [/jetstream/i, 'jetstream'],
  [/\btflite\b|tensorflow lite/i, 'tflite'],
  [/openvino/i, 'openvino'],
  [/onnx ?runtime/i, 'onnxruntime'],
  [/tensorrt|_TRT\b/i, 'tensorrt'],
];

/** The program, or the contest, that the notes, the source or llama.cpp's types speak of. */
function engineOf(row: MeasurementRow): string | null {
  const columns = [
    'arch_notes',
    'precision',
    'parallelism',
    'accelerator',
    'model',
    'source',
  ] as const;
  const told = columns.map((column) => row[column]).join(' ');
  const engine = ENGINES.find(([pattern]) => pattern.test(told))?.[1];
  return engine ?? (/^(?:I?Q\d_|F16\b)/i.test(row.precision) ? 'llama.cpp' : null);
}
