import type { AcceleratorFacts } from '../accelerators/accelerator-facts.ts';
import type { MeasuredWork, Quantity } from './measurement.ts';
import type { MeasurementRow } from './measurement-row.ts';
import { bytesOf, deviceHoursOf, rateOf, secondsOf } from './read-unit.ts';
import { FLOPS_METRIC, tokensPerSecondOf } from './reported-flops.ts';

export type ReadQuantity = { readonly quantity: Quantity; readonly value: number };

type Read = (
  row: MeasurementRow,
  work: MeasuredWork,
  device: AcceleratorFacts | null,
) => ReadQuantity | string;

/** Metrics that no estimate of a task gives, and why. */
const NOT_DERIVED: readonly (readonly [RegExp, string])[] = [
  [/^time_to_train|_to_accuracy/, 'how many samples reach the target is not stated'],
  [/^wall_.*_for_/, 'time reckoned from the speed of steps, of a run that nobody made'],
  [/^cost|_usd|dollar/, 'money: what the devices cost is not stated for each'],
  [/^cost_saving|_gain_/, 'a gain over a setup that is not stated in full'],
  [/^total_train_flops/, 'a count of FLOPs, neither time nor memory'],
  [/^achieved_matmul/, 'a lone matrix product, which is a fact of the device, not a task'],
  [/^framework_overhead/, 'memory of a framework without any work'],
  [/^activation_mem_pct/, 'a share of a baseline whose bytes are not stated'],
  [/^total_(?:mem|vram)/, 'memory of all devices together, whose number is not stated'],
  [/_p9\d/, 'the tail of a distribution; the estimate speaks of its middle'],
];

const READERS: readonly (readonly [RegExp, Read])[] = [
  [FLOPS_METRIC, readFlops],
  [/^(?:train(?:ing)?_|throughput_)?(?:tokens|tok)_per_s/, readTokenRate],
  [/^total_tok/, readTotalRate],
  [/^(?:output|generated)_tok/, readOutputRate],
  [/^decode_tok/, readDecodeRate],
  [/^prefill_tok|^prompt_tok/, (row, work) => rate('prefill-tokens', rateOf(row, work.devices))],
  [
    /^(?:train_|infer_)?(?:images?|img|seq|sequences|samples?|inferences|inf|sentences|rows|requests|fps)_?(?:per_s|$)/,
    readSampleRate,
  ],
  [/^(?:train_|infer_)?(?:iteration|iter|step)_time/, readStepTime],
  [/^(?:tpot|itl|time_per_token)/, (row) => rate('time-per-token', secondsOf(row))],
  [/^(?:ttft|time_to_first)/, (row) => rate('time-to-first-token', secondsOf(row))],
  [/^(?:e2e_)?latency/, readLatency],
  [/^(?:gpu|device|chip|tpu)_(?:hours|days)|^wall_/, readHours],
  [/^(?:peak|max)_(?:gpu_)?mem/, (row) => rate('peak-memory', bytesOf(row))],
  [/^(?:model_state|params_grads_opt|model_mem)/, (row) => rate('model-states', bytesOf(row))],
  [/^activation_(?:G|M)i?B/, (row) => rate('activations', bytesOf(row))],
  [/^kv_bytes_per_token/, (row) => rate('cache-per-token', bytesOf(row))],
  [/^oom/, readOutOfMemory],
];

/** What a row measured, in the unit of its quantity; a sentence where that cannot be told. */
export function readQuantity(
  row: MeasurementRow,
  work: MeasuredWork,
  device: AcceleratorFacts | null,
): ReadQuantity | string {
  const reader = READERS.find(([pattern]) => pattern.test(row.reported_metric));
  if (reader === undefined) return `the metric "${row.reported_metric}" is not known`;
  return reader[1](row, work, device);
}

/** Why a metric is none of the estimate's; null for one that may be. */
export function whyNotDerived(metric: string): string | null {
  return NOT_DERIVED.find(([pattern]) => pattern.test(metric))?.[1] ?? null;
}

function rate(quantity: Quantity, value: number | null): ReadQuantity | string {
  return value === null ? 'the basis of its unit is not clear' : { quantity, value };
}

/** Encoders and models of images are counted in samples, all others in tokens. */
function countsSamples(work: MeasuredWork): boolean {
  return work.model.sample !== null || !/decoder/.test(work.model.family);
}

const NO_LENGTH = 'the sequence length is not stated';

/** Training tokens/s as the quantity of the model: sequences/s where it counts samples. */
function training(work: MeasuredWork, tokens: number | null): ReadQuantity | string {
  if (tokens === null || !countsSamples(work)) return rate('training-tokens', tokens);
  if (work.sequenceLength === null) return NO_LENGTH;
  return rate('training-samples', tokens / work.sequenceLength);
}

function readFlops(row: MeasurementRow, work: MeasuredWork, device: AcceleratorFacts | null) {
  if (work.kind === 'infer') return 'FLOP/s of inference, whose tokens are not stated';
  if (device === null) return 'its device is not known';
  if (work.model.sample !== null || work.model.family === 'diffusion') {
    return 'what FLOPs of an image it counts is not stated';
  }
  const tokens = tokensPerSecondOf(row, work, device);
  return typeof tokens === 'string' ? tokens : training(work, tokens);
}

function readTokenRate(row: MeasurementRow, work: MeasuredWork): ReadQuantity | string {
  const tokens = rateOf(row, work.devices);
  return work.kind === 'infer' ? rate('output-tokens', tokens) : training(work, tokens);
}

function readOutputRate(row: MeasurementRow, work: MeasuredWork): ReadQuantity | string {
  return rate('output-tokens', rateOf(row, work.devices));
}

/** Of prompts and answers together: answers are their part of a request. */
function readTotalRate(row: MeasurementRow, work: MeasuredWork): ReadQuantity | string {
  const { inputTokens, outputTokens } = work;
  const tokens = rateOf(row, work.devices);
  if (work.kind !== 'infer') return training(work, tokens);
  if (inputTokens === null || outputTokens === null)
    return 'the tokens of a request are not stated';
  const share = outputTokens / (inputTokens + outputTokens);
  return rate('output-tokens', tokens === null ? null : tokens * share);
}

/** Tokens/s of decoding alone: each of the requests at once gets its share. */
function readDecodeRate(row: MeasurementRow, work: MeasuredWork): ReadQuantity | string {
  const tokens = rateOf(row, work.devices);
  const requests = /_b(\d+)/.exec(row.reported_metric)?.[1] ?? work.concurrency ?? 1;
  return rate('time-per-token', tokens === null ? null : Number(requests) / tokens);
}

function readSampleRate(row: MeasurementRow, work: MeasuredWork): ReadQuantity | string {
  const samples = rateOf(row, work.devices);
  const isInference = work.kind === 'infer';
  if (samples === null || countsSamples(work)) {
    if (work.model.sample === null && work.sequenceLength === null) return NO_LENGTH;
    return rate(isInference ? 'samples' : 'training-samples', samples);
  }
  if (isInference) {
    if (work.outputTokens === null) return 'how many tokens a request generates is not stated';
    return rate('output-tokens', samples * work.outputTokens);
  }
  if (work.sequenceLength === null) return NO_LENGTH;
  return rate('training-tokens', samples * work.sequenceLength);
}

function readStepTime(row: MeasurementRow, work: MeasuredWork): ReadQuantity | string {
  const seconds = secondsOf(row);
  if (seconds === null) return 'the unit of its time is not known';
  if (work.kind === 'infer') return samplesOfBatch(work, seconds);
  if (work.globalBatch === null) return 'the batch of a step is not stated';
  if (work.model.sample !== null) return rate('training-samples', work.globalBatch / seconds);
  if (work.sequenceLength === null) return NO_LENGTH;
  return training(work, (work.globalBatch * work.sequenceLength) / seconds);
}

function samplesOfBatch(work: MeasuredWork, seconds: number): ReadQuantity | string {
  if (!countsSamples(work)) return 'the time of a forward pass, of how many tokens is not stated';
  if (work.model.sample === null && work.sequenceLength === null) return NO_LENGTH;
  return rate('samples', (work.concurrency ?? 1) / seconds);
}

function readLatency(row: MeasurementRow, work: MeasuredWork): ReadQuantity | string {
  const seconds = secondsOf(row);
  if (seconds === null) return 'the unit of its time is not known';
  if (countsSamples(work)) return samplesOfBatch(work, seconds);
  if (work.outputTokens === null) return 'how many tokens a request generates is not stated';
  return rate('request-latency', seconds);
}

/** Device-hours of a run: training with its tokens; inference of so many samples is a rate. */
function readHours(row: MeasurementRow, work: MeasuredWork): ReadQuantity | string {
  const hours = deviceHoursOf(row, work.devices);
  if (work.tokens === null) return 'how many tokens (images) the run passes is not stated';
  if (work.kind !== 'infer') return rate('training-hours', hours);
  if (hours === null || !countsSamples(work)) return 'hours of inference, of what is not stated';
  return rate('samples', (work.tokens / (hours * 3600)) * work.devices);
}

function readOutOfMemory(row: MeasurementRow, _: MeasuredWork, device: AcceleratorFacts | null) {
  if (device === null || device.memoryGib === 0) return 'the memory of its device is not known';
  if (Number(row.value) !== 1) return 'it ran, and how much memory it took is not stated';
  const stated = /(?:fit|in|of) ([\d.]+) ?GB/.exec(row.unit)?.[1];
  const gib = Math.min(Number(stated ?? device.memoryGib), device.memoryGib);
  return rate('fits-not', gib * 2 ** 30);
}
